--- Layer: every exchange with the server goes into a HAR file, for `--record`.
--- It stands at the bottom, so that repeated requests are there as often as
--- they were sent.  What was sent by a task that was then cancelled is there,
--- too: without it a run that failed would not replay.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local har = require "mkrun.journal.har"

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

  --- Keeps it whatever happens, but for an error: that was never sent.
  local function open_entry(request, answer)
    local started, from = sys.now(), sys.monotonic()
    return sys.finally(function(problem)
      if problem ~= nil then return end
      keep(request, started, sys.monotonic() - from, table.unpack(answer, 1, 3))
    end)
  end

  return function(transport)
    return function(request)
      local answer = { nil, "cancelled", "cancelled" }
      local _ <close> = open_entry(request, answer)
      answer[1], answer[2], answer[3] = transport(request)
      return table.unpack(answer, 1, 3)
    end
  end
end

return M
