--- This layer passes the date of each answer of the API to `mkrun.clock`, and
--- warns once if the server's clock and the machine's clock differ.
--- `mkrun.host.stack` makes the layer.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"

local M = {}

local function goes_to(request, base)
  local url = request.url or ""
  return base ~= nil and url:sub(1, #base) == base
    and not url:find("^[^/?#]", #base + 1)
end

--- Makes the layer.
---@param options {base_url: string?, note: fun(text: string)?}   `base_url` is
---  the URL of the API: answers of other servers are ignored; `note` prints the
---  warning
---@return fun(transport: function): function layer
function M.new(options)
  local told = options.note == nil

  local function look(response, started)
    local headers = response.headers or {}
    -- The date of an answer from a cache is too old.
    if (tonumber(headers.age) or 0) > 0 then return end
    clock.learn(headers.date, started, clock.machine())
    if told or math.abs(clock.ahead() or 0) <= clock.TOLERATED then return end
    told = true
    options.note(("the clock of this machine is %s: mkrun compares expiry "
      .. "dates with the server's"):format(clock.difference()))
  end

  return function(transport)
    return function(request)
      local started = clock.machine()
      local response, message, code = transport(request)
      if response and goes_to(request, options.base_url) then
        look(response, started)
      end
      return response, message, code
    end
  end
end

return M
