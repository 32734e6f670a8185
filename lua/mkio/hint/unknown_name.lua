--- Makes the hint for status 404: the name that was probably meant.
--- `mkio.hint` calls this module.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.rest.suggestion"
local operations = require "mkio.operations"
local value = require "mkrun.value"

--- The path parameters that contain a name.  Each has the operation that lists
--- the existing names, and the word for the object.
local NAMED <const> = {
  { "project_name", "projects.list", "project" },
  { "rule_name", "webhooks.list", "webhook rule" },
  { "location_name", "locations.list", "location" },
  { "role_name", "roles.list", "role" },
  { "scope_name", "scopes.list", "scope" },
  { "team_name", "teams.list", "team" },
}

local UUID <const> = "^%x+%-%x+%-%x+%-%x+%-%x+$"

local function user_hint(glance, email)
  for _, user in ipairs(glance.list "users.list") do
    if value.same_email(value.dig(user, "spec", "email"), email) then
      return ("the id of %s is %s"):format(email, user.metadata.id)
    end
  end
end

--- Returns a hint if a parameter for an id does not contain an id.  No similar
--- id is suggested, because ids are random.
local function id_hint(glance, parameters)
  for name, given in pairs(parameters) do
    if name:find "_id$" and not given:find(UUID) then
      return name == "user_id" and user_hint(glance, given)
        or ("'%s' is no id"):format(given)
    end
  end
end

--- Returns the hint for status 404, or nil.
---@param glance mkio.Glance
---@param call mkrun.rest.SentCall
---@param problem mkrun.rest.Error
---@return string? hint
return function(glance, call, problem)
  -- The body is not an answer of MK.IO: a proxy or another server answered.
  if problem.code == "http" then return "is the base URL right?" end
  local _, parameters = operations.match(call.operation.method,
    call.path:gsub("%?.*", "") .. "")
  if type(parameters) ~= "table" then return nil end
  for _, named in ipairs(NAMED) do
    local parameter, list, word = table.unpack(named)
    local wanted = parameters[parameter]
    local names = wanted and value.names_of(glance.list(list, parameters))
    if wanted and not value.set(names)[wanted] then
      local hint = near.hint(wanted, names)
      if hint then return hint end
      return word == "project" and "does the token see the project?" or nil
    end
  end
  return id_hint(glance, parameters)
end
