--- What layers want to know of a request.
-- SPDX-License-Identifier: MIT

local scrub = require "mkrun.journal.scrub"

local M = {}

local READS <const> = { GET = true, HEAD = true, OPTIONS = true }

---@return string  in capital letters
function M.method(request) return (request.method or "GET"):upper() end

---@return boolean  does it leave everything as it is?
function M.is_read(request) return READS[M.method(request)] or false end

--- Its URL without a query and a user.
---@return string
function M.url(request)
  return (request.url:match("^[^?#]*"):gsub("^(%a[%w+.-]*://)[^/@]*@", "%1"))
end

--- Where it is at the API; of another place, the URL.
---@param base_url string  the API
---@return string
function M.path(request, base_url)
  local url = M.url(request)
  local is_below = url:sub(1, #base_url + 1) == base_url .. "/"
  return is_below and url:sub(#base_url + 1) or url
end

--- Its body without secrets.
---@return any
function M.body(request)
  if request.body then return scrub.body(request.body) end
  return request.json ~= nil and scrub.value(request.json) or nil
end

return M
