--- `@provider FILE` in a header, and the requests of a confined script to a
--- provider.
---
--- @seconds 8

local canned = require "tests.src.http.server"
local process = require "tests.support.process"
local release = require "tests.support.release"
local rest_served = require "tests.support.rest_served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local PROVIDER <const> = [[
return require "mkrun.rest".provider {
  name = "mq", base_url = "http://127.0.0.1:1/api", auth = "basic",
  resources = { users = { secrets = { "password_hash", "login.key" } } },
  operations = {
    { "users.get", "GET", "/users/{name}" },
    { "users.list", "GET", "/users" },
    { "users.put", "PUT", "/users/{name}", body = { tags = "any" } },
    { "users.delete", "DELETE", "/users/{name}" },
  },
}]]

local PAIR <const> = { MKRUN_TOKEN_MQ = "someone:pass-word-1" }

local folder

before_each(function()
  folder = temp.folder()
  temp.write(folder .. "/mq.lua", PROVIDER)
end)

--- Writes the script with these lines in its header, and returns its name.
local function script(lines, code)
  temp.write(folder .. "/s.lua", ("--- Does it.\n%s\n%s"):format(
    lines:gsub("[^\n]+", "-- %0"), code))
  return "s.lua"
end

local function run(words, env)
  return release.run(words, { cwd = folder, env = env })
end

local function fails(message, words, env)
  local outcome = run(words, env)
  assert.not_equal(0, outcome.code)
  assert.matches(message, outcome.err, 1, true)
  return outcome
end

describe("@provider", function()
  local CODE <const> = 'print(require "mq".name)'

  it("is what require finds, from the folder of the script", function()
    shell.execute(("cd %s && mkdir lib && mv mq.lua lib"):format(folder))
    for _, lines in ipairs { "@provider lib/mq.lua",
      "@needs api:read\n@provider lib/mq.lua" } do
      local name = folder .. "/" .. script(lines, CODE)
      local outcome = release.run { name }
      assert.equal("mq\n", outcome.out, outcome.err)
    end
  end)

  it("is loaded before the script, whether it requires it or not", function()
    temp.write(folder .. "/mq.lua", "print 'first'\n" .. PROVIDER)
    for _, lines in ipairs { "@provider mq.lua",
      "@needs api:read\n@provider mq.lua" } do
      assert.equal("first\nsecond\n",
        run { script(lines, "print 'second'") }.out)
    end
  end)

  it("is confined like the script", function()
    temp.write(folder .. "/mq.lua", "print(pcall(io.open, '/etc/passwd'))\n"
      .. PROVIDER)
    assert.matches("^false\tread '/etc/passwd': not allowed",
      run { script("@needs api:read\n@provider mq.lua", CODE) }.out)
  end)

  it("may require what lies beside it", function()
    temp.write(folder .. "/word.lua", "return 'helped'")
    temp.write(folder .. "/mq.lua", "print((require 'word'))\n" .. PROVIDER)
    assert.equal("helped\nmq\n",
      run { script("@needs api:read\n@provider mq.lua", CODE) }.out)
  end)

  it("may be several files", function()
    temp.write(folder .. "/dns.lua", (PROVIDER:gsub('"mq"', '"dns"')))
    for _, lines in ipairs { "@provider mq.lua\n@provider dns.lua",
      "@needs api:read\n@provider mq.lua dns.lua" } do
      assert.equal("mq\tdns\n", run { script(lines,
        'print(require "mq".name, require "dns".name)') }.out)
    end
  end)

  it("is in the help", function()
    local name = script("@provider mq.lua", CODE)
    assert.matches("\n  use the provider in mq.lua\n",
      run({ "--help", name }).out, 1, true)
    name = script("@needs api:read\n@provider mq.lua", CODE)
    assert.matches("\n  use the provider in mq.lua, which is where --base-url "
      .. "NAME=URL says\n", run({ "--help", name }).out, 1, true)
  end)

  for what, case in pairs {
    ["that is not there"] = { "no.lua", "No such file or directory" },
    ["that is no file of Lua"] = { "mq.txt", "a file such as rabbitmq.lua "
      .. "expected" },
    ["with the name of mkrun's library"] = { "mkio.lua", "'mkio' is a module "
      .. "of mkrun: give the file another name" },
    ["with the name of a library of Lua"] = { "string.lua",
      "'string' is a module of mkrun: give the file another name" },
    ["that is named twice"] = { "mq.lua ./mq.lua",
      "a second file of that name" },
    ["that returns no provider"] = { "one.lua",
      "the file returns no provider" },
    ["that others can write"] = { "open.lua",
      "others own it or can write it" },
  } do
    it("refuses a file " .. what, function()
      temp.write(folder .. "/one.lua", "return 1")
      temp.write(folder .. "/open.lua", PROVIDER)
      shell.execute(("chmod 666 %s/open.lua"):format(folder))
      for _, needs in ipairs { "", "@needs api:read\n" } do
        local outcome = fails(case[2], { script(
          ("%s@provider %s"):format(needs, case[1]), CODE) })
        assert.equal(2, outcome.code)
        assert.matches("^mkrun: s.lua: @provider %S+: ", outcome.err)
        assert.equal("", outcome.out)
      end
    end)
  end

  it("is asked for if the header grants nothing by itself", function()
    local name = script("@provider mq.lua", CODE)
    fails("s.lua: needs read:mq.lua, which is not allowed "
      .. "(--allow-read=mq.lua)", { "--confine", name })
    assert.equal("mq\n",
      run({ "--confine", "--allow-read=mq.lua", name }).out)
  end)

  it("goes into a bundle", function()
    shell.execute(("cd %s && mkdir lib && mv mq.lua lib"):format(folder))
    for _, needs in ipairs { "", "@needs api:read\n" } do
      local name = script(needs .. "@provider lib/mq.lua", CODE)
      assert.equal(0, run({ "bundle", name, "-o", "out" }).code)
      local outcome = process.run({ folder .. "/out" }, { cwd = "/" })
      assert.equal("mq\n", outcome.out, outcome.err)
      shell.execute(("rm %s/out"):format(folder))
    end
  end)
end)

