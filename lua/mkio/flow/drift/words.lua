--- Says in words what differs: 'isActive is false, SPEC has true'.  The modules
--- of `mkio.flow.drift` call it.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local scrub = require "mkrun.journal.scrub"

local value = require "mkrun.value"

local M = {}

local function text_of(part)
  if part == nil then part = json.null end
  return assert(json.encode(part, { sort = true }))
end

--- Returns what a field is and what it should be.
---@param field string
---@param have any   nil or null: not set
---@param want any
---@return string
function M.differs(field, have, want)
  local is, wanted = text_of(have), text_of(want)
  if is == wanted then
    return field .. " differs in what may be secret and is not shown"
  end
  return ("%s is %s, SPEC has %s"):format(field,
    is == "null" and "not set" or is, wanted)
end

--- Returns a list of strings as JSON writes it, sorted.
---@param list? string[]
---@return table
function M.set(list) return json.array(value.names(value.set(list))) end

--- Returns a URL without the secrets in it.
---@param url? string
---@return string?
function M.url(url) return url and scrub.member("url", url) end

--- Returns a map of header fields or query parameters without the values that
--- may be secret.
---@param map? table<string, string>
---@return table
function M.map(map)
  local shown = json.object {}
  for name, text in pairs(map or {}) do
    shown[name] = scrub.member(name, tostring(text))
  end
  return shown
end

return M
