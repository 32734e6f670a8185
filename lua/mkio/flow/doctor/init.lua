--- Checks all parts of the connection between a run and the API, and what the
--- machine does for a run.  Reports a finding for each check.  The script
--- `doctor` calls this module.
---
--- Each error becomes a finding, except SIGINT, which is raised again.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local identity = require "mkio.flow.doctor.identity"
local machine = require "mkio.flow.doctor.machine"
local network = require "mkio.flow.doctor.network"

local M = { columns = { "check", "result", "detail", "advice" } }

---@class mkio.Finding
---@field check string     the name of the check, such as "clock"
---@field result "ok"|"warning"|"failed"|"skipped"  "skipped" if an earlier
---                        finding makes the check useless
---@field detail string    the fact that the check found
---@field advice? string   a text about what the user can do

local order = {
  { "base URL", network["base URL"] }, { "proxy", network.proxy },
  { "server", network.server }, { "TLS", network.TLS },
  { "clock", network.clock }, { "token", identity.token },
  { "organization", identity.organization }, { "rbac", identity.rbac },
  { "confinement", machine.confinement },
}

--- Returns the result, detail and advice of a check that raised an error.
--- Raises SIGINT again.
local function failure(problem)
  if problem == "interrupted" then error(problem, 0) end
  if not errors.is(problem) then return "failed", tostring(problem) end
  local hint = problem.hint
  problem.hint = nil
  return "failed", tostring(problem), hint
end

--- Runs all checks, and calls `tell` with each finding.
---@param tell fun(finding: mkio.Finding)
---@return boolean well   true if no check has the result "failed"
function M.run(tell)
  local seen, well = {}, true
  for _, step in ipairs(order) do
    local name, check = step[1], step[2]
    local ok, result, detail, advice = pcall(check, seen)
    if not ok then result, detail, advice = failure(result) end
    well = well and result ~= "failed"
    tell { check = name, result = result, detail = detail, advice = advice }
  end
  return well
end

return M
