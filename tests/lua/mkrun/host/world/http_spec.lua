--- mkrun.http of a confined script: the answer holds no token, and the request
--- that was checked is the one that is sent.

local config = require "mkrun.config"
local http = require "mkrun.http"
local secret = require "mkrun.secret"
local value = require "mkrun.value"
local world = require "mkrun.host.world.http"

local TOKEN <const> = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.of-an-answer"

local GRANTS <const> = { api = { write = true }, check_api = function() end,
  allows_net = function() return false end,
  refuse = function() error("denied", 0) end,
  refuse_always = function() error("denied", 0) end }

--- Returns the module of the script, the tokens that it keeps, and the requests
--- that it sends.  They get `response`, or `nil, message`.
local function made(response, message, grants)
  local sent, kept =
    {}, { texts = {}, bases = {}, held = {}, known = {}, answers = {} }
  package.loaded["mkrun.http"] = { request = function(request)
    sent[#sent + 1] = request
    return response, message, "x"
  end }
  local own = world.new(grants or GRANTS, kept)
  package.loaded["mkrun.http"] = http
  return own, kept, sent
end

local function has_token(part)
  if type(part) == "string" then return part:find("of-an-answer", 1, true) end
  if type(part) ~= "table" then return false end
  for name, member in pairs(part) do
    if has_token(name) or has_token(member) then return true end
  end
  return false
end

describe("An answer to a confined script has a word for a token", function()
  for place, response in pairs {
    ["the body"] = { body = '{"a":"' .. TOKEN .. '"}' },
    ["a member called JWT"] = { body = '{"JWT" : "of-an-answer, packed"}' },
    ["a field of the header"] = { headers = { x = "Bearer " .. TOKEN } },
    ["the list of fields"] = { header_list = { { "x", TOKEN } } },
    ["the name of a field"] = { headers = { [TOKEN] = "x" } },
    ["the head"] = { head = "x: " .. TOKEN },
  } do
    it("in " .. place, function()
      assert.is_truthy(has_token(response))
      local own, kept = made(response)
      local answer = own.get(config.base_url .. "/api/v1/org")
      assert.is_false(has_token(answer))
      local word, token = next(kept.texts)
      assert.is_nil(next(kept.texts, word))
      assert.is_truthy(token:find("of-an-answer", 1, true))
    end)
  end

  it("in a message", function()
    local own = made(nil, "wrong: " .. TOKEN)
    local answer, message, code = own.get(config.base_url .. "/api")
    assert.is_nil(answer)
    assert.is_false(has_token(message) or false)
    assert.equal("x", code)
  end)
end)

describe("A request of a confined script", function()
  it("is not sent to what may be read as another place", function()
    local own, _, sent = made { body = "" }
    for _, rest in ipairs { "/api/../x", "/api/%2e%2E/x", "/api/.", "/a/..;x/b",
      "/a%2f..%2Fb", "/a%5C%2e.%5cb", ".evil/", "@evil/", ":1/", "evil" } do
      assert.is_false((pcall(own.get, config.base_url .. rest)), rest)
    end
    assert.is_false((pcall(own.get, config.base_url:upper() .. "/api")))
    assert.equal(0, #sent)
  end)

  it("needs both operations where a slash in a name would make another one",
    function()
      local function grants_of(...)
        local given = value.set { ... }
        return setmetatable({ api = { keys = {} },
          check_api = function(_, _, _, key)
            if not given[key] then error("denied", 0) end
          end }, { __index = GRANTS })
      end
      local function put(path, ...)
        local own = made({ body = "" }, nil, grants_of(...))
        return (pcall(own.put, config.base_url .. path, { body = "{}" }))
      end
      local path = "/api/v1/projects/a%2Fwebhook%2Frules%2Fb"
      assert.is_false(put(path, "projects.put"))
      assert.is_false(put(path, "webhooks.put"))
      assert.is_true(put(path, "projects.put", "webhooks.put"))
      assert.is_true(put("/api/v1/projects/a%2Fb", "projects.put"))
    end)

  it("is sent to what only looks like it", function()
    local own, _, sent = made { body = "" }
    for _, rest in ipairs { "/api/..x", "/api/x..", "/api/...", "/a%2ex",
      "/a?x=/../", "" } do
      own.get(config.base_url .. rest)
    end
    assert.equal(6, #sent)
  end)

  it("asks for no answer that cannot be searched", function()
    local own, _, sent = made { body = "" }
    for _, headers in ipairs { { Range = "x" }, { { "RANGE", "x" } },
      { ["Accept-Encoding"] = "gzip" }, { te = "x" }, { Accept_Encoding = "x" },
      { ["X-HTTP-Method-Override"] = "DELETE" } } do
      assert.is_false((pcall(own.get, config.base_url .. "/api",
        { headers = headers })))
    end
    assert.equal(0, #sent)
  end)

  it("has in its body only secrets that the script knows, or may give away",
    function()
      local given = setmetatable({ token = true }, { __index = GRANTS })
      function given.check_token() end
      local closed = setmetatable({}, { __index = GRANTS })
      function closed.check_token() error("denied", 0) end
      local mine, other = secret.new("mine alone", "x"),
        secret.new("of somebody else", "y")
      local function send(grants, ...)
        local own, kept, sent = made({ body = "" }, nil, grants)
        kept.known[mine] = true
        local secrets = {}
        for i, each in ipairs { ... } do secrets["(" .. i .. ")"] = each end
        local ok = pcall(own.put, config.base_url .. "/api/x",
          { body = '["(1)"]', secrets = secrets })
        return ok, sent[1] and sent[1].secrets ~= secrets
      end
      assert.same({ true, true }, { send(closed, mine) })
      assert.is_false(send(closed, other))
      assert.is_false(send(closed, mine, other))
      assert.same({ true, true }, { send(given, mine, other) })
    end)

  it("does not change after the check", function()
    local own, _, sent = made { body = "" }
    local options = { headers = { Accept = "x" }, query = { a = "b" } }
    own.get(config.base_url .. "/api", options)
    options.headers.Range, options.query.a = "x", "c"
    assert.same({ Accept = "x" }, sent[1].headers)
    assert.same({ a = "b" }, sent[1].query)
  end)
end)
