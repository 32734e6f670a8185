--- What `help(value)` says at the prompt.

local explain = require "mkrun.host.prompt.explain"
local json = require "mkrun.json"
local mkio = require "mkio"

describe("help", function()
  local org = mkio.connect { token = "a token of tests" }

  --- Returns the names of the functions that a text explains.
  local function explained(text, owner)
    local names = {}
    for line in text:gmatch "[^\n]+" do
      names[line:match("^" .. owner:gsub("%p", "%%%0") .. "[.:]([%w_]+)[({]")
        or ""] = true
    end
    return names
  end

  it("lists all functions of each object of an organization", function()
    for owner, object in pairs {
      ["org"] = org, ["org.teams"] = org.teams, ["org.projects"] = org.projects,
      ["org.me"] = org.me, ["org.me.tokens"] = org.me.tokens,
      ["org.me.organizations"] = org.me.organizations,
      ["org.payment_methods"] = org.payment_methods,
      ["org.invites"] = org.invites, ["org.users"] = org.users,
      ["org.scopes"] = org.scopes, ["org.service"] = org.service,
      ["project"] = org:project "x", ["org.tokens"] = org.tokens,
    } do
      local names = explained(explain.text(object), owner)
      local methods = getmetatable(object).__index
      for name in pairs(methods) do
        if name ~= "call" then
          assert(names[name], ("%s:%s is missing"):format(owner, name))
        end
      end
    end
  end)

  it("explains one function", function()
    assert.matches("^org.teams:ensure%(name, want, options%?%) %-> ensured"
      .. "[^\n]*\n\n@param name", explain.text(org.teams.ensure))
    assert.matches("^json.encode%(value, options%?%)[^\n]*\n    options: ",
      explain.text(json.encode))
    assert.equal("string.format: a function in C",
      explain.text(string.format))
    assert.equal("function(a, b, ...)",
      explain.text(function(a, b, ...) return a, b, ... end))
  end)

  it("has the declaration's comment", function()
    assert.matches("\n\n@param name string\n", explain.text(org.teams.ensure))
    assert.not_matches("@param", explain.text(org.teams))
  end)

  it("knows an object by the name that the manual has for it", function()
    assert.matches("\nout:step%(", explain.text(
      require "mkrun.report".new()))
    assert.matches("\nproject.webhooks:", explain.text(
      org:project "x".webhooks))
  end)

  it("explains a module", function()
    local names = explained(explain.text(json), "json")
    for name, value in pairs(json) do
      if type(value) == "function" then assert(names[name], name) end
    end
  end)

  it("prints topics and flows", function()
    assert.matches("^# plan:", explain.text "plan")
    assert.matches("usage: mkrun offboard", explain.text "offboard", 1, true)
    assert.equal("There is no topic 'x': mkrun help lists them.",
      explain.text "x")
    assert.equal("There is no topic 'onbord', did you mean 'onboard'?",
      explain.text "onbord")
  end)

  it("says what it does not know", function()
    for _, value in ipairs { 1, true, {}, io.stdout } do
      assert.matches("^a value of the type ", explain.text(value))
    end
  end)
end)
