--- `onboard --prune` removes nothing that SPEC names or ignores but for a
--- typing error.

local json = require "mkrun.json"
local prunes = require "tests.support.prunes"

local NFC <const>, NFD <const> = "d\u{e9}sk", "de\u{301}sk"

local function rule(name)
  local one = prunes.rule(name)
  one.url = "https://hooks.test/x"
  return one
end

--- A sandbox with a team, a rule and a token of one name.
local function with(name)
  return prunes.grown {
    paymentMethod = { displayName = "2026 contract", acceptTerms = true },
    projects = { prunes.project(rule(name)) },
    teams = { { name = name } }, tokens = { prunes.token(name) },
  }
end

--- A SPEC with one of them, of another name.
local function spec(kind, name)
  local whole = { ownTokens = "*", ignore = json.array {},
    projects = { prunes.project() }, teams = json.array {},
    tokens = json.array {} }
  if kind == "rules" then whole.projects[1].webhooks[1] = rule(name) end
  if kind == "teams" then whole.teams[1] = { name = name } end
  if kind == "tokens" then whole.tokens[1] = prunes.token(name) end
  return whole
end

describe("onboard --prune refuses", function()
  for _, names in ipairs { { "desk", "Desk" }, { "desk", "desk " },
    { "night desk", "nightdesk" }, { NFC, NFD }, { "desk", "desk\u{200B}" } } do
    it(("to remove '%s' when SPEC has '%s'"):format(table.unpack(names)),
      function()
        local here = with(names[1])
        local before = prunes.inventory(here)
        for _, kind in ipairs { "teams", "rules", "tokens" } do
          local outcome, writes = prunes.prune(here, spec(kind, names[2]), kind,
            "--yes")
          prunes.refuses(outcome, writes,
            "which is not there: they differ in case, blanks or accents only")
        end
        assert.same(before, prunes.inventory(here))
      end)
  end

  it("to remove 'desk' when SPEC has a new name like it, and one that is there",
    function()
      local here = prunes.grown { teams = { { name = "desk" },
        { name = "DESK" } } }
      for _, teams in ipairs { { "Desk", "DESK" }, { "DESK", "Desk" } } do
        local outcome, writes = prunes.prune(here, { teams =
          { { name = teams[1] }, { name = teams[2] } } }, "teams", "--yes")
        prunes.refuses(outcome, writes, "SPEC has 'Desk', which is not there")
      end
    end)

  it("to delete a rule when the file of webhooks has one like it", function()
    local here = with "desk"
    here:write("rules.json", json.encode(json.array { rule "Desk" }))
    local outcome, writes = here:counted("webhooks", "--prune", "--yes", "news",
      "rules.json")
    prunes.refuses(outcome, writes, "the webhook rule 'desk' is to go, and "
      .. "rules.json has 'Desk', which is not there: they differ in case")
  end)

  it("to remove what a pattern nearly leaves out", function()
    local here = with "Legacy-a"
    for kind, pattern in pairs { teams = "teams/legacy-*", rules =
      "webhooks/news/legacy-*", tokens = "tokens/LEGACY-A" } do
      local wish = spec()
      wish.ignore[1] = pattern
      local outcome, writes = prunes.prune(here, wish, kind, "--yes")
      prunes.refuses(outcome, writes, "ignore '" .. pattern
        .. "' does not fit it: they differ in case, blanks or accents only")
    end
  end)

  it("nothing when both are there, or the names are others", function()
    local here = prunes.grown { teams = { { name = "desk" }, { name = "Desk" },
      { name = "desk 2" }, { name = "Legacy-a" }, { name = "legacy-b" } } }
    local outcome = prunes.prune(here, { ignore = { "teams/legacy-*",
      "teams/des *" }, teams = { { name = "Desk" } } }, "teams", "--yes")
    assert.equal(0, outcome.code, outcome.err)
    assert.is_table(prunes.team_of(here, "Desk"))
    assert.is_table(prunes.team_of(here, "legacy-b"))
    for _, name in ipairs { "desk", "desk 2", "Legacy-a" } do
      assert.is_nil(prunes.team_of(here, name))
    end
  end)
end)
