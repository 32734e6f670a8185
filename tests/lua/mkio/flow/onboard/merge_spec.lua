local json = require "mkrun.json"

local merge = require "mkio.flow.onboard.merge"
local places = require "mkio.flow.onboard.places"
local generated = require "tests.support.drift_cases"
local shape = require "mkrun.rest.shape"

local files = require "mkio.flow.onboard.files"
local spec = require "mkio.flow.onboard.spec"

--- Merges JSON texts; the files are "1", "2", ...
local function merged(...)
  local parts = {}
  for i, text in ipairs { ... } do
    parts[i] = { file = tostring(i), document = assert(json.decode(text)) }
    assert.same({}, spec.faults(parts[i].document, true))
  end
  return merge.run(spec.shape, parts)
end

local function encoded(document)
  return json.encode(document, { sort = true })
end

describe("several files of one SPEC", function()
  it("are merged by the names of what they describe", function()
    local document, conflicts = merged([[{
      "organization": {"name": "n"},
      "teams": [{"name": "t", "members": [{"email": "A@b.c"}]}],
      "projects": [{"name": "p", "displayName": "P",
        "webhooks": [{"name": "w", "url": "https://h.test"}]}]}]], [[{
      "organization": {"legalEntityName": "l"},
      "teams": [{"name": "u"}, {"name": "t", "description": "d",
        "members": [{"email": "a@B.c", "isTeamAdmin": true},
          {"email": "x@b.c"}]}],
      "projects": [{"name": "p", "locationName": "l", "webhooks": [
        {"name": "w", "events": ["MediaKind.JobFinished"]},
        {"name": "v"}]}]}]])
    assert.same({}, conflicts)
    assert.equal(encoded(json.decode [[{
      "organization": {"name": "n", "legalEntityName": "l"},
      "teams": [{"name": "t", "description": "d", "members": [
        {"email": "A@b.c", "isTeamAdmin": true}, {"email": "x@b.c"}]},
        {"name": "u"}],
      "projects": [{"name": "p", "displayName": "P", "locationName": "l",
        "webhooks": [{"name": "w", "url": "https://h.test",
          "events": ["MediaKind.JobFinished"]}, {"name": "v"}]}]}]]),
      encoded(document))
  end)

  it("may say the same, in another order too", function()
    local document, conflicts = merged(
      [[{"$schema": "a", "ignore": ["teams/a"], "teams": [{"name": "t",
        "scopes": {"s": {"roles": ["a", "b"]}}}]}]],
      [[{"$schema": "b", "ignore": ["teams/b", "teams/a"], "teams":
        [{"name": "t", "scopes": {"s": {"roles": ["b", "a"]},
          "r": {"roles": []}}}]}]])
    assert.same({}, conflicts)
    assert.same({ "teams/a", "teams/b" }, document.ignore)
    assert.equal("a", document["$schema"])
    assert.equal('{"r":{"roles":[]},"s":{"roles":["a","b"]}}',
      encoded(document.teams[1].scopes))
  end)

  it("may say the same of a token, in another order too", function()
    local function file(rights)
      return ([[{"tokens": [{"description": "d", "permissions":
        {"t": {"r": {"f": %s}}}}]}]]):format(rights)
    end
    local _, conflicts = merged(file '["get", "list"]', file '["list", "get"]')
    assert.same({}, conflicts)
    _, conflicts = merged(file '["get", "list"]', file '["get"]')
    assert.equal(1, #conflicts)
  end)

  it("name all places where they differ, and no value", function()
    local permissions = '{"t": {"r": {"f": ["%s"]}}}'
    local token = '{"description": "d", "permissions": %s}'
    local rule = '{"name": "w", "authentication": {"headers": {"A": %s}}}'
    local function file(name, role, right, secret)
      return ([[{"organization": {"name": "%s"},
        "teams": [{"name": "t", "scopes": {"s": {"roles": ["%s"]}}}],
        "tokens": [%s],
        "projects": [{"name": "p", "webhooks": [%s]}]}]]):format(name, role,
        token:format(permissions:format(right)), rule:format(secret))
    end
    local _, found = merged(file("a", "a", "get", '{"env": "A"}'),
      '{"projects": [{"name": "o"}, {"name": "p"}]}',
      file("b", "b", "put", '{"file": "s3cret"}'))
    local conflicts = {}
    for i, fault in ipairs(found) do conflicts[i] = files.message(fault) end
    assert.same({
      "1: /organization/name and 3: /organization/name: the values differ",
      "1: /projects/0/webhooks/0/authentication/headers/A and 3: /projects/0/"
        .. "webhooks/0/authentication/headers/A: the values differ",
      "1: /teams/0/scopes/s/roles and 3: /teams/0/scopes/s/roles: the values "
        .. "differ",
      "1: /tokens/0/permissions and 3: /tokens/0/permissions: the values "
        .. "differ",
    }, conflicts)
  end)

  it("leave the documents of the files alone", function()
    local first = { file = "1", document = json.decode '{"teams": []}' }
    merge.run(spec.shape, { first, { file = "2",
      document = json.decode '{"teams": [{"name": "t"}]}' } })
    assert.equal('{"teams":[]}', encoded(first.document))
  end)

  --- Divides a part of a SPEC by chance.  Elements of lists keep their key.
  local function divided(choice, wanted, part, is_member)
    local has_key = wanted.kind == "array" and wanted.key
    if not is_member and not has_key and not wanted.fields then
      if choice.pick(2) == 1 then return part, nil end
      return nil, part
    end
    local a, b = {}, {}
    for key, member in pairs(part) do
      if has_key then
        local x, y = divided(choice, wanted.item, member, true)
        a[#a + 1], b[#b + 1] = x, y
      elseif key == wanted.key then
        a[key], b[key] = member, member
      else
        a[key], b[key] = divided(choice, wanted.fields[key], member)
      end
    end
    if has_key then return json.array(a), json.array(b) end
    return json.object(a), json.object(b)
  end

  it("are what one file is that was divided by chance", function()
    for seed = 1, 60 do
      local choice = generated.choice(seed)
      local whole = json.decode(json.encode(shape.mark(spec.shape,
        generated.spec(choice, "tokens"))))
      local a, b = divided(choice, spec.shape, whole, true)
      local document, conflicts = merged(json.encode(a), json.encode(b))
      assert.same({}, conflicts)
      assert.equal(encoded(whole), encoded(document), seed)
    end
  end)

  it("tell where each part stands", function()
    local document = merged(
      '{"teams": [{"name": "t", "scopes": {"a/b": {"roles": ["x"]}}}]}',
      [[{"teams": [{"name": "u"}, {"name": "t", "description": "d",
        "scopes": {"c": {"roles": ["y"]}}}], "tokens": []}]])
    for pointer, place in pairs {
      [""] = "1: at the top", ["/invites"] = "1: at '/invites'",
      ["/teams/0"] = "1: at '/teams/0'", ["/teams/1"] = "2: at '/teams/0'",
      ["/teams/0/description"] = "2: at '/teams/1/description'",
      ["/teams/0/scopes/a~1b/roles/0"] =
        "1: at '/teams/0/scopes/a~1b/roles/0'",
      ["/teams/0/scopes/c/roles/0"] = "2: at '/teams/1/scopes/c/roles/0'",
      ["/tokens/3"] = "2: at '/tokens/3'",
    } do
      assert.equal(place, places.place(document, pointer))
    end
    assert.equal("f: at '/x'", places.place({}, "/x", "f"))
  end)
end)
