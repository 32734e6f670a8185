--- Summarizes the state of a sandbox for comparison.  It leaves out what
--- differs from run to run: ids, times, digests and invalid tokens.

local json = require "mkrun.json"

local M = {}

local function emails(state)
  local by_id = {}
  for _, user in ipairs(state.users) do by_id[user.id] = user.email end
  return by_id
end

local function sorted(list)
  table.sort(list)
  return list
end

local function each(list, convert)
  local result = {}
  for i, item in ipairs(list) do result[i] = convert(item) end
  return result
end

local function text(value)
  return assert(json.encode(value, { sort = true }))
end

local function team(people)
  return function(item)
    local members = {}
    for id, member in pairs(item.members) do
      members[people[id]] = member.isTeamAdmin
    end
    return text { name = item.name, description = item.description,
      members = json.object(members), scopes = item.scopes }
  end
end

local function project(item)
  return text { name = item.name, displayName = item.displayName,
    isActive = item.isActive, isHidden = item.isHidden,
    webhooks = json.array(sorted(each(item.webhooks,
      function(rule) return text { rule.name, rule.spec } end))) }
end

local function invite(item)
  return text { email = item.email, comment = item.comment,
    teams = json.array(item.teams) }
end

local function organization(people)
  return function(item)
    return {
      spec = text(item.spec),
      members = sorted(each(item.members,
        function(id) return people[id] end)),
      methods = each(item.paymentMethods, function(method)
        return text { method.displayName, method.termsAndConditionsAccepted }
      end),
      projects = sorted(each(item.projects, project)),
      teams = sorted(each(item.teams, team(people))),
      invites = sorted(each(item.invites, invite)),
    }
  end
end

--- Lists the live tokens.  Login tokens come from the tests and are left out.
local function live_tokens(state)
  local tokens = {}
  for _, token in ipairs(state.tokens) do
    if token.revoked == json.null and token.type ~= "login" then
      tokens[#tokens + 1] = token.type .. " " .. token.description
    end
  end
  return sorted(tokens)
end

--- Returns a value that is equal for two sandboxes in the same state; for
--- `assert.same`.
---@param state table  as in a state file
function M.of(state)
  return {
    organizations = each(state.organizations, organization(emails(state))),
    tokens = live_tokens(state),
  }
end

return M
