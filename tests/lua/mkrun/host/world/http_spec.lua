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
    {}, { texts = {}, bases = {}, held = {}, known = {}, answers = {},
      own = {} }
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

  it("asks for no answer that cannot be searched, and for nothing else than "
    .. "was checked", function()
    local own, _, sent = made { body = "" }
    for _, headers in ipairs { { Range = "x" }, { { "RANGE", "x" } },
      { ["Accept-Encoding"] = "gzip" }, { te = "x" }, { Accept_Encoding = "x" },
      { ["X-HTTP-Method-Override"] = "DELETE" },
      { ["X-HTTP-Method"] = "DELETE" }, { { "x_rewrite_url", "/api/y" } },
      { ["X-Original-URL"] = "/api/y" } } do
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

  it("takes the secret of an answer to another server with the word token",
    function()
      local elsewhere = "https://store.example/v1/x"
      local answer = secret.new("text of an answer", "x")
        :bind(config.base_url)
      local function send(may, url, each)
        local grants = setmetatable({ check_token = function()
          if not may then error("denied: token", 0) end
        end, allows_net = function() return true end }, { __index = GRANTS })
        local own, kept, sent = made({ body = "" }, nil, grants)
        kept.answers[answer] = "text of an answer"
        local ok, problem = pcall(own.put, url,
          { body = '["(1)"]', secrets = { ["(1)"] = each or answer } })
        return ok and sent[1].secrets["(1)"], problem
      end
      assert.same({ false, "denied: token" }, { send(false, elsewhere) })
      local copy = send(true, elsewhere)
      assert.is_true(copy == answer) -- the same bytes
      assert.is_false(rawequal(copy, answer))
      assert.has_error(function() copy:bind "https://other.example" end)
      copy:bind(elsewhere)
      -- other secrets stay what they are, with their origin
      local other = secret.new("of somebody else", "y"):bind(config.base_url)
      assert.is_true(rawequal(other, (send(true, elsewhere, other))))
    end)

  it("never takes the token of the run to another server", function()
    local grants = setmetatable({ check_token = function() end,
      allows_net = function() return true end }, { __index = GRANTS })
    function grants.refuse_always(_, what) error(what, 0) end
    local before = config.token
    config.token = secret.new("token of this run", "token")
    local function send(url, each)
      local own, kept, sent = made({ body = "" }, nil, grants)
      kept.known[each] = true
      local ok, problem = pcall(own.put, url,
        { body = '["(1)"]', secrets = { ["(1)"] = each } })
      return ok and sent[1] ~= nil, problem
    end
    local copy = secret.new("token of this run", "read from its file")
    for _, each in ipairs { config.token, copy } do
      local ok, problem = send("https://store.example/v1/x", each)
      assert.is_false(ok)
      assert.equal("send the token of the run in a body to "
        .. "'store.example:443'", problem)
      assert.is_true((send(config.base_url .. "/api/x", each)))
    end
    config.token = before
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
