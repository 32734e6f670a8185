local check = require "mkio.flow.sandbox_check"
local json = require "mkrun.json"
local mutations = require "tests.support.mutations"
local recorded = require "tests.support.recorded"
local value = require "mkrun.value"

--- Changes of one place are tried one in so many; MUTATIONS=1 tries all.
local STEP <const> = math.tointeger(tonumber(os.getenv "MUTATIONS" or "211"))

local ola, eva = recorded.new()

--- The differences of a result as lines.
local function lines(found)
  local out = {}
  for _, row in ipairs(found.differences) do
    out[#out + 1] = ("%s: %s %s: %s, model %s [%s]"):format(row.operation,
      row.what, row.place, row.recorded, row.model,
      table.concat(row.entries, " "))
  end
  return table.concat(out, "\n")
end

local function copy(entries) return json.decode(json.encode(entries)) end

--- Returns the first entry of a request, and its place.
local function find(entries, method, path)
  for i, entry in ipairs(entries) do
    if entry.request.method == method
      and entry.request.url:find(path .. "$") then
      return entry, i
    end
  end
  error(method .. " " .. path)
end

local function body(status, document)
  return { status = status, headers = json.array {},
    content = { text = document and json.encode(document) } }
end

local function refused(status, code)
  return body(status, { error = { code = code or "x", detail = "d" },
    status = status, ref = "r" })
end

--- Checks a copy of Ola's recording in which `change` replaced the answer to a
--- request.
local function changed(method, path, change)
  local entries = copy(ola)
  local entry = find(entries, method, path)
  entry.response = change(entry.response) or entry.response
  return check.check(entries)
end

