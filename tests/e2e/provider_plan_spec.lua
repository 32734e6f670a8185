--- Plans of scripts that use MK.IO and a provider that brings no model:
--- --dry-run, --plan-out and --apply over two sockets, and the sandbox.
---
--- @seconds 20

local heads = require "tests.support.bench".heads
local json = require "mkrun.json"
local parlours = require "tests.support.parlours"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local HEADS <const> = {
  '+ parlour room "blue"', '+ team "crew"', '+ parlour door "blue/front"',
  '+ parlour guest "Kari"', '~ parlour guest "Kari"',
}

local WRITES <const> = { "PUT /rooms/blue", "PUT /doors/blue/front",
  "POST /guests", "PATCH /guests/7" }

local function hides_secrets(text)
  assert.not_matches("canary", text, 1, true)
end

describe("a dry run with two providers", function()
  it("shows one plan in the script's order, and writes nothing", function()
    local p <close> = parlours.start()
    local outcome = p:run("--dry-run", "flow.lua")
    assert.equal(3, outcome.code, outcome.err)
    assert.same(HEADS, heads(outcome.out))
    assert.matches("\nPlan: 4 to create, 1 to change, 0 to delete.\n$",
      outcome.out)
    assert.matches("PATCH /guests/(known after apply), by flow.lua:8",
      outcome.out, 1, true)
    assert.equal("1\t1\n", outcome.err)
    assert.same({}, p.api:writes())
    assert.equal(0, p.org:writes())
    hides_secrets(outcome.out .. outcome.err)
    for _, request in ipairs(p.api:requests()) do
      assert.not_matches("%x%-%x%x%x%x%-", request) -- no made-up id
    end
  end)

  it("names the provider in each format", function()
    local p <close> = parlours.start()
    local document = json.decode(p:run("--dry-run", "--output=json",
      "flow.lua").out)
    assert.equal("parlour", document.changes[1].provider)
    assert.is_nil(document.changes[2].provider)
    assert.equal("(secret)", document.changes[4].body.pin)
    local text = p:run("--dry-run", "--output=markdown", "flow.lua").out
    assert.matches("| create | parlour room | `blue` |", text, 1, true)
  end)

  it("does not keep a plan with a write that is not declared", function()
    local p <close> = parlours.start [[
      local parlour = require "parlour".connect()
      parlour.rooms:put("blue", { note = "sea" })
      pcall(parlour.call, parlour, "rooms.clean",
        { path = { name = "blue" } })]]
    local outcome = p:run("--plan-out", "p", "flow.lua")
    assert.equal(1, outcome.code)
    assert.matches("! POST " .. p.api.url .. "/rooms/blue/clean\n      not "
      .. "sent, provider 'parlour' does not declare what it does",
      outcome.out, 1, true)
    assert.matches("a write cannot be planned", outcome.err)
    assert.is_nil(p:read "p")
    assert.same({}, p.api:writes())
  end)
end)

