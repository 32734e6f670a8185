local json = require "mkrun.json"
local likeness = require "mkio.likeness.recording"
local lists = require "mkio.model.list"
local recorded = require "tests.support.recorded"
local sandbox = require "tests.support.sandbox"
local state_check = require "mkio.model.state_check"
local value = require "mkrun.value"

local ola, eva = recorded.new()

local function state_of(entries)
  local state = assert(likeness.state(entries))
  assert.same({}, { state_check.fault(state) })
  return state, state.organizations[1]
end

local function field_of(items, field)
  local out = {}
  for _, item in ipairs(items) do out[#out + 1] = item[field] end
  table.sort(out)
  return out
end

describe("the state of a recording", function()
  it("is what was there at its end", function()
    local state, home = state_of(ola)
    assert.equal("Northlight Broadcasting", home.spec.name)
    assert.equal("ola@northlight.example", state.caller)
    assert.same({ "Administrators", "Everyone" }, field_of(home.teams, "name"))
    assert.same({ "news" }, field_of(home.projects, "name"))
    assert.same({ "eva@partner.example" }, field_of(home.invites, "email"))
    assert.equal(2, #home.members) -- Kari has gone
    assert.same({ "administrator", "managementReader", "reader", "user" },
      field_of(state.roles, "name"))
    assert.same({ "Northlight Broadcasting", "Southlight" },
      { home.spec.name, state.organizations[2].spec.name })
  end)

  it("has no user whom a whole list of users does not name", function()
    local function is_wanted(url, words)
      for _, word in ipairs(words) do
        if url:find("/organization" .. word .. "$") then return true end
      end
    end
    for _, words in ipairs { { "/users" }, { "/users", "/teams" },
      { "", "/teams", "/users" }, { "/invites", "/tokens", "/users" } } do
      local entries = {}
      for _, entry in ipairs(ola) do
        if entry.request.method == "GET"
          and is_wanted(entry.request.url, words) then
          entries[#entries + 1] = entry
        end
      end
      local state, home = state_of(entries)
      local members = lists.filter(state.users, function(user)
        return lists.contains(home.members, user.id)
      end)
      assert.same({ "kari@northlight.example", "nils@northlight.example",
        "ola@northlight.example" }, field_of(members, "email"))
      assert.equal(3, #home.members)
      for _, team in ipairs(home.teams) do
        for id in pairs(team.members) do
          assert.is_true(lists.contains(home.members, id), team.name)
        end
      end
      if value.set(words)["/teams"] then
        assert.equal("ola@northlight.example", state.caller)
      end
      assert.is_nil(state.caller:find("unknown.invalid", 1, true))
    end
  end)

  it("has no token that anybody could use, and no secret", function()
    for _, entries in ipairs { ola, eva } do
      local state = state_of(entries)
      for _, token in ipairs(state.tokens) do assert.is_nil(token.digest) end
      assert.is_nil(json.encode(state):find("s3cret", 1, true))
    end
  end)

  it("is complete if the recording shows little", function()
    for i = 1, #ola do
      if ola[i].response.status < 300 then
        local state, home = state_of { ola[i] }
        local api = sandbox.new { state = json.encode(state), token = false,
          now = require "mkrun.sys".now }
        local user = api:user(state.caller)
        local path = "/organization/teams/made"
        assert.equal(201, (user:put(path, { spec = json.object {} })),
          ola[i].request.url .. " " .. json.encode(home.teams))
        for _, list in ipairs { "/organization", "/organization/users",
          "/organization/teams", "/projects", "/organization/scopes",
          "/organization/roles", "/locations", "/organization/invites",
          "/organization/paymentMethods", "/organization/tokens",
          "/user/profile", "/user/organizations", "/user/rbac" } do
          assert.equal(200, (user:get(list)), list)
        end
      end
    end
  end)

  it("has no name that is no text in UTF-8", function()
    local entries = json.decode(assert(json.encode(ola)))
    for _, entry in ipairs(entries) do
      entry.request.url = entry.request.url:gsub("/([^/?]+)(%??[^/]*)$",
        "/%1%%FF%2")
    end
    table.move(ola, 1, 3, #entries + 1, entries)
    assert.is_string(json.encode((state_of(entries))))
  end)

  it("is none without an answer of the API", function()
    for _, entries in ipairs { {}, { { request = { method = "GET",
      url = "https://x.example/" }, response = { status = 200 } } } } do
      assert.same({ nil, "it has no answer of the API" },
        { likeness.state(entries) })
    end
  end)

  it("has an id and an address whatever their characters are", function()
    for _, odd in ipairs { '\\"', "\\\\", "%", "\\n" } do
      local entries, escaped = {}, odd:gsub("%%", "%%%%")
      for _, entry in ipairs(json.decode(json.encode(ola))) do
        local content, url = entry.response.content, entry.request.url
        if url:find "/organization/users$" then
          content.text = content.text:gsub("@northlight", escaped .. "%0")
            :gsub('"id":"', "%0" .. escaped)
          entries[#entries + 1] = entry
        elseif url:find "/webhook/rules$" then -- of a project that nobody read
          entries[#entries + 1] = entry
        end
      end
      local state, home = state_of(entries)
      local want = json.decode('"' .. odd .. '@northlight.example"')
      assert.equal(want, state.caller:sub(-#want))
      assert.equal(lists.find(state.users, "email", state.caller).id,
        home.projects[1].createdById)
    end
  end)

  it("fits whatever the requests are", function()
    for _, text in ipairs { "[]", "7", '{"spec":7}',
      '{"spec":{"teams":7,"members":7,"scopes":7}}',
      '{"spec":{"teams":[7],"members":[7],"scopes":{"x":7}}}',
      '[{"op":"add","path":7,"value":7},7]',
      '{"locationName":7,"paymentMethodId":[],"organizationId":7}' } do
      local entries = json.decode(json.encode(ola))
      for _, entry in ipairs(entries) do
        if entry.request.postData then entry.request.postData.text = text end
      end
      state_of(entries)
    end
  end)

  it("fits whatever the answers are", function()
    for _, text in ipairs { "[]", "{}", '{"value":{"a":1}}',
      '{"value":[[],{},7,null,{"metadata":{},"spec":{}}]}',
      '{"metadata":{"id":"x","name":"\\u202e"},"spec":{"name":"x",'
        .. '"members":{"x":7},"scopes":[],"email":7,"teams":{},"type":"q",'
        .. '"invite":7,"locationId":"n","roles":7,"resources":7}}' } do
      local entries = json.decode(json.encode(ola))
      for _, entry in ipairs(entries) do entry.response.content.text = text end
      state_of(entries)
    end
  end)
end)
