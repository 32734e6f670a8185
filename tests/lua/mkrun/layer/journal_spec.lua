local json = require "mkrun.json"
local layer = require "mkrun.layer.journal"
local subject = require "mkio.subject"

local URL <const> = "https://api.test/api/v1/"

--- A journal in memory, with writes of earlier runs that nobody answered.
local function memory(...)
  local doubts, lines = { ... }, {}
  return {
    lines = lines, unanswered = function() return doubts end,
    head = { base_url = "https://api.test" }, notes = {},
    note = function(self, kind, of)
      self.notes[kind] = { [of] = true }
      return true
    end,
    intent = function(self, write)
      if self.full then return nil, "j: No space left on device" end
      lines[#lines + 1] = write
      return true
    end,
    outcome = function(self, _, outcome)
      if self.full then return nil, "j: No space left on device" end
      lines[#lines + 1] = outcome
      return true
    end,
  }
end

--- The layer over a transport that remembers what it was asked.
local function over(journal, answer)
  local sent, notes = {}, {}
  local function note(text) notes[#notes + 1] = text end
  local send = layer.new { journal = journal, note = note, token = "own",
    subject = subject }(
    function(request)
      sent[#sent + 1] = request.method or "GET"
      if answer then return answer(request) end
      return { status = 200, headers = {}, body = "{}" }
    end)
  return function(method, path, options)
    local request = { method = method, url = URL .. path }
    for name, value in pairs(options or {}) do request[name] = value end
    return send(request)
  end, sent, notes
end

local function invite(email)
  return { method = "POST", path = "/api/v1/invites", safe = false,
    body = { email = email, at = "2026-01-01T00:00:00Z" } }
end

local function body(email)
  return { body = json.encode { email = email, at = "2026-12-31T23:59:59Z" } }
end

describe("the journal layer", function()
  it("notes a write before it is sent, and its outcome", function()
    local journal = memory()
    local seen
    local send = over(journal, function()
      seen = #journal.lines
      return { status = 201, headers = {},
        body = '{"metadata":{"id":"7","name":"x","JWT":"canary"}}' }
    end)
    send("put", "a?q=canary", { body = '{"password":"canary"}', safe = true })
    assert.equal(1, seen)
    assert.same({
      { method = "PUT", path = "/api/v1/a", safe = true,
        body = { password = "(secret)" } },
      { status = 201, created = { id = "7", name = "x" }, after = {
        metadata = { id = "7", name = "x", JWT = "(secret)" } } },
    }, journal.lines)
  end)

  it("says why there is no answer", function()
    local journal = memory()
    local send = over(journal, function(request)
      if request.method == "GET" then
        return { status = 404, headers = {}, body = "" }
      end
      return nil, "why", "timeout", 3
    end)
    assert.same({ nil, "why", "timeout", 3, n = 4 },
      table.pack(send("DELETE", "a")))
    assert.same({ error = "timeout" }, journal.lines[2])
  end)

  it("sends nothing when what it would change cannot be read", function()
    for _, answer in ipairs { false, 503, 429 } do
      local journal, sent = memory(), 0
      local send = over(journal, function(request)
        if request.method ~= "GET" then sent = sent + 1 end
        if not answer then return nil, "why", "timeout", 3 end
        return { status = answer, headers = {}, body = "" }
      end)
      local response, message, code = send("DELETE", "a")
      assert.same({ nil, "journal" }, { response, code })
      assert.matches("not sent, as what it would change could not be read",
        message, 1, true)
      assert.same({ 0, 0 }, { sent, #journal.lines })
    end
  end)

  it("reads again what could not be read a moment ago", function()
    for _, status in ipairs { 503, 429 } do
      local journal, first = memory(), true
      local send, sent = over(journal, function(request)
        if request.method ~= "GET" or not first then
          return { status = 200, headers = {}, body = '{"a":1}' }
        end
        first = false
        return { status = status, headers = {}, body = "" }
      end)
      send("GET", "a")
      assert(send("DELETE", "a"))
      assert.same({ "GET", "GET", "DELETE" }, sent)
      assert.same({ a = 1 }, journal.lines[1].before)
    end
  end)

  it("says nothing of reads", function()
    local journal = memory()
    local send = over(journal)
    for _, method in ipairs { "GET", "HEAD", "OPTIONS" } do
      send(method, "a")
    end
    send(nil, "a")
    assert.same({}, journal.lines)
  end)

  it("sends nothing that it cannot note", function()
    local journal = memory()
    journal.full = true
    local send, sent = over(journal)
    local _, message, code = send("POST", "a")
    assert.equal("POST /api/v1/a: not sent, journal j: No space left on device",
      message)
    assert.equal("journal", code)
    assert.same({}, sent)
  end)

  it("gives the answer when only its outcome cannot be noted", function()
    local journal = memory()
    local send, _, notes = over(journal, function()
      journal.full = true
      return { status = 200, headers = {}, body = "" }
    end)
    assert.equal(200, send("POST", "a").status)
    assert.equal(1, #notes)
  end)

  it("does not send again what may have arrived, before a look", function()
    local send, sent = over(memory(invite "a@x.test"))
    local _, message, code = send("POST", "invites", body "a@x.test")
    assert.equal("closed", code)
    assert.matches("an earlier run sent this and saw no answer", message, 1,
      true)
    assert.same({}, sent)
    assert(send("GET", "users"))
    assert.is_nil((send("POST", "invites", body "a@x.test")))
    assert(send("GET", "invites?page=1"))
    assert(send("POST", "invites", body "a@x.test"))
    assert(send("POST", "invites", body "a@x.test"))
  end)

  it("believes only a look that saw something", function()
    local send = over(memory(invite "a@x.test"), function(request)
      return { status = request.method == "GET" and 503 or 200, headers = {},
        body = "" }
    end)
    send("GET", "invites")
    assert.is_nil((send("POST", "invites", body "a@x.test")))
  end)

  it("sends other writes at once", function()
    local send = over(memory(invite "a@x.test"))
    assert(send("POST", "invites", body "b@x.test"))
    assert(send("POST", "others", body "a@x.test"))
  end)

  it("sends again at once what may be sent twice", function()
    local earlier = { method = "PUT", path = "/api/v1/a", safe = true }
    assert((over(memory(earlier)))("PUT", "a", { safe = true }))
  end)

  it("takes nothing above a list for a look at what is in it", function()
    local post = invite "a@x.test"
    post.path = "/api/v1/organization/invites"
    local send = over(memory(post))
    send("GET", "organization")
    send("GET", "organization/invites/7")
    send("HEAD", "organization/invites")
    assert.is_nil((send("POST", "organization/invites", body "a@x.test")))
    send("GET", "organization/invites")
    assert(send("POST", "organization/invites", body "a@x.test"))
  end)

  it("takes one list for a look, where others show nothing", function()
    local create = { method = "POST", path = "/api/v1/organization",
      safe = false, body = { name = "x" } }
    local send = over(memory(create))
    send("GET", "organization")
    send("GET", "organization/teams")
    assert.is_nil((send("POST", "organization", { json = { name = "x" } })))
    send("GET", "user/organizations")
    assert(send("POST", "organization", { json = { name = "x" } }))
  end)

  it("takes a body that was not kept for any", function()
    local unknown = { method = "POST", path = "/api/v1/a", safe = false,
      body = "(secret)" }
    assert.is_nil((over(memory(unknown)))("POST", "a", body "a@x.test"))
  end)

  it("has the path below the API, and all of a URL elsewhere", function()
    local journal = memory()
    journal.head.base_url = "https://api.test/api"
    local send = over(journal)
    send("POST", "a?q=1")
    journal.head.base_url = "https://api.tes"
    over(journal)("POST", "a")
    assert.equal("/v1/a", journal.lines[1].path)
    assert.equal(URL .. "a", journal.lines[3].path)
  end)

  it("takes a look at the thing, above it or below it for one", function()
    local patch = { method = "PATCH", path = "/api/v1/teams/x", safe = false }
    for _, path in ipairs { "teams", "teams/x", "teams/x/members" } do
      local send = over(memory(patch))
      send("GET", path)
      assert(send("PATCH", "teams/x"))
    end
    local send = over(memory(patch))
    send("GET", "teams/xy")
    assert.is_nil((send("PATCH", "teams/x")))
  end)
end)

describe("the journal layer, before its first write,", function()
  local function home_is(id)
    return function(request)
      local at_home = request.url == URL .. "organization"
      return { status = 200, headers = {},
        body = at_home and '{"metadata":{"id":"' .. id .. '"}}' or "{}" }
    end
  end

  it("notes where its token belongs", function()
    local journal = memory()
    local send, sent = over(journal, home_is "o1")
    send("POST", "a", { token = "other" })
    assert.same({}, journal.notes)
    send("POST", "a", { token = "own" })
    send("POST", "a", { token = "own" })
    assert.same({ organization = { o1 = true } }, journal.notes)
    assert.same({ "POST", "GET", "POST", "POST" }, sent)
  end)

  it("asks nothing of a sandbox in memory", function()
    local journal = memory()
    journal.head.sandbox = true
    local send, sent = over(journal, home_is "o1")
    send("POST", "a", { token = "own" })
    assert.same({ "POST" }, sent)
  end)

  it("does not ask when the run has", function()
    local journal = memory()
    local send, sent = over(journal, home_is "o1")
    send("GET", "organization", { token = "own" })
    send("POST", "a", { token = "own" })
    assert.same({ organization = { o1 = true } }, journal.notes)
    assert.same({ "GET", "POST" }, sent)
  end)

  it("refuses to go on in another place", function()
    local journal = memory()
    journal.notes.organization = { o1 = true }
    local send, sent = over(journal, home_is "o2")
    for _ = 1, 2 do
      local _, message, code = send("POST", "a", { token = "own" })
      assert.equal("POST /api/v1/a: not sent, the journal is of a run in "
        .. "another organization", message)
      assert.equal("journal", code)
    end
    assert.same({ "GET", "GET" }, sent)
    assert.same({}, journal.lines)
    assert(over(journal, home_is "o1")("POST", "a", { token = "own" }))
  end)

  it("does not go on when nobody says where it is", function()
    local journal = memory()
    journal.notes.organization = { o1 = true }
    local answers = { {}, { { status = 503, headers = {}, body = "" } },
      { { status = 429, headers = {}, body = "" } },
      { { status = 200, headers = {}, body = '{"metadata":{"id":"o1"}}' } } }
    answers[1][2] = "GET /api/v1/organization: no answer"
    local i = 0
    local send = over(journal, function()
      i = i + 1
      return table.unpack(answers[math.min(i, 4)], 1, 2)
    end)
    for _, why in ipairs { "no answer", "status 503", "status 429" } do
      local _, message, code = send("POST", "a", { token = "own" })
      assert.equal("POST /api/v1/a: not sent, GET /api/v1/organization: "
        .. why, message)
      assert.equal("journal", code)
    end
    assert.same({}, journal.lines)
    assert(send("POST", "a", { token = "own" }))
  end)

  it("believes a token that may not see it", function()
    local journal = memory()
    journal.notes.organization = { o1 = true }
    local send = over(journal, function()
      return { status = 403, headers = {}, body = "" }
    end)
    assert(send("POST", "a", { token = "own" }))
    assert.same({ organization = { o1 = true } }, journal.notes)
  end)
end)

describe("the journal layer, before something is replaced,", function()
  local function with_base()
    local journal = memory()
    journal.head = { base_url = "https://api.test" }
    return journal
  end

  local function answer(text, status)
    return function()
      return { status = status or 200, headers = {}, body = text }
    end
  end

  it("reads it", function()
    for _, method in ipairs { "PUT", "PATCH", "DELETE" } do
      local journal = with_base()
      local send, sent = over(journal, answer '{"password":"canary","a":1}')
      send(method, "a?x=1", { token = "t" })
      assert.same({ "GET", method }, sent)
      assert.same({ password = "(secret)", a = 1 }, journal.lines[1].before)
    end
  end)

  it("asks with the same rights, and for JSON", function()
    local asked
    local send = over(with_base(), function(request)
      asked = asked or request
      return { status = 200, headers = {}, body = "{}" }
    end)
    local headers = { ["content-type"] = "x", accept = "y", ["X-A"] = "z" }
    send("PUT", "a?x=1", { token = "t", body = "{}", headers = headers,
      query = { x = 1 }, timeout = 7, safe = true })
    assert.same({ method = "GET", url = URL .. "a", token = "t", timeout = 7,
      headers = { Accept = "application/json", ["X-A"] = "z" } }, asked)
    assert.equal("x", headers["content-type"])
  end)

  it("does not read what was read last", function()
    local journal = with_base()
    local send, sent = over(journal, answer '{"a":1}')
    send("GET", "a")
    send("PUT", "a")
    send("PUT", "a")
    assert.same({ "GET", "PUT", "GET", "PUT" }, sent)
    assert.same({ a = 1 }, journal.lines[1].before)
  end)

  it("keeps nothing of a failure, or of what is not there", function()
    local journal = with_base()
    local send = over(journal, answer('{"error":{}}', 404))
    send("PUT", "a")
    assert.is_nil(journal.lines[1].before)
  end)

  it("reads nothing of another server, nor for a POST", function()
    local journal = with_base()
    journal.head.base_url = "https://api.tes"
    local send, sent = over(journal, answer "{}")
    send("PUT", "a")
    assert.same({ "PUT" }, sent)
    send, sent = over(with_base(), answer "{}")
    send("POST", "a")
    assert.same({ "POST" }, sent)
  end)

  it("reads what a POST changes elsewhere", function()
    local journal = with_base()
    local send, sent = over(journal, answer '{"spec":{"isActive":false}}')
    send("POST", "projects/a%20b/paymentMethod")
    assert.same({ "GET", "POST" }, sent)
    assert.same({ spec = { isActive = false } }, journal.lines[1].before)
  end)
end)
