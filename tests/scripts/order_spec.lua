--- What flows print does not depend on the order in which the API lists things.
--- Only a plan shows a document as the API has it.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"
local temp = require "tests.support.temp"
local world = require "tests.scripts.world"

local PROJECT <const> = "evening-news"

--- Makes an organization with several things of each kind.
local function organization()
  local here, spec = flow.new(), flow.spec()
  local project = spec.projects[1]
  for _, name in ipairs { "zulu", "alpha", "Mike" } do
    spec.projects[#spec.projects + 1] = { name = name, displayName = name,
      locationName = "westeurope", isActive = true }
    project.webhooks[#project.webhooks + 1] = { name = name,
      url = "https://h.example/" .. name, events = project.webhooks[1].events }
    spec.teams[#spec.teams + 1] = { name = name, members = {
      { email = "nils@northlight.example" },
      { email = "kari@northlight.example" } },
      scopes = { zuluScope = { roles = { "user", "reader" } },
        alphaScope = { roles = { "reader", "user" } } } }
    spec.invites = spec.invites or {}
    spec.invites[#spec.invites + 1] = { email = name .. "@partner.example",
      teams = { name, "auditors" } }
    spec.tokens[#spec.tokens + 1] = { description = name, days = 30,
      file = name .. ".token", permissions = spec.tokens[1].permissions }
  end
  local outcome = here:onboard(spec)
  assert(outcome.code == 0, outcome.err)
  world.change(here, function(api)
    world.invite_elsewhere(api, "Southlight")
    world.invite_elsewhere(api, "Eastlight")
    for _, email in ipairs { "zulu", "alpha" } do
      world.age_invite(api, email .. "@partner.example", 8)
    end
  end)
  return here
end

--- Reverses each array below a value.
local function reverse(value)
  if type(value) ~= "table" then return end
  if json.is_array(value) then
    for i = 1, #value // 2 do
      value[i], value[#value + 1 - i] = value[#value + 1 - i], value[i]
    end
  end
  for _, member in pairs(value) do reverse(member) end
end

local FLOWS <const> = {
  { "export" }, { "token" }, { "token", "--everybody" }, { "token", "rights" },
  { "my-organizations" }, { "prune-invites" },
  { "prune-invites", "--older-than", "0" },
  { "webhooks", PROJECT, "--events" }, { "usage", "--month", "2026-01" },
  { "usage", "--month", "2026-01", "--by", "payment-method" },
  { "team", "night-desk" }, { "team", "zulu" }, { "access-report" },
  { "access-report", "--can", "teams.patch" }, { "why-403", "teams.patch" },
  { "--dry-run", "offboard", "--yes", "kari@northlight.example" },
}
local FORMATS <const> = { "text", "json", "csv" }
local DOCUMENTS <const> = { "json", "jsonl" }

local known -- the state of which the ids are the same in both organizations

local function has_formats(here, words)
  local outcome = here:run(words[1] == "--dry-run" and words[2] or words[1],
    "--help")
  return outcome.out:find("--output", 1, true) ~= nil
end

--- Hides times, and the ids of the tokens that the runs themselves made.
local function masked(text)
  return (text:gsub("%x+%-%x+%-%x+%-%x+%-%x+", function(id)
    return not known:find(id, 1, true) and "#" or nil
  end):gsub("%d%d%d%d%-%d%d%-%d%d[T%d:Z]*", "@"):gsub("  +", " "))
end

local function say(here, words, format)
  local all = { table.unpack(words) }
  if format then all[#all + 1] = "--output=" .. format end
  local outcome = here:run(table.unpack(all))
  assert(outcome.code == 0 or outcome.code == 3, outcome.err)
  return masked(outcome.out .. outcome.err)
end

describe("in whatever order the API lists", function()
  local here, other
  setup(function()
    here = organization()
    local state = here:state()
    reverse(state)
    other = flow.new()
    other:write("state.json", json.encode(state))
    other:write("as-it-was.json", json.encode(state))
    known = temp.read(here.folder .. "/state.json")
    here:write("as-it-was.json", known)
  end)

  --- What a flow prints on a copy of the state.
  local function printed(at, words, format)
    at:write("state.json", temp.read(at.folder .. "/as-it-was.json"))
    return say(at, words, format)
  end

  for _, words in ipairs(FLOWS) do
    it("the same is printed by " .. table.concat(words, " "), function()
      local formats = has_formats(here, words) and words[1] ~= "--dry-run"
        and (words[1] == "export" and DOCUMENTS or FORMATS) or { false }
      for _, format in ipairs(formats) do
        assert.equal(printed(here, words, format),
          printed(other, words, format))
      end
    end)
  end
end)
