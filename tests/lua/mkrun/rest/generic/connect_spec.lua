local config = require "mkrun.config"
local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local providers = require "mkrun.providers"
local rest = require "mkrun.rest"
local secret = require "mkrun.secret"
local worlds = require "tests.support.rest_world"

local BROKER <const> = "http://localhost:15672/api"

local function connect(change, options)
  local d = declared.broker()
  if change then change(d) end
  local world = worlds.broker(BROKER)
  options = options or { token = "user:a password" }
  options.http = world
  return rest.provider(d).connect(options), world
end

local function problem_of(...)
  local ok, problem = pcall(...)
  assert.is_false(ok)
  return problem
end

after_each(function() providers.remove "broker" end)

describe("rest.provider", function()
  it("tells the run of the provider", function()
    local provider = rest.provider(declared.broker())
    local entry = providers.of_url(BROKER .. "/vhosts")
    assert.equal("broker", entry.name)
    assert.equal("basic", entry.token_as)
    assert.equal(provider, entry.provider)
  end)
end)

describe("a provider that declares which codes of a 404 mean 'not there'",
  function()
    local function connected(absent)
      local api, world = connect(function(d) d.error.absent = absent end)
      world.faults["GET /vhosts/x"] = worlds.answer(404,
        { error = "no_such_page", reason = "no such page" })
      world.faults["DELETE /vhosts/x"] = world.faults["GET /vhosts/x"]
      return api
    end

    it("raises for the others", function()
      for _, absent in ipairs { "Object Not Found", { "a", "b" } } do
        local api = connected(absent)
        for _, call in ipairs {
          function() return api.vhosts:find "x" end,
          function() return api.vhosts:ensure "x" end,
          function() return api.vhosts:delete("x", { missing_ok = true }) end,
          function()
            return api:call("vhosts.get", { path = "x", absent = true })
          end,
        } do
          local problem = problem_of(call)
          assert.equal("no_such_page", problem.code)
          assert.equal(404, problem.status)
        end
      end
    end)

    it("finds nothing where one of them is the answer", function()
      local api = connect(function(d)
        d.error.absent = { "gone", "Object Not Found" }
      end)
      assert.is_nil(api.vhosts:find "x")
      assert.is_false(api.vhosts:delete("x", { missing_ok = true }))
    end)

    it("takes any of them without such codes", function()
      local api = connected(nil)
      assert.is_nil(api.vhosts:find "x")
      assert.is_false(api.vhosts:delete("x", { missing_ok = true }))
    end)
  end)

describe("connect", function()
  it("sends the token as declared, bound to the base URL", function()
    local rabbit, world = connect()
    rabbit.vhosts:list()
    local request = world.seen[1].request
    assert.is_true(secret.is(request.token))
    assert.equal("basic", request.token_as)
    assert.error(function() request.token:bind "http://other.test" end)
  end)

  it("sends none if the API takes none", function()
    local rabbit, world = connect(function(d) d.auth = "none" end)
    rabbit.vhosts:list()
    assert.is_nil(world.seen[1].request.token)
  end)

  it("takes another base URL", function()
    local provider = rest.provider(declared.broker())
    local world = worlds.broker "http://other.test/x"
    local rabbit = provider.connect { token = "x", http = world,
      base_url = "http://other.test/x/" }
    rabbit.vhosts:list()
    assert.equal("http://other.test/x/vhosts", world.seen[1].request.url)
    assert.equal("broker", providers.of_url("http://other.test/x/y").name)
  end)

  it("takes what the user named for this provider", function()
    local tokens, urls = config.tokens, config.base_urls
    finally(function() config.tokens, config.base_urls = tokens, urls end)
    config.tokens = { broker = secret.new("user:another", "token") }
    config.base_urls = { broker = "http://named.test/api" }
    local world = worlds.broker "http://named.test/api"
    local rabbit = rest.provider(declared.broker()).connect { http = world }
    rabbit.vhosts:list()
    assert.equal(config.tokens.broker, world.seen[1].request.token)
  end)

  it("says how to give a token", function()
    local provider = rest.provider(declared.broker())
    local sandbox = config.sandbox
    finally(function() config.sandbox = sandbox end)
    config.sandbox = false
    local problem = problem_of(provider.connect)
    assert.equal("there is no token of broker to send: set MKRUN_TOKEN_BROKER "
      .. "or use --token-file broker=FILE", tostring(problem))
    assert.equal(2, problem.exit_code)
  end)

  it("refuses a wrong call", function()
    local provider = rest.provider(declared.broker())
    for text, call in pairs {
      ["it needs a dot: broker.connect"] =
        function() provider:connect() end,
      ["unknown option 'tokn', did you mean 'token'?"] =
        function() provider.connect { tokn = "x" } end,
      ["option 'timeout': number expected, got string"] =
        function() provider.connect { timeout = "x" } end,
    } do
      assert.matches(text, problem_of(call), 1, true)
      assert.matches("connect_spec.lua", problem_of(call), 1, true)
    end
  end)
end)

