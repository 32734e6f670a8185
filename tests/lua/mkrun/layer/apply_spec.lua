local apply = require "mkrun.layer.apply"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local steps = require "tests.support.steps"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local BASE <const> = "https://api.test"
local PLANNED <const> = "11111111-1111-4111-8111-111111111111"
local REAL <const> = "22222222-2222-4222-8222-222222222222"

--- The organization of the run's token; nil: nobody can tell.
local whose = "mine"

--- A model whose answers are {team: description}, or texts.
local model = { new = function()
  return {
    essence = function(_, _, response) return response.body end,
    whose = function() return whose end, saw = function() end,
    rests = function(_, writes) return writes end,
    picked = function(_, _, response)
      local picks = {}
      for name, text in pairs(json.decode(response.body).teams) do
        picks[BASE .. "/teams/" .. name] = { kind = "team", name = name,
          digest = sys.sha256(text), by = { 1 },
          was = { spec = { description = text } } }
      end
      return picks
    end,
    next_page = function(_, request, response)
      local link = json.decode(response.body).next
      return link and { method = "GET", url = BASE .. link,
        token = request.token }
    end,
  }
end }

local function write(method, path, body, id)
  return { method = method, url = BASE .. path, id = id,
    body = body and json.decode(body) }
end

--- A layer over a transport that answers with `answer` and remembers; with
--- `plan.meet` no request is answered before that many are under way.
local function run(writes, reads, answer, plan)
  local sent, under_way = {}, 0
  plan = plan or {}
  plan.writes, plan.reads = writes, reads or {}
  local transport = apply.new {
    plan = plan, model = model, base_url = BASE,
  } (function(request)
    under_way = under_way + 1
    if plan.slow then task.sleep(plan.slow) end
    for _ = 1, 10000 do
      if under_way >= (plan.meet or 0) then break end
      task.sleep(0.001)
    end
    assert(under_way >= (plan.meet or 0), "not side by side")
    sent[#sent + 1] = ("%s %s %s"):format(request.method, request.url:sub(
      #BASE + 1), request.body or "-")
    return { status = 200, body = answer or "{}" }
  end)
  local token = secret.new "own"
  return function(method, path, body)
    return transport { method = method, url = BASE .. path, token = token,
      body = body, json = body and json.decode(body) }
  end, sent
end

local function refuses(request, ...)
  local ok, problem = pcall(request, ...)
  assert.is_false(ok)
  return tostring(problem)
end

describe("the apply layer", function()
  it("lets each planned write through once", function()
    local request, sent = run { write("PUT", "/a", '{"x":1}') }
    assert(request("PUT", "/a", '{"x":1}'))
    assert.same({ 'PUT /a {"x":1}' }, sent)
    assert.equal("--apply: PUT /a is not in the plan, or not like this; it "
      .. "was not sent", refuses(request, "PUT", "/a", '{"x":1}'))
    assert.equal(1, #sent)
  end)

  it("says what is different in a write, and hides its secrets", function()
    local request = run { write("PUT", "/a", [[{"at":"2026-01-01T00:00:00Z",
      "authentication":{"headers":{"X-Key":"(secret)"}},"url":"one"}]]) }
    assert.equal("--apply: PUT /a is not in the plan like this: "
      .. "authentication.headers.X-New is new: '(secret)', url was 'one', is "
      .. "'two'; it was not sent; nothing was written: make a new plan",
      refuses(request, "PUT", "/a", [[{"at":"2026-01-02T00:00:00Z",
      "authentication":{"headers":{"X-Key":"canary-1","X-New":"canary-2"}},
      "url":"two"}]]))
  end)

  it("stops everything after a refusal, reads too", function()
    local request, sent = run { write("PUT", "/a", '{"x":1}') }
    refuses(request, "PUT", "/b", '{"x":1}')
    refuses(request, "PUT", "/a", '{"x":1}')
    refuses(request, "GET", "/a")
    assert.same({}, sent)
  end)

  for what, body in pairs {
    ["another value"] = '{"x":2,"l":["a"]}',
    ["a member more"] = '{"x":1,"l":["a"],"y":1}',
    ["a member less"] = '{"l":["a"]}',
    ["a longer list"] = '{"x":1,"l":["a","b"]}',
    ["a list in place of a map"] = "[1]",
  } do
    it("does not take " .. what, function()
      local request = run { write("PUT", "/a", '{"x":1,"l":["a"]}') }
      assert.matches("not in the plan", refuses(request, "PUT", "/a", body))
    end)
  end

  it("sends a POST that only asks, of a provider that says so", function()
    require "mkrun.providers".add { name = "asked", base_url = BASE .. "/of",
      subject = { meaning = function(_, path)
        return path == "/search" and { act = "ask" } or nil
      end } }
    local request, sent = run { write("PUT", "/a", '{"x":1}') }
    assert(request("POST", "/of/search", "{}"))
    assert(request("PUT", "/a", '{"x":1}'))
    assert.same({ "POST /of/search {}", 'PUT /a {"x":1}' }, sent)
    assert.matches("POST /of/other is not in the plan", refuses(request,
      "POST", "/of/other", "{}"), 1, true)
    require "mkrun.providers".remove "asked"
  end)

  it("takes a write without a body for one without a body", function()
    local request, sent = run { write("DELETE", "/a") }
    assert(request("DELETE", "/a"))
    assert.same({ "DELETE /a -" }, sent)
    request = run { write("DELETE", "/a") }
    refuses(request, "DELETE", "/a", "{}")
  end)

  it("sends the planned time, and the script's secret", function()
    local request, sent = run { write("POST", "/a",
      '{"at":"2026-01-01T00:00:00Z","key":"(secret)"}') }
    assert(request("POST", "/a", '{"at":"2026-01-01T00:00:07Z","key":"k"}'))
    assert.same({ 'POST /a {"at":"2026-01-01T00:00:00Z","key":"k"}' }, sent)
  end)

  it("knows a made-up id by what the server gives", function()
    local request, sent = run({
      write("POST", "/a", "{}", PLANNED),
      write("PATCH", "/a/" .. PLANNED, ('{"%s":1}'):format(PLANNED)),
    }, {}, ('{"metadata":{"id":"%s"}}'):format(REAL))
    assert(request("POST", "/a", "{}"))
    assert(request("PATCH", "/a/" .. REAL, ('{"%s":1}'):format(REAL)))
    assert.equal(('PATCH /a/%s {"%s":1}'):format(REAL, REAL), sent[2])
  end)

  it("reads again what the plan depends on, before all else", function()
    local reads = {
      { url = BASE .. "/r", digest = sys.sha256 "{}" },
    }
    local request, sent = run({ write("PUT", "/a", "{}") }, reads)
    assert(request("PUT", "/a", "{}"))
    assert.same({ "GET /r -", "PUT /a {}" }, sent)

    request, sent = run({ write("PUT", "/a", "{}") }, reads, '{"new":1}')
    assert.equal("--apply: GET /r: the answer has changed since the plan was "
      .. "made; nothing was written: make a new plan",
      refuses(request, "PUT", "/a", "{}"))
    assert.same({ "GET /r -" }, sent)
  end)

  it("says in words which things of a list are different, on all pages",
    function()
      local function pick(text)
        return { kind = "team", name = "a", by = json.array { 1 },
          digest = text and sys.sha256(text),
          was = { spec = { description = text } } }
      end
      local writes = { write("PUT", "/teams/a", "{}") }
      writes[1].action, writes[1].kind, writes[1].name = "update", "team", "a"
      for answer, says in pairs {
        ['{"teams":{"a":"old"}}'] = false,
        ['{"teams":{"a":"new"}}'] =
          "team a: description was 'old', is 'new' (the plan is to change it)",
        ['{"teams":{}}'] = "team a is gone (the plan is to change it)",
        ['{"teams":{"a":"old","b":"x"}}'] =
          "team b is there by now (the plan is to change team a)",
        ['{"teams":{"a":"old"},"next":"/teams?page=2"}'] = false,
      } do
        local request = run(writes, { { url = BASE .. "/teams",
          items = { [BASE .. "/teams/a"] = pick "old" } } }, answer)
        writes[1].is_sent = nil
        if says then
          assert.equal("--apply: " .. says .. "; nothing was written: make a "
            .. "new plan", refuses(request, "PUT", "/teams/a", "{}"))
        else
          assert(request("PUT", "/teams/a", "{}"))
        end
      end
    end)

  it("writes to the organization of the plan only", function()
    local own, theirs = { organization = "mine" }, { organization = "yours" }
    local request = run({ write("PUT", "/a", "{}") }, {}, "{}", own)
    assert(request("PUT", "/a", "{}"))
    local sent
    request, sent = run({ write("PUT", "/a", "{}") }, {}, "{}", theirs)
    assert.equal("--apply: the plan is for the organization yours, and the "
      .. "token for mine; nothing was written",
      refuses(request, "PUT", "/a", "{}"))
    assert.same({}, sent)
  end)

  it("says when nobody can tell the organization of the token", function()
    whose = nil
    local request, sent = run({ write("PUT", "/a", "{}") }, {}, "{}",
      { organization = "mine" })
    local text = refuses(request, "PUT", "/a", "{}")
    whose = "mine"
    assert.equal("--apply: the plan is for the organization mine, and the "
      .. "token cannot read one (is it still valid?); nothing was written",
      text)
    assert.same({}, sent)
  end)

  it("takes a URL of which the plan hides the secrets", function()
    local planned =
      '{"spec":{"url":"https://(secret)@x.test/?token=(secret)"}}'
    local actual = '{"spec":{"url":"https://u:canary@x.test/?token=canary"}}'
    refuses(run { write("PUT", "/a", planned) }, "PUT", "/a",
      (actual:gsub("x.test", "y.test")))
    local request, sent = run { write("PUT", "/a", planned) }
    assert(request("PUT", "/a", actual))
    assert.same({ "PUT /a " .. actual }, sent)
  end)

  it("takes a text of which the plan hides a part", function()
    local key = secret.new("canary-5a1f0c", "key")
    local request = run { write("PUT", "/a",
      '{"x":"Bearer (secret: key)"}') }
    refuses(request, "PUT", "/a", '{"x":"Bearer another"}')
    local sent
    request, sent = run { write("PUT", "/a", '{"x":"Bearer (secret: key)"}') }
    assert(request("PUT", "/a", '{"x":"Bearer canary-5a1f0c"}'))
    assert.same({ 'PUT /a {"x":"Bearer canary-5a1f0c"}' }, sent)
    key:close()
  end)

  it("tells writes to one place apart, times and made-up ids too", function()
    local one, two = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"
    local body = '{"at":"%s","id":"%s","n":%d}'
    local writes = { write("POST", "/a", "{}", PLANNED) }
    for n = 1, 3 do
      writes[n + 1] = write("POST", "/b", body:format(one, PLANNED, n))
    end
    local request, sent = run(writes, {}, ('{"metadata":{"id":"%s"}}')
      :format(REAL))
    assert(request("POST", "/a", "{}"))
    for n = 3, 1, -1 do
      assert(request("POST", "/b", body:format(two, REAL, n)))
      assert.equal("POST /b " .. body:format(one, REAL, n), sent[5 - n])
    end
    refuses(request, "POST", "/b", body:format(two, REAL, 1))
  end)

  it("finds each of many writes to one place with the same work", function()
    local function work(count)
      local writes = {}
      for n = 1, count do
        writes[n] = write("POST", "/a", ('{"n":%d}'):format(n))
      end
      local request, sent = run(writes)
      local hundreds = steps.of(function()
        for n = count, 1, -1 do
          assert(request("POST", "/a", ('{"n":%d}'):format(n)))
        end
      end)
      assert.equal(count, #sent)
      return hundreds
    end
    local few, many = work(500), work(4000)
    assert(many < 16 * few, many .. " is not eight times " .. few)
  end)

  it("reads side by side, and names the first that moved", function()
    local reads = {}
    for n = 1, 32 do
      reads[n] = { url = BASE .. "/r" .. n,
        digest = sys.sha256(n < 7 and "{}" or "moved") }
    end
    local request, sent = run({ write("PUT", "/a", "{}") }, reads, "{}",
      { meet = 2 })
    assert.matches("GET /r7: the answer has changed",
      refuses(request, "PUT", "/a", "{}"), 1, true)
    assert.equal(32, #sent)
  end)

  it("checks again when the task that did was cancelled", function()
    local request, sent = run({ write("PUT", "/a", "{}") },
      { { url = BASE .. "/r", digest = sys.sha256 "{}" } }, "{}",
      { slow = 0.02 })
    assert.is_false(pcall(task.map, { 1, 2 }, function(n)
      if n == 1 then return request("GET", "/x") end
      task.sleep(0.005)
      error "stop"
    end))
    assert(request("PUT", "/a", "{}"))
    assert.same({ "GET /r -", "PUT /a {}" }, sent)
  end)
end)
