--- Checks that a run printed no internal error and no secret.

local M = {}

--- Patterns of Lua's messages for a fault in the library, and of sanitizers'.
local INTERNAL <const> = {
  "attempt to ", "stack traceback", "bad argument #", "%.lua:%d+: ",
  "assertion failed", "Sanitizer", "runtime error", "not enough memory",
  "stack overflow",
}

--- Returns what is wrong with how a run ended, or nil.
---@param outcome tests.Outcome
---@param secrets string[]  texts that no output may contain
---@return string?
function M.fault(outcome, secrets)
  if outcome.code > 3 and outcome.code < 129 or outcome.code >= 128 + 3 and
    outcome.code ~= 137 and outcome.code ~= 141 and outcome.code ~= 143 then
    return ("ended with code %d: %s"):format(outcome.code, outcome.err)
  end
  for _, pattern in ipairs(INTERNAL) do
    if outcome.err:find(pattern) then
      return "is an error of the program: " .. outcome.err
    end
  end
  for _, secret in ipairs(secrets) do
    if (outcome.out .. outcome.err):find(secret, 1, true) then
      return "a secret is in its output"
    end
  end
  if outcome.code ~= 0 and outcome.code ~= 3 and outcome.code < 128
    and outcome.err .. outcome.out == "" then
    return ("ended with code %d and said nothing"):format(outcome.code)
  end
end

return M
