local operations = require "mkio.operations"
local sandbox = require "mkio.sandbox"
local support = require "tests.support.sandbox"
local temp = require "tests.support.temp"

local function request(transport, method, path, body)
  return transport {
    method = method, url = "https://app.mk.io/api/v1" .. path, json = body,
    headers = { Authorization = "Bearer x" },
  }
end

local function config(changes)
  local all = {
    base_url = "https://app.mk.io", sandbox = true,
    token = require "mkrun.secret".new("x", "MKIO_TOKEN"),
  }
  for name, value in pairs(changes) do all[name] = value or nil end
  return all
end

describe("mkio.sandbox: its state", function()
  it("can be saved and gone on from", function()
    local api = support.new()
    api:project "news"
    local text = api.model:save()
    local again = support.new { state = text }
    assert.equal(text, again.model:save())
    assert.equal(200, (again:get "/projects/news"))
  end)

  it("is the same for the same clock and ids", function()
    assert.equal(support.new().model:save(), support.new().model:save())
  end)

  it("keeps what was empty an array or an object", function()
    local api = support.new()
    api:put("/organization/teams/night", { spec = {} })
    local again = support.new { state = api.model:save() }
    local _, _, response = again:get "/organization/invites"
    assert.equal('{"kind":"InviteList","value":[]}', response.body)
    local _, _, team = again:get "/organization/teams/night"
    assert.matches('"members":{}', team.body, 1, true)
  end)

  it("is refused when it is something else", function()
    assert.error_matches(function() sandbox.new { state = "[" } end,
      "^sandbox: state: bad JSON")
    assert.error_matches(function() sandbox.new { state = "[1]" } end,
      "sandbox: state: not a sandbox state of version 1", 1, true)
  end)

  it("is refused when a part is missing", function()
    local whole = support.new().model:save()
    for _, change in ipairs {
      { '"users"', '"people"' }, { '"tokens"', '"keys"' },
      { '"organizations": ', '"organizations": [], "others": ' },
      { '"roles": ', '"roles": 1, "others": ' },
    } do
      local text, count = whole:gsub("\n  " .. change[1], change[2])
      assert.equal(1, count)
      assert.error_matches(function() sandbox.new { state = text } end,
        "^sandbox: state: not a sandbox state of version 1$")
    end
  end)
end)

describe("mkio.sandbox.open", function()
  it("takes the token of the run as the caller's", function()
    local transport = sandbox.open(config {})
    assert.equal(200, request(transport, "GET", "/organization").status)
  end)

  it("hands out a login when the run has no token", function()
    local settings = config { token = false }
    local transport = sandbox.open(settings)
    assert.equal(401, request(transport, "GET", "/organization").status)
    local response = transport {
      url = "https://app.mk.io/api/v1/user/tokens", token = settings.login,
    }
    assert.equal(200, response.status)
    assert.equal(settings.login:claims().jti,
      response.body:match '"id":"([^"]+)","type":"login"')
  end)

  it("keeps the state in a file, for its owner only", function()
    local path = temp.folder() .. "/state.json"
    local transport = sandbox.open(config { sandbox = path })
    assert.string(temp.read(path))
    local body = { spec = { description = "night desk" } }
    assert.equal(201,
      request(transport, "PUT", "/organization/teams/night", body).status)
    local mode = io.popen("stat -c %a " .. path):read "a"
    assert.equal("600\n", mode)

    local again = sandbox.open(config { sandbox = path })
    assert.equal(200,
      request(again, "GET", "/organization/teams/night").status)
  end)

  it("writes the file after a write only", function()
    local path = temp.folder() .. "/state.json"
    sandbox.open(config { sandbox = path })
    local before = temp.read(path)
    local again = sandbox.open(config { sandbox = path })
    request(again, "GET", "/organization")
    request(again, "PUT", "/organization/teams/night", { nonsense = 1 })
    assert.equal(before, temp.read(path))
  end)

  it("keeps what a read changed with the next write", function()
    local path = temp.folder() .. "/state.json"
    local open = sandbox.open(config { sandbox = path })
    request(open, "GET", "/organization")
    assert.not_matches('"lastUsed": "', temp.read(path), 1, true)
    request(open, "PUT", "/organization/teams/night",
      { spec = { description = "night desk" } })
    assert.matches('"lastUsed": "', temp.read(path), 1, true)
  end)

  it("raises when the file cannot be had", function()
    local folder = temp.folder()
    assert.error_matches(function()
      sandbox.open(config { sandbox = folder .. "/none/state.json" })
    end, "^sandbox: .*No such file or directory")
    assert.error_matches(function()
      sandbox.open(config { sandbox = folder })
    end, "^sandbox: .*: Is a directory$")
    local path = temp.file("{}", "state.json")
    assert.error_matches(function()
      sandbox.open(config { sandbox = path })
    end, "not a sandbox state of version 1", 1, true)
  end)

  it("says so when the state cannot be written", function()
    local folder = temp.folder()
    local transport = sandbox.open(config { sandbox = folder .. "/s.json" })
    assert(os.execute("rm -r " .. folder))
    local response, message =
      request(transport, "PATCH", "/organization", { spec = {} })
    assert.is_nil(response)
    assert.matches("^PATCH https://app.mk.io/api/v1/organization: .*s.json",
      message)
  end)
end)

describe("mkio.sandbox: the table of operations", function()
  it("has a handler for each, and no other", function()
    local handlers = require "mkio.model.router".handlers
    for _, operation in ipairs(operations.all) do
      assert.is_function(handlers[operation.key], operation.key)
    end
    for key in pairs(handlers) do
      assert.is_table(operations.by_key[key], key)
    end
  end)
end)
