--- The part of the preflight that checks the webhook rules of a SPEC: a rule
--- that has to be sent needs all its secrets.  `mkio.flow.onboard.preflight`
--- calls it.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local webhook = require "mkio.flow.onboard.spec".webhook

local M = {}

--- Complains if a rule without `authentication` would delete the secrets of the
--- existing rule.
local function check_rule(self, rules, rule, have, ...)
  if rule.authentication then return end
  self:attempt(function()
    rules:compare(rule.name, webhook(rule), have)
  end, ...)
end

--- Returns true if the rule does not exist or differs.  Then it has to be sent
--- with all its secrets.
local function must_be_sent(rules, name, want, have)
  if not have then return true end
  local ok, rule, details = pcall(rules.compare, rules, name, want, have)
  if errors.is_answer(rule) then error(rule, 0) end
  return ok and (not rule or #details > 0)
end

local function check_secrets(self, rules, rule, have, ...)
  local want, unset = webhook(rule)
  if unset[1]
    and (self.is_due or must_be_sent(rules, rule.name, want, have)) then
    local place = table.pack(...)
    place[#place + 1] = "authentication"
    self:complain("the rule has to be sent with its secrets: set "
      .. table.concat(unset, ", "), table.unpack(place))
  end
end

--- Checks the webhook rules of one project.  Adds the problems to `self`.
---@param self mkio.Preflight
---@param rules mkio.Webhooks
---@param wishes table[]   the rules in the SPEC
---@param have table<string, table>   the rules that are there, by name
---@param ... string|integer   the segments of the pointer of the list
function M.run(self, rules, wishes, have, ...)
  for j, rule in ipairs(wishes) do
    local place = { ... }
    place[#place + 1] = j - 1
    local known = have[rule.name]
    if known then
      check_rule(self, rules, rule, known, table.unpack(place))
    end
    check_secrets(self, rules, rule, known, table.unpack(place))
  end
end

return M
