--- `drift` calls missing or different what `onboard` then writes, and nothing
--- else, over random SPECs and organizations.
---
--- TORTURE=all tries more of them; SEED=N others.

local drift = require "mkio.flow.drift"
local errors = require "mkrun.rest.error"
local generated = require "tests.support.drift_cases"
local json = require "mkrun.json"
local mkio = require "mkio"
local onboarding = require "mkio.flow.onboard"
local part = require "mkio.flow.onboard.part"
local phases = require "mkio.flow.onboard.phases"
local preflight = require "mkio.flow.onboard.preflight"
local sandbox = require "tests.support.sandbox"
local secret = require "mkrun.secret"
local selection = require "mkio.flow.common.selection"
local spec_of = require "mkio.flow.onboard.spec"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"
local torture = require "tests.support.torture"

local SAMPLE <const>, ALL <const> = 60, 5000

local function connect(api)
  return mkio.connect { base_url = "https://app.mk.io",
    token = secret.new("ola", "token"),
    http = { request = api.model.transport } }
end

--- A report that keeps its steps.
local function recorder()
  local out = { steps = {} }
  function out:step(outcome, kind, name)
    table.insert(self.steps, { outcome = outcome, kind = kind, name = name })
  end
  function out:place()
    return { step = function(_, ...) self:step(...) end,
             close = function() end }
  end
  return out
end

--- Sets up a SPEC; returns the steps, or nil if the SPEC is refused.
local function onboard(api, spec)
  assert(spec_of.check(part.whole(spec)))
  local org, out = connect(api), recorder()
  local lists = onboarding.begin(org, spec)
  local here = lists:items "organization"
  local problems, methods = preflight.run(org, here, spec, false, lists)
  if problems[1] then return nil end
  local run = phases.new { org = org, here = here, spec = spec, out = out,
    fields = onboarding.organization_fields(spec.organization),
    methods = methods, lists = lists }
  run:base()
  local ok, problem = pcall(run.rest, run)
  if not ok and errors.is(problem) and problem.code == "protected" then
    return nil -- by what the SPEC does to a predefined team
  end
  if not ok then error(problem, 0) end
  return out.steps
end

local function look(api, spec, chosen)
  local org = connect(api)
  local lists = drift.begin(org, spec, chosen)
  return (drift.find(org, lists:items "organization", spec, chosen, lists))
end

local KINDS <const> = { ["payment method"] = "paymentMethods",
  project = "projects", ["webhook rule"] = "webhooks", team = "teams",
  invite = "invites", token = "tokens", organization = "organization" }

--- What onboard wrote, as "teams/desk".
local function written(steps)
  local set = {}
  for _, step in ipairs(steps) do
    if step.outcome ~= "unchanged" then
      local name = step.kind == "invite" and step.name:lower() or step.name
      set[KINDS[step.kind] .. "/" .. name] = true
    end
  end
  return set
end

--- What onboard will write, by the rows of drift.  A member who is no user gets
--- an invite.
local function named(rows)
  local set = {}
  for _, row in ipairs(rows) do
    local kind, name = row.kind, row.name
    if kind == "members" or kind == "scopes" then
      local team, own = name:match "^(.-)/(.*)$"
      local is_guest = kind == "members" and row.change == "missing"
        and row.details[1]:find "^no user"
      kind, name = is_guest and "invites" or "teams", is_guest and own or team
    end
    if row.change ~= "extra" then
      set[kind .. "/" .. (kind == "invites" and name:lower() or name)] = true
    end
  end
  return set
end

local EVERYTHING <const> = selection.new {}

--- A part of a SPEC by random patterns, and the selection.
local function some_of(choice, spec)
  if choice:once_in(2) then return spec, EVERYTHING end
  local patterns = {}
  for _ = 1, choice.pick(3) do
    patterns[#patterns + 1] = choice:of { "teams/desk", "teams/*",
      "members/*/guest*", "scopes/desk/*", "members/desk/*", "projects/*",
      "webhooks/news/*", "tokens/one", "invites/*@partner.example",
      "organization/*", "paymentMethods/other" }
  end
  local key = choice:of { "only", "except", "ignore" }
  local chosen = selection.new { [key] = patterns }
  return part.of(spec, chosen), chosen
end

--- The organization of a case: set up by one SPEC, then changed by hand.
local function world(choice, folder)
  local api = sandbox.new { now = sys.now }
  generated.add_method(api)
  onboard(api, generated.spec(choice, folder))
  generated.change(choice, api)
  return api
end

local refused, wrote = 0, 0

--- Returns what is wrong, or nil.
local function fault_of(seed)
  local choice, folder = generated.choice(seed), temp.folder()
  local api = world(choice, folder)
  local whole = generated.spec(choice, folder)
  local spec, chosen = some_of(choice, whole)
  local before = look(api, spec, chosen)
  local steps = onboard(api, spec)
  if not steps then
    refused = refused + 1
    return not before[1] and "drift names nothing, onboard refuses" or nil
  end
  local wanted, told = written(steps), named(before)
  wrote = wrote + (next(wanted) and 1 or 0)
  local problem
  for name in pairs(wanted) do
    if not told[name] then problem = name .. " is written, not named" end
  end
  for name in pairs(told) do
    if not wanted[name] then problem = name .. " is named, not written" end
  end
  local left = next(named(look(api, spec, chosen)))
  problem = problem or left and left .. " is named after onboard"
  return problem and problem .. "\n" .. json.encode(before) .. "\n"
    .. json.encode(spec)
end

describe("what drift names is what onboard writes:", function()
  local list = {}
  for i = 1, torture.all and ALL or SAMPLE do
    list[i] = { name = "case " .. i, number = i }
  end

  it("over random SPECs and organizations", function()
    torture:try("drift and onboard", list, { sample = #list }, function(one)
      local fault = fault_of(torture.seed * 1000003 + one.number)
      return fault and ("case %d of seed %d: %s"):format(one.number,
        torture.seed, fault)
    end)
    -- most cases are worth their name
    assert.is_true(refused < wrote, refused .. " refused, " .. wrote)
  end)
end)
