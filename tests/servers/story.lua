--- What every provider has to do on its real server: plan, apply, run twice,
--- crash and resume, undo, record and replay, keep secrets, tell errors.

local assert = require "luassert"
local canary = require "tests.support.canary"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local worlds = require "tests.servers.world"

local M = {}

---@class tests.ServerStory
---@field name string      of the server and the provider
---@field flow string      text of flow.lua: makes all; "second" changes it
---@field clean fun(server: tests.RealServer)  removes what flow.lua makes
---@field secrets string[] texts in flow.lua that nothing may show
---@field kept string[]    what `undo` of "second" says that it leaves
---@field meddle fun(server: tests.RealServer)  changes, as somebody else, what
---  "second" changes
---@field removal string   text of removal.lua: removes some of it, all of which
---  `undo` can bring back but for what `bare` leaves out of a state
---@field bare? fun(state: string): string

local story, world

local function folder()
  return worlds.folder { ["flow.lua"] = story.flow,
    ["removal.lua"] = story.removal }
end

local function count(writes) return #writes > 0 and #writes or nil end

--- Runs the flow once, and returns the state that it leads to, and how many
--- writes that takes.
local function reference(...)
  world:requests()
  world:ends(0, folder(), "flow.lua", ...)
  return world.server:likeness(), assert(count(world:writes()))
end

