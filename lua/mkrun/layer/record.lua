--- Layer: every exchange with the server goes into a HAR file, for `--record`.
--- It stands at the bottom, so that repeated requests are there as often as
--- they were sent.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local har = require "mkrun.har"

local M = {}

---@param file mkrun.HarFile
---@param note fun(text: string)  told when the file takes no more
---@return fun(transport: function): function layer
function M.new(file, note)
  local open = true

  local function keep(...)
    if not open then return end
    local done, message = file:add(har.entry(...))
    open = done
    if not done then note("the recording ends here: " .. message) end
  end

  return function(transport)
    return function(request)
      local started, from = sys.now(), sys.monotonic()
      local response, message, code = transport(request)
      keep(request, started, sys.monotonic() - from, response, message, code)
      return response, message, code
    end
  end
end

return M