describe("a confined script", function()
  --- Sends a request and prints its outcome.
  local SEND <const> = [[
local config = require "mkrun.config"
local http = require "mkrun.http"
local function send(method, url, more)
  local request = { method = method, url = url, token_as = "basic",
    token = config.tokens.mq }
  for name, value in pairs(more or {}) do request[name] = value end
  local good, response, message = pcall(http.request, request)
  print(good and (response and response.status or message) or response)
  return response
end
]]

  local function serve(count, body)
    local answers = {}
    for i = 1, count do
      answers[i] = canned.answer("200 OK",
        { "Content-Type: application/json" }, body or "{}")
    end
    return canned.start(table.unpack(answers))
  end

  it("sends reads and writes to a base URL that the user named", function()
    local server <close> = serve(4)
    local base = server.url .. "/api"
    local name = script("@needs api:read\n@provider mq.lua", SEND .. ([[
      send("GET", "%s/users"); send("PUT", "%s/users/a")]]):format(base, base))
    for _, named in ipairs { { { "--base-url", "mq=" .. base, name } },
      { { name }, base } } do
      local outcome = run(named[1], { MKRUN_BASE_URL_MQ = named[2],
        MKRUN_TOKEN_MQ = PAIR.MKRUN_TOKEN_MQ })
      assert.equal("200\n200\n", outcome.out, outcome.err)
    end
    local requests = server:requests()
    assert.equal(4, #requests)
    for _, request in ipairs(requests) do
      assert.matches("\nAuthorization: Basic c29tZW9uZTpwYXNzLXdvcmQtMQ==\n",
        request, 1, true)
    end
  end)

  it("sends nothing beside that base URL", function()
    local server <close> = serve(1)
    local base = server.url .. "/api"
    local outcome = run({ "--base-url", "mq=" .. base,
      script("@needs api:read", SEND .. ([[
        for _, url in ipairs { "%s", "%sx", "%s/../x", "%s/%%2e%%2e/x",
          "%s/a%%2f..%%2fx" } do send("GET", url) end]]):format(server.url,
        base, base, base, base)) }, PAIR)
    assert.equal(5, select(2, outcome.out:gsub("[^\n]*not allowed", "")))
    assert.equal(0, #server:requests())
  end)

  it("sends nothing to one that nobody named, and says how to", function()
    local outcome = run({ script("@needs api:read\n@provider mq.lua",
      SEND .. 'send("GET", "http://127.0.0.1:1/api/users")') }, PAIR)
    assert.equal("send a request to '127.0.0.1:1', the base URL of mq that "
      .. "nobody named (--base-url mq=http://127.0.0.1:1/api): not allowed "
      .. "(--allow-net=127.0.0.1:1, or net:127.0.0.1:1 in @needs)\n",
      outcome.out)
  end)

  it("needs --allow-net if somebody else may have written it", function()
    local server <close> = serve(1)
    local base = server.url .. "/api"
    local name = script("@needs api:read", SEND
      .. ('send("GET", "%s/users")'):format(base))
    shell.execute(("chmod 666 %s/s.lua"):format(folder))
    local host = server.url:match "//(.*)"
    assert.matches("not allowed (--allow-net=" .. host,
      run({ "--base-url", "mq=" .. base, name }, PAIR).out, 1, true)
    assert.equal(0, #server:requests())
    assert.equal("200\n", run({ "--base-url", "mq=" .. base, "--allow-net",
      host, name }, PAIR).out)
  end)

  it("sends a token only to its own base URL, or where token and net:HOST say",
    function()
      local other <close> = serve(3)
      local host = other.url:match "//(.*)"
      local base = "dns=" .. other.url
      local name = script("@needs api:read", SEND
        .. ('send("GET", "%s/x")'):format(other.url))
      -- Nobody named the base URL of mq, and that of dns is no place for it.
      assert.equal(("send the token of mq to '%s': not allowed (--allow-net="
        .. "%s, or net:%s in @needs)\n"):format(host, host, host),
        run({ "--base-url", base, name }, PAIR).out)
      -- The base URL of mq is another one.
      assert.matches("the token belongs to another origin",
        run({ "--base-url", base, "--base-url", "mq=http://127.0.0.1:1", name },
          PAIR).out, 1, true)
      assert.equal(0, #other:requests())
      name = script("@needs net:" .. host, SEND
        .. ('send("GET", "%s/x")'):format(other.url))
      assert.equal(("send the token of mq to '%s': not allowed (--allow-token, "
        .. "or token in @needs)\n"):format(host), run({ name }, PAIR).out)
      assert.equal(0, #other:requests())
      name = script("@needs token, net:" .. host, SEND
        .. ('send("GET", "%s/x")'):format(other.url))
      assert.equal("200\n", run({ name }, PAIR).out)
      assert.matches("the token belongs to another origin",
        run({ "--base-url", "mq=http://127.0.0.1:1", name }, PAIR).out, 1, true)
      assert.equal(1, #other:requests())
    end)

  it("sends a token to one server, also if net:HOST allows more", function()
    local one <close> = serve(2)
    local other <close> = serve(1)
    local name = script(("@needs token, net:%s, net:%s"):format(
      one.url:match "//(.*)", other.url:match "//(.*)"), SEND .. ([[
        for _, url in ipairs { "%s/a", "%s/a", "%s/b" } do
          send("GET", url)
        end]])
      :format(one.url, other.url, one.url))
    assert.matches("^200\n[^\n]*: the token belongs to another origin\n200\n$",
      run({ name }, PAIR).out)
    assert.equal(0, #other:requests())
  end)

  it("cannot name a provider to get at the token of another", function()
    local other <close> = serve(1)
    local name = script("@needs api:read", SEND .. ([[
      require "mkrun.rest".provider { name = "mq", base_url = "%s",
        auth = "basic", operations = { { "a.list", "GET", "/a" } } }
      pcall(config.tokens.mq.bind, config.tokens.mq, "%s")
      send("GET", "%s/a")]]):format(other.url, other.url, other.url))
    assert.matches("send a request to .*: not allowed", run({ name }, PAIR).out)
    assert.matches("send the token of mq to .*: not allowed",
      run({ "--base-url", "dns=" .. other.url, name }, PAIR).out)
    assert.equal(0, #other:requests())
  end)

  it("gains no right to the API where a provider is on the same server",
    function()
      local server <close> = serve(3)
      local main, below = server.url .. "/api", server.url .. "/api/mq"
      local name = script("@needs api:read", ([[
        local http = require "mkrun.http"
        local config = require "mkrun.config"
        for _, url in ipairs { "%s/x", "%s/API/x" } do
          print(pcall(http.request, { method = "PUT", url = url,
            token = config.token }))
        end
        print(http.request { method = "GET", url = "%s/x",
          token = config.token }.status)
        print(http.request { method = "PUT", url = "%s/x", token_as = "basic",
          token = config.tokens.mq }.status)]])
        :format(below, server.url, below, below))
      local env = { MKIO_TOKEN = "token-of-the-api",
        MKRUN_TOKEN_MQ = PAIR.MKRUN_TOKEN_MQ }
      for base, refusals in pairs {
        [below] = { "PUT /mq/x: not allowed (api:write in @needs)",
          "send a request to '%S+', which is not the base URL" },
        [server.url] = { "PUT /mq/x: not allowed (api:write in @needs)",
          "send the API's token to a provider: not allowed" },
      } do
        local outcome = run({ "--base-url", main, "--base-url", "mq=" .. base,
          name }, env)
        assert.matches("^false\t" .. refusals[1]:gsub("[()]", "%%%0")
          .. "\nfalse\t" .. refusals[2], outcome.out)
      end
      assert.equal(3, #server:requests())
    end)

  it("puts no token into a body that is for another server", function()
    local other <close> = serve(2)
    local base = "dns=" .. other.url
    local code = SEND:gsub("%s+token = config.tokens.mq", "") .. ([[
      send("POST", "%s/x", { token_as = "bearer", json = { a = "it" },
        secrets = { it = config.tokens.mq } })]]):format(other.url)
    local host = other.url:match "//(.*)"
    for needs, why in pairs {
      ["api:read"] = "send the token of mq to '" .. host .. "': not allowed",
      ["token"] = "send the token of mq to '" .. host .. "': not allowed",
      ["net:" .. host] = "send the token of mq to '" .. host
        .. "': not allowed (--allow-token",
    } do
      assert.matches(why, run({ "--base-url", base,
        script("@needs " .. needs, code) }, PAIR).out, 1, true)
    end
    assert.matches("a secret belongs to another origin", run({ "--base-url",
      base, "--base-url", "mq=http://127.0.0.1:1",
      script("@needs token", code) }, PAIR).out, 1, true)
    assert.equal(0, #other:requests())
    assert.equal("200\n", run({ "--base-url", base,
      script("@needs token, net:" .. host, code) }, PAIR).out)
  end)

  it("sends no token in a field that changes the request", function()
    local server <close> = serve(1)
    local name = script("@needs api:read", SEND .. ([[
      send("POST", "%s/x", { token_as = "X-HTTP-Method-Override",
        token = require "mkrun.secret".new("DELETE-IT", "t") })
      send("GET", "%s/x", { token_as = "Range" })
      send("GET", "%s/x", { headers = { ["accept-encoding"] = "br" } })]])
      :format(server.url, server.url, server.url))
    local outcome = run({ "--base-url", "mq=" .. server.url, name }, PAIR)
    assert.equal("send the header field 'x-http-method-override': not allowed: "
      .. "no confined script may\nsend the header field 'range': not allowed: "
      .. "no confined script may\nsend the header field 'accept-encoding': not "
      .. "allowed: no confined script may\n", outcome.out)
    assert.equal(0, #server:requests())
  end)

  it("gets a word for a secret that the provider declares", function()
    local server <close> = serve(1, '{"name":"a","password_hash":"hash-12345",'
      .. '"login":{"key":"key-12345","other":"plain"},"key":"plain-2"}')
    local name = script("@needs api:read\n@provider mq.lua", SEND .. ([[
      local text = send("GET", "%s/users/a").body
      for _, word in ipairs { "hash-12345", "key-12345", "plain", "plain-2" } do
        print(text:find(word, 1, true) ~= nil)
      end
      local document = require "mkrun.json".decode(text)
      local secret = require "mkrun.secret".new(document.password_hash, "hash")
      print(secret:digest():sub(1, 8), #document.login.key > 20)]])
      :format(server.url))
    local outcome = run({ "--base-url", "mq=" .. server.url, name }, PAIR)
    assert.equal("200\nfalse\nfalse\ntrue\ntrue\n"
      .. require "mkrun.sys".sha256("hash-12345"):sub(1, 8) .. "\ttrue\n",
      outcome.out, outcome.err)
  end)
end)

describe("a flow of a provider", function()
  local ROOMS <const> = [[
return require "mkrun.rest".provider {
  name = "rooms", base_url = "http://127.0.0.1:1",
  operations = {
    { "rooms.list", "GET", "/rooms" },
    { "rooms.get", "GET", "/rooms/{name}" },
    { "rooms.put", "PUT", "/rooms/{name}", body = { size = "integer" } },
    { "rooms.delete", "DELETE", "/rooms/{name}" },
  },
}]]

  it("runs confined and free, and says how to give a token", function()
    local api <close> = rest_served.start "token-1234"
    temp.write(folder .. "/rooms.lua", ROOMS)
    local env = { MKRUN_TOKEN_ROOMS = "token-1234",
      MKRUN_BASE_URL_ROOMS = api.url }
    for i, needs in ipairs { "", "@needs api:read\n" } do
      local name = script(needs .. "@provider rooms.lua", ([[
        local rooms = require "rooms".connect().rooms
        local room, outcome = rooms:ensure("r%d", { size = 3 })
        local _, again = rooms:ensure("r%d", { size = 3 })
        print(room.size, outcome, again)
        print(#rooms:list())]]):format(i, i))
      local outcome = run({ name }, env)
      assert.equal(("3\tcreated\tunchanged\n%d\n"):format(i), outcome.out,
        outcome.err)
      outcome = run({ name }, { MKRUN_BASE_URL_ROOMS = api.url })
      assert.equal(2, outcome.code)
      assert.matches("set MKRUN_TOKEN_ROOMS or use --token-file rooms=FILE",
        outcome.err, 1, true)
    end
  end)
end)

describe("a provider's file that is SCRIPT", function()
  local place = temp.folder()

  local function run_file(text, ...)
    temp.write(place .. "/mq.lua", text)
    return release.run({ ... }, { cwd = place })
  end

  local function table_of(rows)
    return [[
--- A part of a broker.
local rest = require "mkrun.rest"
return rest.provider {
  name = "mq", base_url = "http://127.0.0.1:1/api",
  operations = { ]] .. rows .. " } }"
  end

  it("is checked, and says how much is in it", function()
    for rows, said in pairs {
      ['{ "rooms.get", "GET", "/rooms/{name}" }'] =
        "mq: 1 resource, 1 operation\n",
      ['{ "rooms.get", "GET", "/rooms/{name}" }, { "rooms.put", "PUT", '
        .. '"/rooms/{name}" }, { "doors.list", "GET", "/doors" }'] =
        "mq: 2 resources, 3 operations\n",
    } do
      for _, words in ipairs { { "mq.lua" }, { "--confine", "mq.lua" },
        { "--sandbox", "mq.lua" } } do
        local outcome = run_file(table_of(rows), table.unpack(words))
        assert.equal(said, outcome.out, outcome.err)
        assert.equal("", outcome.err)
        assert.equal(0, outcome.code)
      end
    end
    local outcome = run_file(table_of '{ "rooms.get", "GTE", "/rooms" }',
      "mq.lua")
    assert.equal(1, outcome.code)
    assert.equal("", outcome.out)
  end)

  it("says what it is in its help", function()
    for _, words in ipairs { { "--help", "mq.lua" },
      { "--confine", "--help", "mq.lua" } } do
      local outcome = run_file(table_of '{ "rooms.get", "GET", "/rooms/{a}" }',
        table.unpack(words))
      assert.matches("A part of a broker.\n\nThis file is a provider, for "
        .. "flows: their header has @provider mq.lua.\n`mkrun mq.lua` checks "
        .. "it", outcome.out, 1, true)
    end
  end)

  it("is not any other script", function()
    for _, text in ipairs { "return { name = 'mq', operations = {} }",
      "return setmetatable({}, { __index = error, __pairs = error })",
      "return 1, 2", "return { name = 'm\\27', declared = 1, operations = { "
        .. "by_key = { 1 } } }",
      "local rest = require 'mkrun.rest' local x = rest.provider" } do
      local outcome = run_file(text, "mq.lua")
      assert.equal("", outcome.out .. outcome.err)
      assert.equal(0, outcome.code)
      assert.not_matches("a provider",
        run_file(text, "--help", "mq.lua").out, 1, true)
    end
  end)
end)