local function plans_and_applies()
  local here, before = folder(), world.server:state()
  world:requests()
  local plan = world:ends(3, here, "--plan-out", "p", "flow.lua").out
  assert.same({}, world:writes())
  assert.equal(before, world.server:state())
  world:ends(0, here, "--journal", "j", "--apply", "p")
  local planned = math.tointeger(tonumber(plan:match "Plan: (%d+) to create"))
  assert.equal(planned, #world:writes())
  world:ends(0, here, "undo", "--yes", "j")
  assert.equal(before, world.server:state())
end

local function finds_nothing_to_do()
  local here = folder()
  local first = world:ends(0, here, "flow.lua").out
  world:requests()
  local second = world:ends(0, here, "flow.lua").out
  assert.equal((first:gsub("\tcreated", "\tunchanged")), second)
  local dry = world:ends(0, here, "--dry-run", "flow.lua")
  assert.truthy(dry.out:find("Nothing to do", 1, true), dry.out)
  assert.same({}, world:writes())
end

local function changes_and_undoes()
  local here = folder()
  world:ends(0, here, "flow.lua")
  local before = world.server:likeness()
  world:ends(3, here, "--plan-out", "p", "flow.lua", "second")
  world:ends(0, here, "--journal", "j", "--apply", "p")
  assert.are_not.equal(before, world.server:likeness())
  local undone = world:run(here, "undo", "--yes", "j")
  local said = undone.out .. undone.err
  for _, text in ipairs(story.kept) do
    assert.truthy(said:find(text, 1, true), said)
  end
  assert.equal(0, undone.code, said)
  if #story.kept == 0 then
    assert.equal(before, world.server:likeness())
  end
end

local function respects_others()
  local here = folder()
  world:ends(0, here, "--journal", "j", "flow.lua")
  world:ends(3, here, "--plan-out", "p", "flow.lua", "second")
  story.meddle(world.server)
  local theirs = world.server:likeness()
  world:requests()
  world:ends(2, here, "--apply", "p")
  assert.same({}, world:writes())
  assert.equal(theirs, world.server:likeness())
  local undone = world:ends(1, here, "undo", "--yes", "j")
  assert.truthy(undone.out:find("somebody else has changed it", 1, true),
    undone.out)
end

local function removes_and_undoes()
  local here = folder()
  world:ends(0, here, "flow.lua")
  local function state()
    return (story.bare or tostring)(world.server:likeness())
  end
  local before = state()
  world:ends(3, here, "--plan-out", "p", "removal.lua")
  world:ends(0, here, "--journal", "j", "--apply", "p")
  assert.are_not.equal(before, state())
  world:ends(0, here, "undo", "--yes", "j")
  assert.equal(before, state())
end

--- Runs the flow twice in the sandbox, which has no server.
local function runs_in_the_sandbox()
  local here = folder()
  world:requests()
  local first = world:ends(0, here, "--sandbox=state", "flow.lua").out
  assert.truthy(first:find("\tcreated", 1, true), first)
  assert.equal((first:gsub("\tcreated", "\tunchanged")),
    world:ends(0, here, "--sandbox=state", "flow.lua").out)
  assert.same({}, (world:requests()))
end

--- Kills a run at its n-th write, resumes and undoes it.
local function survives(moment, n, wanted, before)
  local here, what = folder(), ("write %d, %s"):format(n, moment)
  world:disturb(moment, n, here)
  local killed = world:run(here, "--journal", "j", "flow.lua")
  if moment == "cut" then
    assert.equal(0, killed.code, what .. ": " .. killed.err)
  else
    assert.equal(128 + 9, killed.code, what)
    world:ends(0, here, "--resume", "j")
  end
  assert.equal(wanted, world.server:likeness(), what)
  world:ends(0, here, "undo", "--yes", "j")
  assert.equal(before, world.server:state(), what)
end

local function survives_all(moment)
  local before = world.server:state()
  local wanted, writes = reference()
  story.clean(world.server)
  for n = 1, writes do survives(moment, n, wanted, before) end
end

local function records_and_replays()
  local here = folder()
  local real = world:ends(0, here, "--record", "r.har", "flow.lua").out
  world:requests()
  assert.equal(real, world:ends(0, here, "--replay", "r.har", "flow.lua").out)
  assert.same({}, (world:requests()))
end

--- Returns all texts that a secret may take, for the command lines.
local function forms_of(secrets)
  local all = {}
  for _, secret in ipairs(secrets) do
    for _, form in pairs(canary.forms(secret)) do all[#all + 1] = form end
  end
  return all
end

local function each_file(here)
  local files = {}
  for path in shell.output("find " .. here .. " -type f"):gmatch "[^\n]+" do
    if not path:find "%.lua$" then files[path] = temp.read(path) end
  end
  return files
end

local function shows_no_secret()
  local here = folder()
  local secrets = { world.server.secret, world.server.token,
    table.unpack(story.secrets) }
  local forms, texts = forms_of(secrets), {}
  world:watch(forms)
  world:requests()
  for i, words in ipairs {
    { "--trace", "--plan-out", "p", "flow.lua" },
    { "--trace", "--journal", "j", "--audit", "a", "--record", "r.har",
      "--apply", "p" },
    { "--journal", "j2", "--trace", "flow.lua", "second" },
    { "undo", "j" }, { "undo", "--yes", "j2" }, { "undo", "--yes", "j" },
    { "-e", ("print(pcall(require '%s'.connect().call, nil))")
      :format(story.name) },
  } do
    local outcome = world:run(here, table.unpack(words))
    texts["run " .. i] = outcome.out .. outcome.err
  end
  local _, seen = world:requests()
  world:watch {}
  assert.same({}, seen)
  for path, text in pairs(each_file(here)) do texts[path] = text end
  for place, text in pairs(texts) do
    for _, form in ipairs(forms) do
      assert.falsy(text:find(form, 1, true), place .. " shows " .. form)
    end
  end
end

--- Runs the flow, which ends with this code.  Returns what it says.
local function fault_of(code, options)
  local mine = world.options
  world.options = options
  local outcome = world:run(folder(), "flow.lua")
  world.options = mine
  assert.equal(code, outcome.code, outcome.out .. outcome.err)
  assert.falsy(outcome.err:find("traceback", 1, true), outcome.err)
  return outcome.err
end

local function tells_errors()
  local url = ("%s=%s"):format(story.name, world.url)
  local wrong = "wrong:" .. ("0123456789"):rep(3)
  local said = fault_of(1, { "--base-url", url, "--token-file",
    ("%s=%s"):format(story.name, worlds.private(wrong)) })
  assert.truthy(said:find("401", 1, true), said)
  assert.truthy(said:find(story.name, 1, true), said)
  assert.falsy(said:find(wrong, 1, true), said)
  said = fault_of(2, { "--base-url", url })
  assert.truthy(said:find("MKRUN_TOKEN_" .. story.name:upper(), 1, true), said)
  said = fault_of(1, { world.options[1], world.options[2], "--base-url",
    story.name .. "=http://127.0.0.1:1/api" })
  assert.truthy(said:find("127.0.0.1:1", 1, true), said)
end

local CASES <const> = {
  { "shows a plan and sends no write; applies it; undoes it",
    plans_and_applies },
  { "finds nothing to do in a second run", finds_nothing_to_do },
  { "changes what is there, and undoes that", changes_and_undoes },
  { "applies no old plan, and undoes no change of others", respects_others },
  { "removes what is there, and undoes that", removes_and_undoes },
  { "runs in the sandbox, without its server", runs_in_the_sandbox },
  { "is resumed after a kill before each write",
    function() survives_all "before" end },
  { "is resumed after a kill after each write",
    function() survives_all "after" end },
  { "goes on when a write has no answer",
    function() survives_all "cut" end },
  { "records, and replays the same output", records_and_replays },
  { "shows no secret, in no output, file or command line", shows_no_secret },
  { "tells a wrong token, no token, and a server that is not there",
    tells_errors },
}

--- Returns the cases of a story, for the spec to run in this order.
---@param told tests.ServerStory
---@return {name: string, run: fun()}[]
function M.cases(told)
  local cases = {}
  for i, case in ipairs(CASES) do
    cases[i] = { name = case[1], run = function()
      story, world = told, worlds.of(told.name)
      story.clean(world.server)
      case[2]()
    end }
  end
  return cases
end

return M
