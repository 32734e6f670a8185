--- What the host learns of the providers that a confined script declares.

local config = require "mkrun.config"
local declare = require "mkrun.rest.declare"
local providers = require "mkrun.providers"
local secret = require "mkrun.secret"
local world = require "mkrun.host.world.providers"

local NAME <const> = "told"
local URL <const> = "http://127.0.0.1:1/api"

local function declaration(more)
  local declared = { name = NAME, base_url = URL, operations = {
    { "users.get", "GET", "/users/{name}" } } }
  for name, value in pairs(more or {}) do declared[name] = value end
  return declared
end

--- The entry that `mkrun.rest` adds in the script's world.
local function entry(more, declared)
  declared = declared or declaration()
  local provider = declare.provider(declared)
  provider.declared = declared
  local result = { name = NAME, base_url = URL, provider = provider }
  for name, value in pairs(more or {}) do result[name] = value end
  return result
end

--- Adds an entry as a script does that may send requests to `net`, and with
--- `gives` tokens, too.  Returns what the host knows then.
local function told(added, net, gives)
  providers.remove(NAME)
  local own = { add = function(each) return each end }
  local grants = { allows_net = function(_, authority)
    return authority == net
  end, token = gives or false }
  world.adapt(grants, own)
  assert.equal(added, own.add(added))
  return providers.by_name(NAME)
end

describe("the host learns of a confined script's provider", function()
  local before
  before_each(function()
    before = {}
    for _, name in ipairs { "script", "tokens", "base_urls", "provider",
      "declare" } do before[name] = config[name] end
    config.script, config.tokens, config.base_urls = {}, {}, {}
    config.declare = require "mkrun.rest.entry".declare
  end)
  after_each(function()
    for _, name in ipairs { "script", "tokens", "base_urls", "provider",
      "declare" } do config[name] = before[name] end
    providers.remove(NAME)
  end)

  it("if net:HOST covers its base URL, or the user named it", function()
    assert.equal(URL, told(entry(), "127.0.0.1:1").base_url)
    config.base_urls = { [NAME] = URL }
    assert.equal(URL, told(entry()).base_url)
  end)

  it("and not otherwise", function()
    assert.is_nil(told(entry(), "127.0.0.1:2"))
    config.base_urls = { [NAME] = "http://127.0.0.1:1/api/v2" }
    assert.is_nil(told(entry()))
    config.base_urls = { [NAME] = URL }
    config.script = { doubt = "others can write it" }
    assert.is_nil(told(entry()))
  end)

  it("not if its base URL is the API's, which has a meaning already", function()
    local base_url = config.base_url
    config.base_url = "http://127.0.0.1:1"
    local known = told(entry(), "127.0.0.1:1")
    config.base_urls = { [NAME] = URL }
    local named = told(entry())
    config.base_url = base_url
    assert.is_nil(known)
    assert.equal(URL, named.base_url)
  end)

  it("without the API's token", function()
    local token = config.token
    config.token = secret.new("token-of-the-api", "t")
    local known = told(entry { token = config.token }, "127.0.0.1:1")
    config.token = token
    assert.is_nil(known.token)
  end)

  it("as a copy: it shares no table and no function with it", function()
    local declared = declaration { hints = { [403] = "no" } }
    local added = entry(nil, declared)
    added.provider.seal = error
    added.model = { new = error }
    local known = told(added, "127.0.0.1:1")
    assert.not_equal(added.model, known.model)
    assert.not_equal(added.provider, known.provider)
    assert.not_equal(error, known.provider.seal)
    assert.not_equal(declared.hints, known.provider.hints)
    assert.same({ [403] = "no" }, known.provider.hints)
  end)

  it("with its token, unless that may not go there", function()
    local own, other = secret.new("own-token-1", "t"),
      secret.new("other-token", "t")
    config.base_urls = { [NAME] = URL }
    config.tokens = { other = other }
    assert.equal(own, told(entry { token = own }).token)
    assert.is_nil(told(entry { token = other }).token)
    assert.is_nil(told(entry { token = other }, "127.0.0.1:1").token)
    assert.equal(other,
      told(entry { token = other }, "127.0.0.1:1", true).token)
    assert.is_nil(told(entry { token = "no secret" }).token)
  end)

  it("not if it has the name of the run's own", function()
    config.provider = function() return { name = NAME } end
    assert.is_nil(told(entry(), "127.0.0.1:1"))
  end)

  for what, change in pairs {
    ["no table"] = function() return { name = NAME, base_url = URL } end,
    ["what runs code when it is read"] = function()
      local added = entry()
      added.provider = setmetatable({}, { __index = error })
      return added
    end,
    ["a declaration that is wrong"] = function()
      local added = entry()
      added.provider.declared.operations = { { "x" } }
      return added
    end,
    ["a declaration without an end"] = function()
      local added = entry()
      added.provider.declared.hints = added.provider.declared
      return added
    end,
    ["a URL that two could read in two ways"] = function()
      return entry { base_url = "http://127.0.0.1:1\\@b.test/" }
    end,
  } do
    it("not if it gives " .. what, function()
      assert.is_nil(told(change(), "127.0.0.1:1"))
    end)
  end
end)
