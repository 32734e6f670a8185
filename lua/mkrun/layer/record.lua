--- This layer for `--record` writes each request and its answer to a HAR file.
--- `mkrun.host.stack` puts the layer below the layer `retry`, so that each
--- attempt is recorded.  The layer also records a request whose task was
--- cancelled, because otherwise a failed run could not be replayed.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local har = require "mkrun.journal.har"

local M = {}

--- Makes the layer.
---@param file mkrun.HarFile
---@param note fun(text: string)  called if the file cannot be written
---@return fun(transport: function): function layer
function M.new(file, note)
  local open = true

  local function keep(...)
    if not open then return end
    local done, message = file:add(har.entry(...))
    open = done
    if not done then note("the recording ends here: " .. message) end
  end

  --- Returns a `<close>` value that records the request, even if the task is
  --- cancelled.  If the request raised an error, the request was never sent and
  --- is not recorded.
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
