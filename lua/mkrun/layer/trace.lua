--- This layer for `--trace` writes one line for each request.
--- `mkrun.host.stack` makes the layer.
---
---     GET /api/v1/projects?limit 200 12 ms 1.2 KB attempts 1
---
--- A line contains the method, the path and the names in the query.  A line
--- never contains a value of the query, a header field or a body, because these
--- may be secret.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

---@param bytes integer
local function size_text(bytes)
  if bytes < 1000 then return ("%d B"):format(bytes) end
  if bytes < 1000000 then return ("%.1f KB"):format(bytes / 1000) end
  return ("%.1f MB"):format(bytes / 1000000)
end

--- Adds the names in `query`, a map or a list of {name, value} pairs.
local function names_in(query, names)
  local own = {}
  for key, value in pairs(query) do
    if type(key) == "string" then own[#own + 1] = key
    elseif type(value) == "table" then own[#own + 1] = tostring(value[1]) end
  end
  table.sort(own)
  table.move(own, 1, #own, #names + 1, names)
end

--- Returns the path and the names in the query of a request: "/path?a&b".
local function target(options)
  local url = options.url or ""
  local path, query = url:match "^%a[%w+.-]*://[^/?#]*([^?#]*)%??([^#]*)"
  local names = {}
  for name in (query or ""):gmatch "([^&=]+)[^&]*" do
    names[#names + 1] = name
  end
  if type(options.query) == "table" then names_in(options.query, names) end
  local text = path and path ~= "" and path or "/"
  if #names > 0 then text = text .. "?" .. table.concat(names, "&") end
  return (text:gsub("[%c\127]", "?"))
end

--- Returns the line for one request, without a line end.
---@param options table    the request
---@param seconds number   how long the request took
---@param response? table
---@param code? string     the error code, if there is no response
---@param attempts? integer  number of attempts (default 1)
---@return string
function M.line(options, seconds, response, code, attempts)
  local bytes = response and (response.bytes or #(response.body or "")) or 0
  return ("%s %s %s %.0f ms %s attempts %d"):format(
    (options.method or "GET"):upper(), target(options),
    response and response.status or code or "failed", seconds * 1000,
    size_text(bytes), response and response.attempts or attempts or 1)
end

---@class mkrun.TraceOptions
---@field write? fun(line: string)  writes a line (default: to stderr)
---@field clock? fun(): number      returns seconds (default: sys.monotonic)

--- Makes the layer.
---@param options? mkrun.TraceOptions
---@return fun(transport: function): function layer
function M.new(options)
  options = options or {}
  local clock = options.clock or sys.monotonic
  local write = options.write
    or function(line) io.stderr:write(line, "\n") end
  return function(transport)
    return function(request)
      local start = clock()
      local response, message, code, attempts = transport(request)
      write(M.line(request, clock() - start, response, code, attempts))
      return response, message, code, attempts
    end
  end
end

return M
