--- What an argument's name and help say of its values.

local headers = require "mkrun.host.header"
local values = require "mkrun.tool.completion.values"

--- What is known of `@arg TEXT`.
local function of(text)
  return values.of(headers.parse("--- Do it.\n-- @arg " .. text).args[1])
end

describe("the values of an argument", function()
  for text, list in pairs {
    ["FORM  text|json"] = false, ["text|json  the form"] = { "text", "json" },
    ["--form text|json  it"] = { "text", "json" },
    ["ACTION  accept, decline or leave"] = { "accept", "decline", "leave" },
    ["ACTION  list (default), rights, create or revoke"] =
      { "list", "rights", "create", "revoke" },
    ["--output FORMAT  json (default), or jsonl: the SPEC in one line"] =
      { "json", "jsonl" },
    ["--by WHAT  project (default) or payment-method"] =
      { "project", "payment-method" },
    ["--output FORMAT  print it as text (default), json or html"] =
      { "text", "json", "html" },
    ["--to X  fast, slow or careful (slow is best)"] =
      { "fast", "slow", "careful" },
    ["--sbom FORMAT  print it as JSON: cyclonedx (default) or spdx"] =
      { "cyclonedx", "spdx" },
    ["--keep DURATION  how long: minutes, hours or days, such as 7d"] = false,
    ["ORGANIZATION  name or id"] = false,
    ["DAYS  only invites of this age or older"] = false,
    ["NAME  first, middle or last name"] = false,
    ["TEXT  some, more"] = false, ["TEXT"] = false,
  } do
    it("are listed: " .. text, function()
      assert.same(list or nil, of(text).list)
    end)
  end

  it("may be files, folders, scripts or several words", function()
    assert.equal("any", of "FILE  in".files)
    assert.equal("any", of "LIST  CSV file of guests".files)
    assert.equal("any", of "--to X  write it into this file".files)
    assert.is_nil(of "--new X  filed under X".files)
    assert.equal("folder", of "DIR  where".files)
    assert.equal("lua", of "FLOW  what".files)
    assert.is_true(of "FLOW  what".flows)
    assert.is_nil(of "FLOW  what".scripts)
    assert.is_true(of "SCRIPT  what".scripts)
    assert.same({ "teams", "rules" },
      of "--prune KINDS  remove: teams, rules (with commas)".several)
    assert.is_true(of "--show NAME  print it".shown)
  end)

  it("may be names, by the name of the option or the value", function()
    assert.same({ "team", "NAME" }, of "--team NAME  the one".names)
    assert.same({ "NAME", "NAME", "team" }, of "NAME  name of the team".names)
  end)
end)
