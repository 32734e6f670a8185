--- Reads the parts of a request that layers need, without secrets.  The layers
--- `journal`, `audit` and `plan`, `mkrun.journal`, models of APIs and the flow
--- `undo` call this module.
-- SPDX-License-Identifier: MIT

local scrub = require "mkrun.journal.scrub"

local M = {}

local READS <const> = { GET = true, HEAD = true, OPTIONS = true }

--- Returns the method of a request.
---@param request table
---@return string  the method in capital letters
function M.method(request) return (request.method or "GET"):upper() end

--- Returns true if the request changes nothing.
---@param request table
---@return boolean
function M.is_read(request) return READS[M.method(request)] or false end

--- Returns the URL of a request without query, user and password.
---@param request table
---@return string
function M.url(request)
  return (request.url:match("^[^?#]*"):gsub("^(%a[%w+.-]*://)[^/]*@", "%1"))
end

--- Returns the path of a request below `base_url`.  For a request to another
--- server, returns the whole URL.
---@param base_url string  URL of the API
---@param request table
---@return string
function M.path(request, base_url)
  local url = M.url(request)
  local is_below = url:sub(1, #base_url + 1) == base_url .. "/"
  return is_below and url:sub(#base_url + 1) or url
end

--- Returns the body of a request without secrets.
---@param request table
---@return any
function M.body(request)
  if request.body then return scrub.body(request.body) end
  return request.json ~= nil and scrub.value(request.json) or nil
end

return M
