--- Secrets that a body declares in its lists, and in objects with any member
--- names: in the answers, the plan and the journal of a provider.

local answer_secrets = require "mkrun.host.world.answer_secrets"
local change = require "mkrun.rest.overlay.change"
local compare = require "mkrun.rest.generic.compare"
local config = require "mkrun.config"
local declare = require "mkrun.rest.declare"
local json = require "mkrun.json"
local places = require "mkrun.journal.place"
local requests = require "mkrun.layer.request"
local secret = require "mkrun.secret"
local shapes = require "mkrun.rest.generic.shapes"
local subjects = require "mkrun.rest.subject"

local URL <const> = "http://127.0.0.1:1"

local provider = declare.provider { name = "deep", base_url = URL,
  operations = {
    { "users.get", "GET", "/users/{name}" },
    { "users.put", "PUT", "/users/{name}", body = { note = "string",
      list = { "secret" }, items = { { url = "string", code = "secret" } },
      map = { ["*"] = "secret" }, far = { ["*"] = { { pin = "secret" } } } } },
  } }

local users = provider.resources.users

local function document(word)
  return json.decode(([[{ "note": "n", "list": ["%s"],
    "items": [{ "url": "u", "code": "%s" }, { "url": "v", "code": "%s" }],
    "map": { "a": "%s" }, "far": { "b": [{ "pin": "%s" }] } }]])
    :gsub("%%s", word))
end

--- What no text of the program has.
local HIDDEN <const> = "deep-canary"

local function has_canary(value)
  if type(value) == "table" then value = json.encode(value) end
  return value:find(HIDDEN, 1, true) ~= nil
end

describe("a secret in a list or in an object with any names", function()
  it("is one of the resource", function()
    assert.same({ "far", "items.code", "list", "map" }, users.secrets)
  end)

  it("is no text of an answer", function()
    local found = document(HIDDEN)
    provider.seal(provider.operations.by_key["users.get"], found)
    for _, each in ipairs { found.list[1], found.items[1].code,
      found.items[2].code, found.map.a, found.far.b[1].pin } do
      assert.is_true(secret.is(each) and each:equals(HIDDEN))
    end
    assert.equal("u", found.items[1].url)
    assert.equal("n", found.note)
  end)

  it("is not in a journal", function()
    local place = { name = "deep", base_url = URL,
      subject = subjects.new(provider) }
    local kept = places.hide(place, { method = "PUT", url = URL .. "/users/a" },
      requests.body, { json = document "other-canary" })
    assert.is_nil(json.encode(kept):find("canary", 1, true))
    assert.equal("u", kept.items[1].url)
  end)

  it("is not in a plan, whose body keeps its form", function()
    assert.same(document "(secret)", change.shown(users, document(HIDDEN)))
    local m = { operation = provider.operations.by_key["users.put"],
      resource = users, act = "replace" }
    assert.same(document "(secret)", change.body(m, document(HIDDEN)))
  end)

  it("is hidden by its name where nothing is declared of it", function()
    local open = declare.provider { name = "open", base_url = URL,
      operations = {
        { "users.get", "GET", "/users/{name}" },
        { "users.put", "PUT", "/users/{name}", body = { opts = "object",
          any = "any", list = "array", words = { ["*"] = "string" } } },
      } }
    local function full(word)
      return { opts = { password = word, more = { api_key = word } },
        any = { token = word }, list = json.array { { password = word } },
        words = { token = word }, other = { secret = word } }
    end
    assert.same(full "(secret)",
      change.shown(open.resources.users, full(HIDDEN)))
  end)

  it("is not compared", function()
    local shape = provider.operations.by_key["users.put"].shape
    local other = document "else"
    assert.same({}, compare.differences(document(HIDDEN), other, shape))
    other.list, other.map, other.far = nil, nil, nil
    assert.same({}, compare.differences(document(HIDDEN), other, shape))
    other.items[1].url = "w"
    assert.same({ { "items" } },
      compare.differences(document(HIDDEN), other, shape))
  end)

  it("is a word to a confined script", function()
    local before, count = config.meaning, 0
    config.meaning = function() return { resource = users } end
    local entry = { base_url = URL, provider = provider }
    local body = answer_secrets.replaced(entry,
      { url = URL .. "/users/a" }, json.encode(document(HIDDEN)), function()
        count = count + 1
        return "word"
      end)
    config.meaning = before
    assert.is_false(has_canary(body))
    assert.same(document "word", json.decode(body))
    assert.equal(5, count)
  end)
end)

describe("a change of a secret in a list", function()
  it("is not undone by the removal of what the server does not show", function()
    local keys = subjects.new(declare.provider { name = "keys",
      base_url = URL, operations = {
        { "users.get", "GET", "/users/{name}" },
        { "users.patch", "PATCH", "/users/{name}", patch = "merge",
          body = { note = "string", items = { { code = "secret" } } } },
      } })
    local function undone(body)
      return keys.inverse { method = "PATCH", path = "/users/a", status = 200,
        before = { note = "n" }, body = body }
    end
    assert.same({ note = "n" }, undone({ note = "m" }).body)
    local inverse, reason = undone { items = { { code = "(secret)" } } }
    assert.is_nil(inverse)
    assert.equal("it set a secret", reason)
  end)
end)

describe("a body with secrets of any names", function()
  local store = declare.provider { name = "store", base_url = URL,
    operations = {
      { "vaults.get", "GET", "/vaults/{name}" },
      { "vaults.put", "PUT", "/vaults/{name}", body = { ["*"] = "secret" } },
      { "vaults.delete", "DELETE", "/vaults/{name}" },
    } }
  local vaults = store.resources.vaults

  it("is a secret as a whole", function()
    assert.same({ "*" }, vaults.secrets)
    local found = { a = HIDDEN, b = HIDDEN }
    store.seal(store.operations.by_key["vaults.get"], found)
    assert.is_true(found.a:equals(HIDDEN) and found.b:equals(HIDDEN))
    assert.same({ a = "(secret)" }, change.shown(vaults, { a = HIDDEN }))
    local place = { name = "store", base_url = URL,
      subject = subjects.new(store) }
    assert.same({ a = "(secret)" }, places.hide(place, { method = "PUT",
      url = URL .. "/vaults/a" }, requests.body, { json = { a = HIDDEN } }))
    assert.same({}, compare.differences({ a = HIDDEN }, { a = "else" },
      shapes.of(vaults)))
  end)

  it("is not put back, which is said", function()
    local inverse, reason = subjects.new(store).inverse { method = "PUT",
      path = "/vaults/a", status = 204, before = { a = "(secret)" },
      body = { a = "(secret)" } }
    assert.is_nil(inverse)
    assert.equal("it is a secret, which is not kept", reason)
  end)
end)