describe("a saved plan with two providers", function()
  it("is applied exactly, and then there is nothing to do", function()
    local p <close> = parlours.start()
    assert.equal(3, p:run("--plan-out", "p", "flow.lua").code)
    local plan = json.decode(p:read "p")
    assert.equal(4, plan.version)
    assert.same({ { name = "parlour", base_url = p.api.url } }, plan.providers)
    hides_secrets(p:read "p")
    local outcome = p:run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("1\t1\n", outcome.out)
    assert.same(WRITES, p.api:writes())
    assert.equal(1, p.org:writes())
    assert.equal("canary-77", p.api:state()["/guests/7"].pin)
    assert.equal("green", p.api:state()["/guests/7"].room)
    outcome = p:run("--dry-run", "flow.lua")
    assert.equal(0, outcome.code, outcome.out)
  end)

  for what, change in pairs {
    ["what a write changes"] = function(state)
      state["/rooms/blue"] = { name = "blue", note = "hill" }
    end,
    ["something that a POST makes"] = function(state)
      state["/guests/3"] = { id = 3, name = "Kari" }
    end,
  } do
    it("is refused when " .. what .. " has come, with nothing written",
      function()
        local p <close> = parlours.start()
        assert.equal(3, p:run("--plan-out", "p", "flow.lua").code)
        local state = p.api:state()
        change(state)
        p.api:begin(state)
        local outcome = p:run("--apply", "p")
        assert.equal(2, outcome.code, outcome.out .. outcome.err)
        assert.matches("is there by now", outcome.err)
        assert.matches("nothing was written: make a new plan", outcome.err)
        assert.same({}, p.api:writes())
        assert.equal(0, p.org:writes())
      end)
  end

  it("does not mind what is not of it", function()
    local p <close> = parlours.start()
    p.api:begin { ["/rooms/blue"] = { name = "blue", note = "sea", beds = 3,
      updates = 1 } }
    assert.equal(3, p:run("--plan-out", "p", "flow.lua").code)
    p.api:begin { ["/rooms/red"] = { name = "red" }, ["/rooms/blue"] = {
      name = "blue", note = "sea", beds = 3, updates = 9 } }
    local outcome = p:run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("with a wrong token ends with what the server says, once", function()
    local p <close> = parlours.start()
    assert.equal(3, p:run("--plan-out", "p", "flow.lua").code)
    p:write("token", "canary-wrong")
    local outcome = p:run("--token-file", "parlour=token", "--apply", "p")
    assert.equal(1, outcome.code, outcome.out .. outcome.err)
    local told, count = outcome.err:gsub("GET /%S+: 401", "GET PATH: 401")
    assert.equal(1, count)
    assert.matches("--apply: GET PATH: 401 not logged in: is the token of "
      .. "parlour right? (--token-file parlour=FILE, MKRUN_TOKEN_PARLOUR); "
      .. "nothing was written\n", told, 1, true)
    assert.same({}, p.api:writes())
    assert.equal(0, p.org:writes())
    hides_secrets(outcome.err)
  end)

  it("is read back: a difference is said, with exit code 1", function()
    local p <close> = parlours.start [[
      local parlour = require "parlour".connect()
      parlour.rooms:put("blue", { note = "sea", beds = 2 })
      parlour.guests:create { name = "Kari", pin = "canary-77" }
      parlour.guests:create { name = "Bo" }
      parlour.rooms:put("red", { note = "old" })
      parlour.rooms:delete "red"]]
    assert.equal(3, p:run("--plan-out", "p", "flow.lua").code)
    p.api:quirk { beds = 7, pin = "canary-78", name = "Ann" }
    local outcome = p:run("--apply", "p")
    assert.equal(1, outcome.code, outcome.err)
    assert.equal("mkrun: --apply: all was sent, but not all is as planned: "
      .. "room blue: /beds: planned 2, found 7; guest Kari: /name: planned "
      .. '"Kari", found "Ann"; guest Bo: /name: planned "Bo", found "Ann"\n',
      outcome.err)
    hides_secrets(outcome.out .. outcome.err)
  end)

  it("is refused at another base URL, with nothing written", function()
    local p <close> = parlours.start()
    assert.equal(3, p:run("--plan-out", "p", "flow.lua").code)
    local outcome = p:run("--base-url", "parlour=http://127.0.0.1:"
      .. p.api.port, "--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("of the provider 'parlour', this run for http://127.0.0.1",
      outcome.err, 1, true)
    assert.same({}, p.api:writes())
    assert.equal(0, p.org:writes())
  end)

  it("is checked before the first write to either of them", function()
    local p <close> = parlours.start [[
      local org = require "mkio".connect()
      org.teams:ensure("crew", { description = "first" })
      local parlour = require "parlour".connect()
      parlour.rooms:ensure("blue", { note = "sea" })]]
    assert.equal(3, p:run("--plan-out", "p", "flow.lua").code)
    local outcome = p:run("--apply", "p")
    assert.equal(2, outcome.code)
    assert.matches("the provider 'parlour', which the script has not loaded",
      outcome.err, 1, true)
    assert.equal(0, p.org:writes())
  end)

  it("has deletes and changes as well", function()
    local p <close> = parlours.start [[
      local parlour = require "parlour".connect()
      parlour.rooms:delete "blue"
      parlour.guests:ensure("Kari", { room = "red" })
      parlour.doors:put({ room = "red", name = "back" }, { width = 1 })]]
    local before = { ["/rooms/blue"] = { name = "blue" },
      ["/rooms/red"] = { name = "red" },
      ["/guests/3"] = { id = 3, name = "Kari", room = "blue" } }
    p.api:begin(before)
    local plan = p:run("--plan-out", "p", "flow.lua")
    assert.equal(3, plan.code, plan.err)
    assert.same({ '- parlour room "blue"', '~ parlour guest "Kari"',
      '+ parlour door "red/back"' }, heads(plan.out))
    local outcome = p:run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({ "DELETE /rooms/blue", "PATCH /guests/3",
      "PUT /doors/red/back" }, p.api:writes())
    assert.same({}, p.org:requests()) -- nothing is asked of MK.IO
    p.api:begin(before)
    before["/rooms/blue"].note = "new"
    p.api:begin(before)
    assert.equal(2, p:run("--apply", "p").code)
  end)
end)

describe("the sandbox with a provider", function()
  local function bench()
    local folder = temp.folder()
    temp.write(folder .. "/parlour.lua", parlours.PROVIDER)
    temp.write(folder .. "/flow.lua", parlours.FLOW)
    return function(...)
      return release.run({ "--sandbox=state.json", ... }, { cwd = folder })
    end, folder
  end

  it("needs no token and no network, and keeps what was written", function()
    local run, folder = bench()
    local outcome = run "flow.lua"
    assert.same({ 0, "1\t1\n" }, { outcome.code, outcome.out }, outcome.err)
    local kept = json.decode(temp.read(folder .. "/state.json")).providers
    assert.same({ name = "blue", note = "sea", beds = 2 },
      kept.parlour["/rooms/blue"])
    hides_secrets(temp.read(folder .. "/state.json"))
    assert.equal(0, run("--dry-run", "flow.lua").code)
  end)

  it("applies a plan", function()
    local run = bench()
    assert.equal(0, run "doctor".code)
    assert.equal(3, run("--plan-out", "p", "flow.lua").code)
    local outcome = run("--apply", "p")
    assert.equal(0, outcome.code, outcome.err)
    assert.equal(0, run("--dry-run", "flow.lua").code)
  end)

  it("goes on after a run that was killed", function()
    local run, folder = bench()
    temp.write(folder .. "/killed.lua", [[
      local parlour = require "parlour".connect()
      parlour.rooms:put("blue", { note = "sea" })
      parlour.rooms:put("red", { note = "hill" })
      parlour.rooms:delete "blue"
      local own = assert(io.open "/proc/self/stat"):read "n"
      os.execute(("kill -KILL %d"):format(own))]])
    run "killed.lua"
    assert.is_string(temp.read(folder .. "/state.json.log"))
    local outcome = run("-e", [[
      for room in require "parlour".connect().rooms:each() do
        print(room.name, room.note)
      end]])
    assert.equal("red\thill\n", outcome.out, outcome.err)
  end)

  it("forgets what is in a thing that is removed", function()
    local run = bench()
    assert.equal(0, run "flow.lua".code)
    assert.equal(0, run("-e",
      'require "parlour".connect().rooms:delete "blue"').code)
    local outcome = run("-e", [[
      local parlour = require "parlour".connect()
      print(parlour.doors:find { room = "blue", name = "front" })]])
    assert.equal("nil\n", outcome.out, outcome.err)
  end)

  it("says that it does not know what an undeclared write does", function()
    local run = bench()
    local outcome = run("-e", [[
      local parlour = require "parlour".connect()
      parlour:call("rooms.clean", { path = { name = "blue" } })]])
    assert.equal(1, outcome.code)
    assert.matches("does not declare what it does", outcome.err)
  end)

  it("is filled from a recording of the provider", function()
    local p <close> = parlours.start [[
      local parlour = require "parlour".connect()
      print(#parlour.rooms:list(), parlour.guests:find("3").name)]]
    p.api:begin { ["/rooms/a"] = { name = "a" }, ["/rooms/b"] = { name = "b" },
      ["/guests/3"] = { id = 3, name = "Kari" } }
    local live = p:run("--record", "r.har", "flow.lua")
    assert.same({ 0, "2\tKari\n" }, { live.code, live.out }, live.err)
    local count = #p.api:requests()
    for _, words in ipairs { { "--like=r.har" }, {} } do
      words[#words + 1] = "flow.lua"
      local outcome = p:run("--sandbox=s.json", table.unpack(words))
      assert.same({ 0, "2\tKari\n" }, { outcome.code, outcome.out },
        outcome.err)
    end
    assert.equal(count, #p.api:requests())
  end)
end)

describe("mkrun test with a provider", function()
  it("runs the flow on the providers of the sandbox, and shows them",
    function()
      local folder = temp.folder()
      temp.write(folder .. "/parlour.lua", parlours.PROVIDER)
      temp.write(folder .. "/flow.lua", parlours.FLOW)
      temp.write(folder .. "/flow_test.lua", [[
        local test = require "mkrun.test"
        describe("the flow", function()
          it("makes a room", function()
            local run = test.run("flow.lua", {}, { sandbox = { providers = {
              parlour = { ["/guests/3"] = { id = 3, name = "Kari" } } } } })
            assert.equal(0, run.code)
            local kept = run.world.providers.parlour
            assert.same({ name = "blue", note = "sea", beds = 2 },
              kept["/rooms/blue"])
            assert.same({ id = 3, name = "Kari", room = "green" },
              kept["/guests/3"])
          end)
        end)]])
      local outcome = release.run({ "test" }, { cwd = folder })
      assert.equal(0, outcome.code, outcome.out .. outcome.err)
    end)
end)
