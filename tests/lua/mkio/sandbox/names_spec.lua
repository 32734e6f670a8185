--- Names in the state of a sandbox, for a shell.

local flow = require "tests.scripts.flow"
local names = require "mkio.sandbox.names"
local selection = require "mkio.flow.common.selection"
local temp = require "tests.support.temp"

local state

local function find(...)
  local list = {}
  for i, pair in ipairs(names.find(state, { ... })) do list[i] = pair[1] end
  return list
end

describe("the names in a sandbox", function()
  lazy_setup(function()
    local here = flow.new()
    assert.equal(0, here:run("onboard", flow.example).code)
    state = temp.read(here.folder .. "/state.json")
  end)

  it("are found by what an argument is called", function()
    assert.same({ "Administrators", "Everyone", "auditors", "night-desk" },
      find("team", "NAME"))
    assert.same({ "evening-news" }, find "PROJECT")
    assert.same({ "job-done" }, find("NAME", "NAME", "rule"))
    assert.same({ "evening-news automation" }, find "DESCRIPTION")
    assert.same({ "freelance@partner.example" }, find "EMAIL")
    assert.same({ "Northlight Broadcasting" }, find "ORGANIZATION")
    for _, word in ipairs { "user", "WHO", "MEMBER" } do
      local list = find(word)
      assert.equal("kari@northlight.example", list[1])
      table.sort(list)
      assert.same(list, find(word))
    end
  end)

  it("have the kind before them where a part of a SPEC is meant", function()
    local all = "\n" .. table.concat(find "only", "\n") .. "\n"
    for _, part in ipairs { "teams/night-desk", "projects/evening-news",
      "webhooks/evening-news/job-done", "scopes/Everyone/allProjectsScope",
      "members/night-desk/kari@northlight.example",
      "organization/Northlight Broadcasting",
      "invites/freelance@partner.example" } do
      assert.matches("\n" .. part .. "\n", all, 1, true)
    end
  end)

  it("are patterns that a part of the organization fits", function()
    local here = flow.new()
    here:write("state.json", state)
    local list = find "only"
    assert.is_true(#list > 10)
    for _, pattern in ipairs(list) do
      assert.is_nil(selection.fault(pattern))
    end
    local outcome = here:run("drift", "--only", table.concat(list, ","),
      flow.example)
    assert.equal(3, outcome.code, outcome.err)
    assert.not_matches("fits nothing", outcome.err, 1, true)
  end)

  it("are none for another word, and in what is no state", function()
    assert.same({}, find("path", "FILE"))
    for _, text in ipairs { "", "{", "[]", "17", '{"organizations": 1}',
      '{"organizations": [{"teams": [{}]}]}', "null" } do
      assert.same({}, names.find(text, { "team" }), text)
    end
  end)

  it("come without any other text of the state", function()
    local words = { "team", "project", "rule", "user", "email", "only", "token",
      "organization", "scope" }
    for _, word in ipairs(words) do
      for _, pair in ipairs(names.find(state, { word })) do
        local text = table.concat(pair, " ")
        assert.not_matches("%x%x%x%x%x%x%x%x%x", text)
        assert.not_matches("hooks.northlight", text, 1, true)
      end
    end
  end)
end)
