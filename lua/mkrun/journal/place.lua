--- Finds the API of a request: the API of the run, or another provider.  The
--- layers `journal` and `audit` and `mkrun.journal.before` call this module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local providers = require "mkrun.providers"
local requests = require "mkrun.layer.request"
local scrub = require "mkrun.journal.scrub"

local M = {}

---@class mkrun.Place   an API: an entry of `mkrun.providers`, or the run's own
---@field name? string      name of the provider; nil: the API of the run
---@field base_url string
---@field token_as? string
---@field subject? table    see `mkrun.rest.subject`; for the API of the run
---  `mkrun.config.subject()`

--- Returns the API of a request.
---@param request table
---@param main mkrun.Place   the API of the run
---@return mkrun.Place
function M.of(request, main)
  local entry = providers.of_url(requests.url(request))
  local is_other = entry and entry.base_url ~= main.base_url
    and entry.name ~= config.provider().name
  return is_other and entry or main
end

--- Returns what a request means to its provider.
---@param place mkrun.Place
---@param request table
---@return table?  see `mkrun.rest.meaning`; nil if nobody has declared it
function M.meaning(place, request)
  local meaning = place.name and place.subject and place.subject.meaning
  return meaning and meaning(requests.method(request),
    requests.path(request, place.base_url), requests.body(request)) or nil
end

local ASKS <const> = { read = true, list = true, ask = true }

--- Returns true if a request changes nothing.
---@param request table
---@param meaning? table
---@return boolean
function M.is_read(request, meaning)
  return requests.is_read(request) or meaning ~= nil
    and ASKS[meaning.act] == true
end

--- Returns what `clean` makes of a value, without the members that the provider
--- declares as secrets.
---@param place mkrun.Place
---@param request table
---@param clean fun(value: any): any   a function of `mkrun.journal.scrub`
---@param value any
---@return any
function M.hide(place, request, clean, value)
  local subject = place.name and place.subject
  if not subject or not subject.secrets then return clean(value) end
  local method = requests.method(request)
  local path = requests.path(request, place.base_url)
  local result = scrub.showing(subject.plain(), clean, value)
  if type(result) ~= "table" then return result end
  return scrub.named(result, subject.secrets(method, path))
end

--- Returns the body of a request without secrets.
---@param place mkrun.Place
---@param request table
---@return any
function M.body(place, request)
  return M.hide(place, request, requests.body, request)
end

return M