describe("a connected provider", function()
  it("raises what an error answer says, with the declared hint", function()
    local rabbit, world = connect()
    world.faults["GET /vhosts"] = worlds.answer(403,
      { error = "not_authorized", reason = "not for you" })
    local problem = problem_of(rabbit.vhosts.list, rabbit.vhosts)
    assert.is_true(rest.Error.is(problem))
    assert.same({ 403, "not_authorized", "not for you" },
      { problem.status, problem.code, problem.detail })
    assert.equal("GET /vhosts: 403 not for you (not_authorized): the user "
      .. "needs the tag 'administrator'", tostring(problem))
  end)

  it("raises the first text of a list in an error answer", function()
    local rabbit, world = connect()
    world.faults["GET /vhosts"] = worlds.answer(400,
      { reason = { "this is wrong", "and that" } })
    assert.equal("this is wrong",
      problem_of(rabbit.vhosts.list, rabbit.vhosts).detail)
    for _, empty in ipairs { {}, { {} }, { false } } do
      world.faults["GET /vhosts"] = worlds.answer(400, { reason = empty })
      assert.equal(400, problem_of(rabbit.vhosts.list, rabbit.vhosts).status)
    end
  end)

  it("hints by code before status, and at the token", function()
    local rabbit, world = connect(function(d) d.hints.bad = "be good" end)
    world.faults["GET /vhosts"] = worlds.answer(403, { error = "bad" })
    assert.equal("be good", problem_of(rabbit.vhosts.list, rabbit.vhosts).hint)
    world.faults["GET /users"] = worlds.answer(401, {})
    assert.matches("--token-file broker=FILE",
      problem_of(rabbit.users.list, rabbit.users).hint, 1, true)
  end)

  it("tells of an answer that shows nothing", function()
    local provider = rest.provider(declared.broker())
    local function told(status, document)
      local problem = provider.refusal("GET", "/x",
        worlds.answer(status, document))
      return problem and tostring(problem)
    end
    assert.equal("GET /x: 403 not for you (no): the user needs the tag "
      .. "'administrator'", told(403, { error = "no", reason = "not for you" }))
    assert.matches("GET /x: 401 unauthorized: is the token", told(401), 1, true)
    assert.equal("GET /x: 503 the server has failed", told(503))
    assert.equal("GET /x: 429 slow", told(429, { reason = "slow" }))
    for _, status in ipairs { 200, 204, 404, 410, 409 } do
      assert.is_nil(told(status, {}))
    end
  end)

  it("finds nothing where the API says 404, and not where a page does",
    function()
      local rabbit, world = connect()
      assert.is_nil(rabbit.vhosts:find "a")
      assert.equal(404, problem_of(rabbit.vhosts.get, rabbit.vhosts,
        "a").status)
      world.faults["GET /vhosts/b"] = { status = 404, body = "<html>no</html>",
        headers = { ["content-type"] = "text/html" } }
      assert.equal(404, problem_of(rabbit.vhosts.find, rabbit.vhosts,
        "b").status)
    end)

  it("turns the secrets of answers into secrets", function()
    local rabbit, world = connect(function(d)
      d.resources.users.secrets =
        { "password_hash", "keys.value", "api.key" }
    end)
    world.state.users = { a = { name = "a", password_hash = "a long hash",
      ["api.key"] = "an api key",
      keys = json.array { { value = "a long key" } } } }
    for _, user in ipairs { rabbit.users:get "a", rabbit.users:list()[1] } do
      assert.is_true(secret.is(user.password_hash))
      assert.is_true(secret.is(user.keys[1].value))
      assert.is_true(secret.is(user["api.key"]))
      assert.matches("password_hash of user 'a'",
        tostring(user.password_hash), 1, true)
    end
  end)

  it("keeps the word of a recording in the place of a secret", function()
    local rabbit, world = connect()
    world.state.users = { a = { name = "a", password_hash = "(secret)" } }
    assert.equal("(secret)", rabbit.users:get("a").password_hash)
    assert.equal("a (secret) b", secret.redact "a (secret) b")
  end)

  it("hides the secrets of bodies in all output", function()
    local rabbit = connect()
    rabbit.users:put("a", { password = "never to be seen", tags = {} })
    assert.is_nil(secret.redact("x never to be seen y"):find "never")
  end)

  it("raises on a success of another status than the declared ones",
    function()
      local rabbit, world = connect()
      world.faults["PUT /vhosts/a"] = worlds.answer(202)
      assert.equal("PUT /vhosts/a: 202 not a status of vhosts.put (answer)",
        tostring(problem_of(rabbit.vhosts.put, rabbit.vhosts, "a", {})))
    end)

  it("deletes, and may leave what is gone", function()
    local rabbit, world = connect()
    world.state.vhosts = { a = { name = "a" } }
    assert.is_true(rabbit.vhosts:delete "a")
    assert.is_false(rabbit.vhosts:delete("a", { missing_ok = true }))
    assert.equal(404,
      problem_of(rabbit.vhosts.delete, rabbit.vhosts, "a").status)
  end)

  it("has methods of other verbs, and call", function()
    local rabbit, world = connect()
    world.state.queues = { ["a\0b"] = { name = "b" } }
    rabbit.queues:purge { vhost = "a", name = "b" }
    rabbit:call("queues.purge", { path = { vhost = "a", name = "b" } })
    assert.same({ "DELETE /queues/a/b/contents",
      "DELETE /queues/a/b/contents" }, world.writes())
    assert.matches("provider 'broker' declares no 'queues.purg', did you mean "
      .. "'queues.purge'?", problem_of(rabbit.call, rabbit, "queues.purg"), 1,
      true)
  end)

  it("call by a text where the path has one parameter", function()
    local rabbit, world = connect()
    rabbit:call("vhosts.put", { path = "a b", body = {} })
    rabbit:call "vhosts.list"
    assert.same({ "/vhosts/a%20b", "/vhosts" },
      { world.seen[1].path, world.seen[2].path })
  end)

  it("call refuses wrong arguments at the line of the script", function()
    local rabbit, world = connect()
    for text, arguments in pairs {
      ["#2 to 'call' (option 'path': string expected, got no value)"] =
        { "vhosts.get" },
      ["#2 to 'call' (option 'path': unknown 'x', expected is { name = })"] =
        { "vhosts.get", { path = { x = "a" } } },
      ["#2 to 'call' (option 'path': { vhost =, name = } expected, got string)"]
        = { "queues.get", { path = "a" } },
      ["#2 to 'call' (option 'path': 'name': string expected, got nil)"] =
        { "queues.get", { path = { vhost = "a" } } },
      ["#2 to 'call' (option 'path': 'name': a name expected, got '')"] =
        { "vhosts.get", { path = "" } },
      ["#2 to 'call' (option 'path': unknown 'x', the path has no parameter)"] =
        { "vhosts.list", { path = { x = "a" } } },
      ["#2 to 'call' (table expected, got string)"] = { "vhosts.get", "a" },
      ["#2 to 'call' (option 'query': table expected, got number)"] =
        { "vhosts.get", { path = "a", query = 5 } },
      ["#2 to 'call' (unknown option 'boddy')"] =
        { "vhosts.get", { path = "a", boddy = {} } },
    } do
      local ok, problem = pcall(function()
        rabbit:call(table.unpack(arguments))
        return nil -- no tail call, which would take this line away
      end)
      assert.is_false(ok)
      assert.equal(("bad argument %s"):format(text),
        (problem:match "connect_spec%.lua:%d+: (.*)$"))
    end
    assert.same({}, world.seen)
    world.state.vhosts = { ["7"] = { name = "7" } }
    assert.equal("7",
      rabbit:call("vhosts.get", { path = { name = 7 } }).name)
  end)

  it("says what is not declared", function()
    local rabbit = connect()
    assert.matches("bad call of 'patch' (provider 'broker' declares no "
      .. "'vhosts.patch')", problem_of(rabbit.vhosts.patch, rabbit.vhosts, "a",
      {}), 1, true)
    assert.matches("it needs a colon: vhosts:get", problem_of(
      rabbit.vhosts.get, "a"), 1, true)
    assert.matches("bad argument #2 to 'get' (1 argument expected, got 2)",
      problem_of(rabbit.vhosts.get, rabbit.vhosts, "a", {}), 1, true)
  end)

  it("reads a thing without parameters", function()
    local rabbit = connect()
    assert.same({ version = "1" }, rabbit.overview:get())
  end)
end)
