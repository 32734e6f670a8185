--- Carries out `--dry-run --rights`: collects the requests of the script, and
--- prints the rights that a token needs for them.  `mkrun.layer.plan` and
--- `mkrun.plan` call this module.  The model of the API knows which request
--- needs which right.
---
--- Only the document goes to stdout, so that a file can take it.  The remarks
--- go to stderr.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local harmless = require "mkrun.printable"
local json = require "mkrun.json"
local optional = require "mkrun.plan.optional"
local script = require "mkrun.script"

---@class mkrun.AskedRequest   a request of the script, sent or planned
---@field request table
---@field status? integer   status of the answer; nil if there is none
---@field reads? mkrun.OptionalReads  the mark of a read
---@field action? string    what a planned write does: "create", "update", ...
---@field is_foreign? boolean   true: sent with another token than the run's

local M = {}

--- Notes a request and its answer.
---@param record mkrun.PlanRecord
---@param request table
---@param response? table
function M.note(record, request, response)
  table.insert(record.asked, { request = request,
    status = response and response.status, reads = optional.current() })
end

--- Adds to each request what the plan knows of it.
local function complete(record)
  local actions, token = {}, config.token or record.token
  for _, write in ipairs(record.writes) do
    actions[write.request] = write.change.action
  end
  for _, asked in ipairs(record.asked) do
    local request = asked.request
    asked.is_foreign = request.token ~= nil and token ~= nil
      and request.token ~= token
    asked.action = actions[request]
  end
end

local function say(text)
  script.say("mkrun: --rights: " .. harmless.line(text))
end

--- Prints the rights of the run.
---@param record mkrun.PlanRecord   of a script that has ended well
---@param out file*   gets the document
---@return integer exit_code
function M.show(record, out)
  complete(record)
  local document, remarks = json.object {}, { "the run sends no request" }
  if record.overlay then
    document, remarks = record.overlay:rights(record.asked)
  end
  if #record.writes + #record.unknown == 0 then
    say "the run changes nothing: these are the rights to read"
  end
  for _, remark in ipairs(remarks) do say(remark) end
  out:write(assert(json.encode(document, { indent = 2, sort = true })), "\n")
  return 0
end

--- Says that there is no document, because the script failed.
function M.stop()
  say "the script failed, so the rights of a whole run are not known"
end

return M