describe("a recording of every operation", function()
  it("has no difference", function()
    assert.equal("", lines(check.check(ola)))
    assert.equal("", lines(check.check(eva)))
  end)

  it("leaves no operation untried", function()
    local untried, rest = {}, {}
    for _, key in ipairs(check.check(eva).untried) do untried[key] = true end
    for _, key in ipairs(check.check(ola).untried) do
      if untried[key] then rest[#rest + 1] = key end
    end
    assert.same({}, rest)
  end)

  it("is compared to its end", function()
    local found = check.check(ola)
    assert.same({ #ola, #ola }, { found.entries, found.compared })
    assert.same({}, { table.unpack(found.bodies) })
  end)

  for name, entries in pairs { Ola = ola, Eva = eva } do
    it("shows a change of one place and nothing else, of " .. name, function()
      local all, wrong = mutations.of(entries), {}
      for i = 1, #all, STEP do
        local want = all[i].want
        local found = check.check(mutations.apply(entries, all[i]))
        local row = found.differences[1] or {}
        if #found.differences ~= 1 or row.operation ~= want.operation
          or row.what ~= want.what or row.place ~= want.place then
          wrong[#wrong + 1] = ("%d%s: %s %s %s wanted, got {%s}"):format(
            all[i].entry, all[i].pointer, want.operation, want.what,
            want.place, lines(found))
        end
      end
      assert.equal("", table.concat(wrong, "\n"))
    end)
  end
end)

describe("the table of differences", function()
  local ID <const> = "%x+%-%x+%-%x+%-%x+%-%x+"

  it("has another status, and what the model would have said", function()
    assert.equal("projects.put: status : 200, model 201 [33]",
      lines(changed("PUT", "/projects/news", function(response)
        response.status = 200
      end)))
    assert.equal("teams.get: status : 404, model 200 [57]",
      lines(changed("GET", "/teams/night", function()
        return refused(404, "not_found")
      end)))
    assert.equal("teams.get: status : 404, model 200 [57]\n"
      .. "teams.get: body : no body, model object [57]",
      lines(changed("GET", "/teams/night", function() return body(404) end)))
  end)

  it("has a value that nobody has listed", function()
    assert.equal("teams.get: value /kind: 'TeamV2', model 'Team' [57]",
      lines(changed("GET", "/teams/night", function(response)
        response.content.text =
          response.content.text:gsub('"Team"', '"TeamV2"')
      end)))
    assert.equal("invites.create: value /error/code: 'taken', model "
      .. "'already_invited' [64]", lines(check.check((function()
        local entries = copy(ola)
        entries[64].response = refused(409, "taken")
        return entries
      end)())))
  end)

  it("has a list of another shape, and other paging", function()
    assert.equal("projects.list: paging /@odata.nextLink: string, model none "
      .. "[20]", lines(changed("GET", "/api/v1/projects", function(response)
        response.content.text = response.content.text:gsub("^{",
          '{"@odata.nextLink":"https://app.mk.io/api/v1/projects?p=2",')
      end)))
    assert.equal("projects.list: form /@odata.nextLink: no url, model url "
      .. "[42]", (lines(changed("GET", "/projects%?%%24top=1",
        function(response)
          response.content.text = response.content.text:gsub(
            '"https://app.mk.io', '"')
        end)):gsub("paging", "form")))
    assert.equal("users.list: body : array, model object [10]",
      lines(changed("GET", "/organization/users", function()
        return body(200, json.array {})
      end)))
  end)

  it("has one row for the same difference in many answers", function()
    local entries = copy(ola)
    for _, entry in ipairs(entries) do
      local content = entry.response.content
      content.text = content.text and content.text:gsub('"kind":"Project"',
        '"kind":"Channel"')
    end
    assert.equal("projects.put: value /kind: 'Channel', model 'Project' [33]\n"
      .. "projects.get: value /kind: 'Channel', model 'Project' [34]\n"
      .. "projects.patch: value /kind: 'Channel', model 'Project' [39]\n"
      .. "projects.list: value /value/*/kind: 'Channel', model 'Project' [42]",
      lines(check.check(entries)))
  end)

  it("has the form of ids, and nothing that follows from it", function()
    local entries = copy(ola)
    local function short(text)
      return (text:gsub("00000000%-0000%-4000%-8000%-0*(%d+)", "org-%1"))
    end
    for i, entry in ipairs(entries) do
      entries[i] = json.decode(short(json.encode(entry)))
      assert.is_nil(json.encode(entry.request.url):find(ID .. ID))
    end
    for _, row in ipairs(check.check(entries).differences) do
      local is_request = row.what == "status" and row.model:find "bad_body"
      assert.is_true(row.what == "form" or is_request ~= nil,
        row.operation .. " " .. row.what .. " " .. row.place .. row.model)
    end
  end)
end)

describe("a service that differs everywhere", function()
  --- Changes each object of an answer.
  local function change(document, act)
    if type(document) ~= "table" then return document end
    local new = json.is_array(document) and json.array {} or json.object {}
    for key, member in pairs(document) do new[key] = change(member, act) end
    act(new)
    return new
  end

  local function words_of(act)
    local found = {}
    for _, entries in ipairs { copy(ola), copy(eva) } do
      for _, entry in ipairs(entries) do
        local content = entry.response.content
        local document = json.decode(content.text or "")
        if type(document) == "table" then
          content.text = json.encode(change(document, act))
        end
      end
      for _, row in ipairs(check.check(entries).differences) do
        found[row.what] = (found[row.what] or 0) + 1
      end
    end
    return found
  end

  local function only(what, found)
    assert.is_true(found[what] > 20)
    found[what] = nil
    assert.same({}, found)
  end

  it("by another field in each resource", function()
    only("unknown field", words_of(function(object)
      if object.metadata and object.spec then
        object.metadata.etag, object.spec.region = "x", "y"
      end
    end))
  end)

  it("by a field that is missing in each resource", function()
    only("missing field", words_of(function(object)
      for _, name in ipairs { "createdByName", "createdByEmail", "updated",
        "description", "avatar", "phoneNumber", "locationDisplayName" } do
        object[name] = nil
      end
    end))
  end)

  it("by another type of each switch", function()
    only("type", words_of(function(object)
      for name, member in pairs(object) do
        if type(member) == "boolean" then object[name] = tostring(member) end
      end
    end))
  end)

  it("by the words that the model invents", function()
    only("value", words_of(function(object)
      if object.code then object.code = "E" .. #object.code end
      if type(object.kind) == "string" then object.kind = "v2" end
    end))
  end)

  it("by a null for each empty text", function()
    local found = words_of(function(object)
      for name, member in pairs(object) do
        if member == "" then object[name] = json.null end
      end
    end)
    assert.same({ "type" }, value.names(found))
  end)
end)

describe("an answer that depends on what a recording does not show", function()
  local function verdict(method, path, response)
    local found = changed(method, path, function() return response end)
    local one = found.bodies[1] or found.skipped[1]
    return lines(found), one and one.why
  end
  local BY_CHANCE <const> =
    "the status depends on what the recording does not show"

  it("is compared by its body only", function()
    for _, status in ipairs { 401, 429, 500, 503 } do
      assert.same({ "", BY_CHANCE },
        { verdict("GET", "/organization/users", refused(status)) })
    end
    assert.same({ "users.list: missing field /ref: none, model string [10]",
      BY_CHANCE }, { verdict("GET", "/organization/users", body(429, {
        error = { code = "slow", detail = "d" }, status = 429 })) })
    assert.same({ "users.list: body : no body, model object [10]",
      BY_CHANCE }, { verdict("GET", "/organization/users", body(500)) })
  end)

  it("is not compared if a proxy or nobody answered", function()
    assert.same({ "", "a proxy answered" },
      { verdict("GET", "/organization/users", body(502)) })
    assert.same({ "", "no answer came" },
      { verdict("GET", "/organization/users", body(0)) })
  end)

  it("is a difference if the recorded rights say otherwise", function()
    assert.equal("users.list: status : 403, model 200 [10]",
      (verdict("GET", "/organization/users", refused(403))))
    local found = changed("GET", "/user/rbac", function()
      return body(200, { teams = json.object {}, rbac = { ["core.customer"] = {
        ["00000000-0000-4000-8000-000000000008"] = { ["core.team"] =
          json.array { "get" } } } } })
    end)
    assert.matches("users.list: status : 200, model 403 forbidden",
      lines(found), 1, true)
    assert.is_nil(lines(found):find("teams.list", 1, true))
  end)

  it("is one of another server", function()
    local entries = copy(ola)
    entries[#entries + 1] = { request = { method = "GET",
      url = "https://hooks.example/x", headers = json.array {} },
      response = body(200, { a = 1 }) }
    local found = check.check(entries)
    assert.same({ "", #ola + 1, #ola },
      { lines(found), found.entries, found.compared })
    assert.same({ { entry = #ola + 1, why = "of another server" } },
      { table.unpack(found.skipped) })
  end)
end)

describe("a write without an answer", function()
  --- Puts a copy of a write without an answer before the write.
  local function doubted(method, path, status)
    local entries = copy(ola)
    local entry, place = find(entries, method, path)
    local lost = json.decode(json.encode(entry))
    lost.response = body(0)
    table.insert(entries, place, lost)
    if status then entry.response.status = status end
    return lines(check.check(entries))
  end

  it("may have been carried out or not", function()
    assert.equal("", doubted("PUT", "/webhook/rules/done"))
    assert.equal("", doubted("PUT", "/webhook/rules/done", 200))
    assert.equal("", doubted("PUT", "/teams/night"))
    assert.equal("", doubted("PUT", "/teams/night", 200))
  end)
end)

describe("a recording by anybody", function()
  it("may be empty, of something else, or full of nonsense", function()
    assert.equal(60, #check.check({}).untried)
    local odd = {}
    for _, url in ipairs { "", "x", "/api/", "http://", "https://h/api/v1/x",
      "https://h/api/v1/projects/%ff?%ff=%00&$skiptoken=(secret)" } do
      for _, text in ipairs { "", "{", "[]", '"x"', "{}", '{"value":[1,null]}',
        '{"metadata":1,"spec":[]}', "null" } do
        for _, status in ipairs { 0, 99, 200, 404, 600 } do
          odd[#odd + 1] = { request = { method = "GET", url = url,
            headers = json.array { { name = 1 } } },
            response = { status = status, content = { text = text } } }
        end
      end
    end
    assert.equal(#odd, check.check(odd).entries)
  end)

  it("may have any text in each answer", function()
    for _, text in ipairs { "[]", "{}", "7", '{"value":{"a":1}}',
      '{"value":[[],{},7,null,{"metadata":{},"spec":{}}]}',
      '{"metadata":{"id":7,"name":{}},"spec":null}',
      '{"metadata":{"id":"x","name":"\\u0000"},"spec":{"name":"\\u202e",'
        .. '"members":{"x":7},"scopes":[],"email":7,"teams":{},"type":"q",'
        .. '"invite":7,"locationId":"n","roles":7,"resources":7}}' } do
      local entries = copy(ola)
      for _, entry in ipairs(entries) do entry.response.content.text = text end
      assert.equal(#ola, check.check(entries).entries)
    end
  end)
end)
