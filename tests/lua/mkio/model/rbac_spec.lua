--- Rights of one resource, and rights on everything: one answer.

local rbac = require "mkio.model.rbac"
local roles = require "mkio.model.roles"
local sandboxes = require "mkio.sandbox"

--- Teams by lot in the organization of a new sandbox.
local function random_state(random)
  local state = sandboxes.new().world.state
  local organization = state.organizations[1]
  for i = 1, 3 do
    local id = "project-" .. i
    table.insert(organization.projects, { id = id, name = id })
    table.insert(organization.scopes, { id = "scope-" .. i,
      name = id .. "Scope",
      resources = { { type = "core.project", id = id } } })
  end
  for i = 1, random(3) do
    local scopes = {}
    for _ = 1, random(3) do
      local scope = organization.scopes[random(#organization.scopes)]
      scopes[scope.name] =
        { roles = { state.roles[random(#state.roles)].name } }
    end
    table.insert(organization.teams, { name = "team-" .. i, scopes = scopes,
      members = random(2) == 1 and { someone = {} } or {} })
  end
  return state, organization
end

--- Every capability that a role has, once.
local function capabilities(state)
  local list, seen = {}, {}
  for _, role in ipairs(state.roles) do
    for _, capability in ipairs(role.capabilities) do
      if not seen[capability] then list[#list + 1] = capability end
      seen[capability] = true
    end
  end
  return list
end

describe("mkio.model.rbac.user_has", function()
  it("agrees with the rights on everything", function()
    math.randomseed(7)
    local held = 0
    for _ = 1, 8 do
      local state, organization = random_state(math.random)
      local rights = rbac.of_user(state, organization, "someone")
      for resource_type in pairs(roles.families) do
        for _, id in ipairs { organization.id, "project-1", "project-3",
          "no-such-id" } do
          for _, capability in ipairs(capabilities(state)) do
            local has = rbac.has(rights, resource_type, id, capability)
            if has then held = held + 1 end
            assert.equal(has, rbac.user_has(state, organization, "someone",
              resource_type, id, capability))
          end
        end
      end
    end
    assert.is_true(held > 20, held)
  end)
end)
