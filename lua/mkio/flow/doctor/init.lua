--- Checks everything between a run and the API, and reports one finding for
--- each check.  The script `doctor` calls it.
---
--- Every error becomes a finding.  Only SIGINT is raised.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local identity = require "mkio.flow.doctor.identity"
local network = require "mkio.flow.doctor.network"

local M = { columns = { "check", "result", "detail", "advice" } }

---@class mkio.Finding
---@field check string     name of the check: "clock"
---@field result "ok"|"warning"|"failed"|"skipped"  "skipped" if an earlier
---                        finding makes the check useless
---@field detail string
---@field advice? string   what the user can do about it

local order = {
  { "base URL", network["base URL"] }, { "proxy", network.proxy },
  { "server", network.server }, { "TLS", network.TLS },
  { "clock", network.clock }, { "token", identity.token },
  { "organization", identity.organization }, { "rbac", identity.rbac },
}

--- Returns the result, detail and advice for an error that a check raised.
--- Only SIGINT is raised again.
local function failure(problem)
  if problem == "interrupted" then error(problem, 0) end
  if not errors.is(problem) then return "failed", tostring(problem) end
  local hint = problem.hint
  problem.hint = nil
  return "failed", tostring(problem), hint
end

--- Runs all checks, and calls `tell` with each finding.
---@param tell fun(finding: mkio.Finding)
---@return boolean well   true if no check failed
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
