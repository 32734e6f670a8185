--- Makes the hint for status 409: the object that is in conflict with the
--- request.  `mkio.hint` calls this module.
-- SPDX-License-Identifier: MIT

local value = require "mkrun.value"

--- Formats the details of the API's error: "limit 5, project evening-news".
local function particulars(extra)
  local parts = {}
  for _, name in ipairs(value.names(extra)) do
    local item = value.present(extra[name])
    if type(item) ~= "table" and item ~= nil then
      parts[#parts + 1] = name .. " " .. tostring(item)
    end
  end
  return parts[1] and table.concat(parts, ", ") or nil
end

local function of_email(items, email)
  for _, item in ipairs(items) do
    if value.same_email(value.dig(item, "spec", "email"), email) then
      return item
    end
  end
end

local by_key = {}

by_key["invites.create"] = function(glance, call)
  local email = value.dig(call.body, "spec", "email")
  local invite = of_email(glance.list "invites.list", email)
  if invite then
    local made = value.dig(invite, "metadata", "created")
    return ("there is an open invite %s%s"):format(
      value.dig(invite, "metadata", "id") or "",
      made and " of " .. made:sub(1, 10) or "")
  end
  return of_email(glance.list "users.list", email)
    and email .. " is a member already" or nil
end

--- Returns the hint for status 409, or nil.
---@param glance mkio.Glance
---@param call mkrun.rest.SentCall
---@param problem mkrun.rest.Error
---@return string? hint
return function(glance, call, problem)
  local by = by_key[call.operation.key]
  return by and by(glance, call) or particulars(problem.extra)
end
