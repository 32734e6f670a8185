--- Flows that send several writes at once, where one of them is refused: all
--- others are done and reported, in the order of the list.

local flow = require "tests.scripts.flow"
local json = require "mkrun.json"

local KARI <const> = "kari@northlight.example"
local NILS <const> = "nils@northlight.example"
local TOKEN <const> = "evening-news automation"

local function onboarded()
  local here = flow.new()
  assert.equal(0, here:run("onboard", flow.example).code)
  return here
end

--- Runs a flow, where the requests with this method and path are refused.
local function refusing(here, method, path, ...)
  here:write("faults.json", json.encode { rules = json.array {
    { method = method, path = path, faults = json.array { { status = 409 } } },
  } })
  return here:run("--faults", "faults.json", ...)
end

local function team_of(here, name)
  for _, team in ipairs(here:state().organizations[1].teams) do
    if team.name == name then return team end
  end
end

local function id_of(here, email)
  for _, user in ipairs(here:state().users) do
    if user.email == email then return user.id end
  end
end

local function rules(here, count)
  local list = json.array {}
  for i = 1, count do
    list[i] = { name = "r" .. i, url = "https://h.example/x",
      events = json.array { "MediaKind.JobFinished" } }
  end
  here:write("rules", json.encode(list))
end

--- Makes two more tokens like the one of the example; returns all ids.
local function three_tokens(here)
  for _ = 1, 2 do
    assert.equal(0, here:run("token", "create", TOKEN, "--allow",
      "evening-news:ams.*", "--file", "more", "--new-file").code)
    here:remove "more"
  end
  local state, model = here:state(), nil
  for _, token in ipairs(state.tokens) do
    if token.description == TOKEN then
      model = model or token.permissions
      token.permissions = model
    end
  end
  here:write("state.json", json.encode(state))
  return here:live(TOKEN)
end

