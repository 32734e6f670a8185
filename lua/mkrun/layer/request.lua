--- Reads the parts of a request that layers need, without secrets.  The layers
--- `journal`, `audit` and `plan`, `mkrun.journal`, models of APIs and the flow
--- `undo` call this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

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

--- Returns the value of a header field, or nil.
---@param request table
---@param wanted string   the name of the field, in lower case
---@return any
function M.header(request, wanted)
  for name, value in pairs(request.headers or {}) do
    if math.type(name) == "integer" then name, value = value[1], value[2] end
    if name:lower() == wanted then return value end
  end
end

local JSON <const> = "application/json"

--- Returns the media types that a read asks for.  The API answers in JSON if a
--- read does not say.
---@param request table
---@return string
function M.accepts(request)
  return tostring(M.header(request, "accept") or JSON):lower()
end

--- Returns the same text for two reads that differ only in how their query is
--- written.
---@param request table
---@return string
function M.key(request)
  local key = request.url .. " " .. assert(json.encode(request.query or {},
    { sort = true }))
  local accepts = M.accepts(request)
  return accepts == JSON and key or key .. " " .. accepts
end

return M
