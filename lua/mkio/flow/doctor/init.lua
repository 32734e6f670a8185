--- What stands between a run and the API, one finding after the other.
---
--- Nothing raises here but SIGINT: whatever goes wrong is a finding.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local identity = require "mkio.flow.doctor.identity"
local network = require "mkio.flow.doctor.network"

local M = { columns = { "check", "result", "detail", "advice" } }

---@class mkio.Finding
---@field check string     "clock"
---@field result "ok"|"warning"|"failed"|"skipped"  skipped: an earlier
---                        finding makes it pointless
---@field detail string
---@field advice? string   what to do about it

local order = {
  { "base URL", network["base URL"] }, { "proxy", network.proxy },
  { "server", network.server }, { "TLS", network.TLS },
  { "clock", network.clock }, { "token", identity.token },
  { "organization", identity.organization }, { "rbac", identity.rbac },
}

--- What a check raised is a finding, too.
local function failure(problem)
  if problem == "interrupted" then error(problem, 0) end
  if not errors.is(problem) then return "failed", tostring(problem) end
  local hint = problem.hint
  problem.hint = nil
  return "failed", tostring(problem), hint
end

--- Look at everything, and call `tell` with each finding.
---@param tell fun(finding: mkio.Finding)
---@return boolean well   nothing failed
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