describe("where one of several writes is refused,", function()
  it("offboard takes all else, and keeps the user", function()
    local here = onboarded()
    local outcome = refusing(here, "PATCH", "*/teams/auditors", "offboard",
      "--yes", NILS)
    assert.equal(1, outcome.code)
    assert.equal("- team member     Everyone/" .. NILS
      .. "\n- team member     night-desk/" .. NILS .. "\nSummary: 0 created, "
      .. "0 changed, 0 unchanged, 2 removed, then stopped; run it again to go "
      .. "on.\n", outcome.out)
    assert.matches("teams/auditors", outcome.err, 1, true)
    local id = id_of(here, NILS)
    assert.is_nil(team_of(here, "night-desk").members[id])
    assert.is_table(team_of(here, "auditors").members[id])
    local again = here:run("offboard", "--yes", NILS)
    assert.equal(0, again.code, again.err)
  end)

  it("offboard removes the other users", function()
    local here = onboarded()
    local id = id_of(here, NILS)
    local outcome = refusing(here, "DELETE", "*/users/" .. id, "offboard",
      "--yes", NILS, KARI)
    assert.equal(1, outcome.code)
    assert.matches("\n- user            " .. KARI .. "\n", outcome.out, 1, true)
    assert.not_matches("user            " .. NILS, outcome.out, 1, true)
    assert.matches("users/" .. id, outcome.err, 1, true)
    assert.equal(2, #here:state().organizations[1].members)
  end)

  it("webhooks sets the other rules", function()
    local here = onboarded()
    rules(here, 4)
    local outcome = refusing(here, "PUT", "*/rules/r2", "webhooks",
      "evening-news", "rules")
    assert.equal(1, outcome.code)
    assert.equal("+ webhook rule    r1\n+ webhook rule    r3\n"
      .. "+ webhook rule    r4\nSummary: 3 created, 0 changed, 0 unchanged, "
      .. "then stopped; run it again to go on.\n", outcome.out)
    local project = here:state().organizations[1].projects[1]
    assert.equal(4, #project.webhooks) -- r1, r3, r4, and job-done
  end)

  it("webhooks tells of each refusal, and deletes nothing then", function()
    local here = onboarded()
    rules(here, 3)
    local outcome = refusing(here, "PUT", "*/rules/r*", "webhooks", "--prune",
      "--yes", "evening-news", "rules")
    assert.equal(1, outcome.code)
    assert.matches("^! webhook rule    r2: PUT .*\n! webhook rule    r3: PUT "
      .. ".*\nSummary: 0 created, 0 changed, 0 unchanged, 2 failed, then "
      .. "stopped", outcome.out)
    assert.matches("rules/r1", outcome.err, 1, true)
    assert.equal(1, #here:state().organizations[1].projects[1].webhooks)
  end)

  it("webhooks --prune deletes the other rules", function()
    local here = onboarded()
    rules(here, 3)
    here:write("none", "[]")
    assert.equal(0, here:run("webhooks", "evening-news", "rules").code)
    local outcome = refusing(here, "DELETE", "*/rules/r1", "webhooks",
      "--prune", "--yes", "evening-news", "none")
    assert.equal(1, outcome.code)
    assert.matches("3 removed, then stopped", outcome.out, 1, true)
    local left = here:state().organizations[1].projects[1].webhooks
    assert.equal(1, #left)
    assert.equal("r1", left[1].name)
  end)

  it("prune-invites cancels the other invites", function()
    local here = onboarded()
    here:write("guests", "email\na@x.example\nb@x.example\nc@x.example\n")
    assert.equal(0, here:run("invite", "guests").code)
    local id = here:state().organizations[1].invites[2].id
    local outcome = refusing(here, "DELETE", "*/invites/" .. id,
      "prune-invites", "--cancel", "--yes", "--older-than", "0")
    assert.equal(1, outcome.code)
    assert.matches("3 removed, then stopped", outcome.out, 1, true)
    local left = here:state().organizations[1].invites
    assert.equal(1, #left)
    assert.equal(id, left[1].id)
  end)

  it("rotate-tokens revokes the other tokens", function()
    local here = onboarded()
    local old = three_tokens(here)
    local outcome = refusing(here, "DELETE", "*/tokens/" .. old[2],
      "rotate-tokens", "--new-file", "--file", "new", TOKEN)
    assert.equal(1, outcome.code)
    assert.matches("2 revoked, then stopped", outcome.out, 1, true)
    assert.matches(old[2], outcome.err, 1, true)
    local left = here:live(TOKEN)
    table.sort(left)
    local expected = { old[2], here:stored "new" }
    table.sort(expected)
    assert.same(expected, left)
  end)

  it("undo undoes the other writes", function()
    local here = onboarded()
    rules(here, 4)
    assert.equal(0,
      here:run("--journal", "j", "webhooks", "evening-news", "rules").code)
    local outcome = refusing(here, "DELETE", "*/rules/r2", "undo", "--yes", "j")
    assert.equal(1, outcome.code)
    local signs = {}
    for sign, name in outcome.out:gmatch "([^\n]) webhook rule    %S+/(%w+)" do
      signs[name] = sign
    end
    assert.same({ r1 = "-", r2 = "!", r3 = "-", r4 = "-" }, signs)
    assert.matches("Summary: 0 created, 0 changed, 0 unchanged, 3 removed, "
      .. "1 failed.", outcome.out, 1, true)
  end)

  it("invite tells of those under way when all others would fail", function()
    local here = onboarded()
    local lines = { "email" }
    for i = 1, 30 do lines[i + 1] = ("g%d@x.example"):format(i) end
    here:write("guests", table.concat(lines, "\n") .. "\n")
    here:write("faults.json", json.encode { rules = json.array {
      { method = "POST", nth = 9, faults = json.array { { status = 403 } } },
      { faults = json.array { { delay = 0.05 } } } } })
    local before = #here:state().organizations[1].invites
    local outcome = here:run("--faults", "faults.json", "invite", "guests")
    assert.equal(1, outcome.code)
    local told = select(2, outcome.out:gsub("%+ invite", ""))
    assert.equal(#here:state().organizations[1].invites - before, told)
    assert.is_true(told < 30, told)
    assert.matches("invites: 403", outcome.err, 1, true)
  end)

  it("invite sends the other invites", function()
    local here = onboarded()
    here:write("guests", "email\na@x.example\nb@x.example\nc@x.example\n")
    here:write("faults.json", json.encode { rules = json.array { {
      method = "POST", nth = 2, faults = json.array { { status = 409 } } } } })
    local outcome = here:run("--faults", "faults.json", "invite", "guests")
    assert.equal(1, outcome.code)
    assert.matches("Summary: 2 created, 0 changed, 0 unchanged, 1 failed.",
      outcome.out, 1, true)
  end)
end)
