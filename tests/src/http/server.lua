--- Starts canned.lua for a spec.

local ports = require "tests.support.ports"
local process = require "tests.support.process"
local temp = require "tests.support.temp"

local M = {}

---@class tests.Canned
---@field url string
---@field port integer
local Canned = {}
Canned.__index = Canned
Canned.__close = function(self) self.process:stop() end

--- A server that gives these answers, one for each connection; see canned.lua.
---@param ... string  bytes
---@return tests.Canned
function M.start(...)
  local port = ports.free(1)
  local words = { "lua5.4", "tests/src/http/canned.lua", port }
  for _, bytes in ipairs { ... } do words[#words + 1] = temp.file(bytes) end
  local self = setmetatable({ process = process.spawn(words), port = port,
    url = ("http://127.0.0.1:%d"):format(port) }, Canned)
  process.wait_until("the canned server", function()
    local out = temp.read("/proc/net/tcp")
    return out:find((":%04X 00000000:0000 0A"):format(port), 1, true)
      or not self.process:alive()
  end)
  return self
end

--- The requests so far, as text; not connections without one.
---@return string[]
function Canned:requests()
  local list = {}
  for request in self.process:output():gmatch "(.-)\n%-%-%-%-\n" do
    if request ~= "" then list[#list + 1] = request end
  end
  return list
end

--- How many connections to it are open, whether it took them or not.
---@return integer
function Canned:connected()
  return select(2, temp.read("/proc/net/tcp")
    :gsub((":%04X 01 "):format(self.port), ""))
end

--- An answer: a status line, header lines, a body of known length.
---@return string
function M.answer(status, headers, body)
  local lines = { "HTTP/1.1 " .. status, table.unpack(headers or {}) }
  lines[#lines + 1] = "Connection: close"
  lines[#lines + 1] = ("Content-Length: %d"):format(#(body or ""))
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
end

return M
