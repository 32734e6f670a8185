local json = require "mkrun.json"
local show = require "mkrun.plan.show"

local ID <const> = "11111111-1111-4111-8111-111111111111"

local function write(method, path, change, line)
  for _, name in ipairs { "before", "after", "body" } do
    change[name] = change[name] and json.decode(change[name])
  end
  return { method = method, url = "https://api.test" .. path .. "?q=1",
    line = line, change = change }
end

local function record(...)
  return { writes = { ... }, unknown = {}, made = { [ID] = true } }
end

local NO_FILES <const> = { written = {}, commands = {} }

describe("mkrun.plan.show", function()
  it("says that there is nothing to do", function()
    assert.equal("Nothing to do.\n\n"
      .. "Plan: 0 to create, 0 to change, 0 to delete.\n",
      show.text(record(), NO_FILES))
    assert.is_true(show.is_empty(record(), NO_FILES))
  end)

  it("shows what is new with what the server will give", function()
    assert.equal(table.concat({
      '  + token "job"',
      '      days: 3',
      '      to.(known after apply): ["x"]',
      '      id: (known after apply)',
      '      JWT: (secret)',
      '      POST /tokens, by x.lua:3',
      '', 'Plan: 1 to create, 0 to change, 0 to delete.', '',
    }, "\n"), show.text(record(write("POST", "/tokens", {
      action = "create", kind = "token", name = "job", id = ID,
      reveals = { "JWT" },
      body = ('{"days":3,"to":{"%s":["x"]}}'):format(ID),
    }, "x.lua:3")), NO_FILES))
  end)

  it("shows the name of a file whatever its bytes are", function()
    local files = { written = { { path = "a\xFFb", secret = false } },
      commands = { "put \xFF" } }
    local text = show.text(record(), files)
    assert.matches('> file "a\u{FFFD}b"', text, 1, true)
    assert.matches('> command "put \u{FFFD}"', text, 1, true)
    local document = show.document(record(), files)
    assert.equal("a\u{FFFD}b", document.files[1].path)
    assert.equal("put \u{FFFD}", document.commands[1])
  end)

  it("shows no login and no key of a URL, in any format", function()
    local function rule(login)
      return ('{"spec":{"url":"https://u:%s@x.test/?sig=%s&a=1","b":["%s"]}}')
        :format(login, login, "ftp://" .. login .. "@y")
    end
    local old, new = rule "s3cret1", rule "s3cret2"
    local plan = record(
      write("PUT", "/a", { action = "update", kind = "rule", name = "a",
        before = old, after = new, body = new }),
      write("PUT", "/b", { action = "create", kind = "rule", name = "b",
        body = new }),
      write("PATCH", "/c", { action = "update", kind = "rule", name = "c",
        is_patch = true, before = old, after = new, body =
          '[{"op":"add","path":"/spec","value":' .. new .. "}]" }),
      write("DELETE", "/d", { action = "delete", kind = "rule", name = "d",
        before = old }))
    local document = show.document(plan, NO_FILES)
    local url = "https://(secret)@x.test/?sig=(secret)&a=1"
    for _, text in ipairs { show.text(plan, NO_FILES), show.json(document),
      show.lines(show.document(plan, NO_FILES)) } do
      assert.match(url, text, 1, true)
      assert.is_nil(text:find "s3cret")
    end
    local change = document.changes[1]
    assert.equal(2, #change.fields) -- what changed is told all the same
    assert.same({ path = "spec.url", before = url, after = url },
      change.fields[2])
    assert.equal("https://u:s3cret2@x.test/?sig=s3cret2&a=1",
      plan.writes[1].change.body.spec.url) -- what --apply compares is whole
  end)

  it("shows what differs, and the patch", function()
    assert.equal(table.concat({
      '  ~ team "desk"',
      '      ~ spec.a: 1 -> [2]',
      '      - spec.gone: false',
      '      + spec.new: null',
      '      patch {"op":"add","path":"/spec/a","value":2}',
      '      PATCH /teams/desk',
      '', 'Plan: 0 to create, 1 to change, 0 to delete.', '',
    }, "\n"), show.text(record(write("PATCH", "/teams/desk", {
      action = "update", kind = "team", name = "desk", is_patch = true,
      before = '{"metadata":{"updated":1},"spec":{"a":1,"b":1,"gone":false}}',
      after = '{"metadata":{"updated":2},"spec":{"a":[2],"b":1,"new":null}}',
      body = '[{"op":"add","path":"/spec/a","value":2}]',
    })), NO_FILES))
  end)

  it("says whose field changes, as far as no other field tells it", function()
    local text = show.text(record(write("PATCH", "/teams/desk", {
      action = "update", kind = "team", name = "desk", body = "[]",
      before = '{"spec":{"members":{"7-1":{"email":"k@y.z","lead":false}}}}',
      after = [[{"spec":{"members":{"7-1":{"email":"k@y.z","lead":true},
        "7-2":{"email":"n@y.z","lead":true}}}}]],
    })), NO_FILES)
    assert.equal(table.concat({
      '  ~ team "desk"',
      '      ~ spec.members.7-1.lead (k@y.z): false -> true',
      '      + spec.members.7-2.email: "n@y.z"',
      '      + spec.members.7-2.lead: true',
      '      PATCH /teams/desk',
    }, "\n"), (text:gsub("\n\n.*", "")))
  end)

  it("shows what goes, files and commands", function()
    assert.equal(table.concat({
      '  - team "desk"',
      '      a: 1',
      '      DELETE /teams/desk',
      '',
      '  > file "t.token": (secret)',
      '  > file "note.txt"',
      '  > command "vault": (secret) on its standard input',
      '', 'Plan: 0 to create, 0 to change, 1 to delete.', '',
    }, "\n"), show.text(record(write("DELETE", "/teams/desk", {
      action = "delete", kind = "team", name = "desk",
      before = '{"spec":{"a":1}}',
    })), { commands = { "vault" }, written = {
      { path = "t.token", secret = true }, { path = "note.txt" } } }))
  end)

  it("tells of an empty map by what comes into it, or goes", function()
    local text = show.text(record(write("PATCH", "/teams/a", {
      action = "update", kind = "team", name = "a",
      before = '{"spec":{"scopes":{},"members":{"x":{"lead":true}},"m":{}}}',
      after = '{"spec":{"scopes":{"s":{"roles":["r"]}},"members":{}}}',
    })), NO_FILES)
    assert.matches([[
  ~ team "a"
      - spec.m: {}
      - spec.members.x.lead: true
      + spec.scopes.s.roles: ["r"]
      PATCH]], text, 1, true)
  end)

  it("shows the address of who is sent as an id", function()
    local text = show.text(record(write("PUT", "/teams/a", {
      action = "create", kind = "team", name = "a",
      body = '{"spec":{"a":{"7":{"lead":true,"last":1},"8":{"lead":true}}}}',
      after = '{"spec":{"a":{"7":{"lead":true,"email":"x@y.test","name":"X"},'
        .. '"8":{"lead":true}}}}',
    })), NO_FILES)
    assert.matches([[
      a.7.email: "x@y.test"
      a.7.last: 1
      a.7.lead: true
      a.8.lead: true
      PUT]], text, 1, true)
  end)

  it("lets no name command the terminal", function()
    local text = show.text(record(write("DELETE", "/x", {
      action = "delete", kind = "team", name = "a\27[2K\nb",
      before = '{"spec":{"c\\u001b":"\\u009b"}}',
    })), NO_FILES)
    assert.not_matches("[\27\u{9b}]", text)
    assert.matches('  - team "a?[2K?b"\n', text, 1, true)
  end)

  it("says the same as JSON", function()
    local plan = show.document(record(write("POST", "/tokens", {
      action = "create", kind = "token", name = "job", id = ID, body = "{}",
    }, "x.lua:3")), NO_FILES)
    local document = json.decode(show.json(plan))
    assert.same(plan, document)
    assert.same({ create = 1, change = 0, delete = 0 }, document.summary)
    assert.same({ action = "create", kind = "token", name = "job",
      method = "POST", path = "/tokens", line = "x.lua:3", body = {},
      fields = { { path = "id", after = "(known after apply)" } } },
      document.changes[1])
  end)

  it("says the same as lines of JSON", function()
    local plan = record(write("DELETE", "/a", { action = "delete",
      kind = "team", name = "a\nb", before = '{"b":1}' }))
    plan.unknown[1] = { method = "PURGE", url = "https://x/y", why = "no" }
    local lines = {}
    for line in show.lines(show.document(plan, {
      written = { { path = "f", secret = true } }, commands = { "c" } }))
      :gmatch "([^\n]*)\n" do
      local data = assert(json.decode(line))
      lines[#lines + 1] = data.type .. " "
        .. tostring(data.name or data.url or data.path or data.command
          or data.delete)
    end
    assert.same({ "change a\nb", "unknown https://x/y", "file f",
      "command c", "summary 1" }, lines)
  end)

  it("shows the steps of a script in the same manner", function()
    local steps = {
      { action = "delete", kind = "invite", name = "a\27[2K@x.example" },
      { action = "update", kind = "team", name = "desk",
        details = { "- member: a\n" } },
      { action = "keep", kind = "project", name = "news",
        details = { "it stays" } },
    }
    assert.equal([[
  - invite "a?[2K@x.example"
  ~ team "desk"
      - member: a?
  ! project "news"
      it stays

Plan: 0 to create, 1 to change, 1 to delete, 1 to leave.
]], show.steps(steps))
    assert.matches('^  \27%[31m%-\27%[0m invite ', show.steps(steps, true))
  end)
end)
