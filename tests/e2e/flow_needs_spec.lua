--- Each flow may do what its header says, and needs every word of it.
---
--- @seconds 15

local built_in = require "tests.support.flows"
local calls = require "tests.support.needs_calls"
local condition = require "mkrun.host.need_condition"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local flows = {}
for i, script in ipairs(built_in.flows()) do
  flows[i] = { name = script.name, source = script.source,
    needs = script.header.needs }
end

local made

--- A folder of its own with the world of the calls.
local function world()
  made = made or calls.world()
  local folder = temp.folder()
  shell.execute(("cp -a '%s/.' '%s'"):format(made.folder, folder))
  return folder
end

--- Writes a copy of the flow with these needs.
local function copy_of(flow, needs, folder)
  local file = flow.name .. ".lua"
  temp.write(folder .. "/" .. file, (flow.source:gsub(
    "\n%-%- @needs.-(\n%-%- @)", function(rest)
      return "\n-- @needs  " .. table.concat(needs, ", ") .. rest
    end)))
  return file
end

--- Runs a call with these needs.
local function run(flow, call, needs)
  local folder = world()
  local words = { table.unpack(call.options or { "--sandbox=state.json" }) }
  words[#words + 1] = copy_of(flow, needs, folder)
  table.move(call, 1, #call, #words + 1, words)
  return release.run(words, { cwd = folder, env = call.env })
end

local function without(needs, word)
  local rest = {}
  for _, other in ipairs(needs) do
    if other ~= word then rest[#rest + 1] = other end
  end
  assert.equal(#needs - 1, #rest)
  return rest
end

--- The end of a message about what a word would allow.
local function refusal(word)
  word = select(3, condition.split(word))
  local kind, value = word:match "^([^:]+):?(.*)$"
  local key = operations.by_key[value]
  if key then
    return ("%s /api/[^\n]*: not allowed %%(api:%s in @needs%%)"):format(
      key.method, (value:gsub("%p", "%%%0")))
  end
  if kind == "api" then return "GET /[^\n]*: not allowed %(api:" end
  local option = kind == "files-in" and "read"
    or kind == "providers-in" and "net" or kind
  return "not allowed %(%-%-allow%-" .. option .. "%f[=,]"
end

local function call_for(flow, word)
  for _, call in ipairs(calls.calls[flow.name] or {}) do
    for _, other in ipairs(call.of) do
      if other == word then return call end
    end
  end
end

describe("the flow", function()
  for _, flow in ipairs(flows) do
    it(flow.name .. " needs what there is", function()
      assert.is_true(#flow.needs > 0)
      for _, word in ipairs(flow.needs) do
        local key = select(3, condition.split(word)):match "^api:(.*)$"
        local is_known = not key or key == "read"
          or operations.by_key[key] ~= nil
        assert.is_true(is_known, word)
        assert.is_not_nil(call_for(flow, word), "a call for " .. word)
      end
    end)

    for i, call in ipairs(calls.calls[flow.name] or {}) do
      it(("%s needs no more: call %d"):format(flow.name, i), function()
        local outcome = run(flow, call, flow.needs)
        assert.equal(call.code or 0, outcome.code, outcome.err)
        assert.not_matches("not allowed", outcome.out .. outcome.err)
        assert.matches(call.without or "", outcome.err, 1, true)
      end)
    end

    for _, word in ipairs(flow.needs) do
      it(("%s needs %s"):format(flow.name, word), function()
        local call = call_for(flow, word)
        local outcome = run(flow, call, without(flow.needs, word))
        if call.without then
          assert.not_matches(call.without, outcome.err, 1, true)
        else
          assert.not_equal(0, outcome.code)
          assert.matches(refusal(word), outcome.out .. outcome.err)
        end
      end)
    end
  end
end)

local PROBE <const> = [[
-- @usage  mkrun probe.lua SPEC NAME...
-- @arg    SPEC   a SPEC
-- @arg    NAME   of a file or a variable
-- @needs  files-in:SPEC
local names = { require "mkrun.script".arguments(...) }
for i = 3, #names do
  local name = names[i]
  print(name, pcall(io.open, name) and pcall(io.open, name, "r+") and "write"
    or pcall(io.open, name) and "read" or pcall(os.getenv, name) and "env"
    or "nothing")
end
]]

describe("a SPEC that can be read only once", function()
  it("is read once", function()
    for _, spec in ipairs { "/dev/stdin", "-", "pipe" } do
      local folder = temp.folder()
      local example = shell.output "pwd" .. "/scripts/examples/onboard.json"
      shell.execute(("cd '%s' && mkfifo pipe"):format(folder))
      local writer = spec == "pipe" and "cat '%s' >pipe & " or "cat '%s' | "
      local outcome = process.run({ "sh", "-c", writer:format(example)
        .. release.path .. " --sandbox=s onboard " .. spec },
        { cwd = folder })
      assert.equal(0, outcome.code, outcome.err)
      assert.matches("Summary: 6 created, 2 changed", outcome.out, 1, true)
    end
  end)
end)

describe("files-in", function()
  local spec = json.encode {
    projects = { { webhooks = { { authentication = {
      headers = { a = { file = "key" }, b = { env = "HOOK" } },
      queryParams = { c = { file = "sub/key" } } } } } } },
    tokens = { { file = "token" }, { file = "sub/token" } },
  }
  local FOUND <const> = [[
key	read
sub/key	read
token	write
sub/token	write
token.todo	write
token.lease	write
HOOK	env
other	nothing
sub	nothing
HOME	nothing
]]

  for _, from in ipairs { "spec.json", "-" } do
    it("names the files and variables of a SPEC, and no others: " .. from,
      function()
        local folder = temp.folder()
        temp.write(folder .. "/spec.json", spec)
        temp.write(folder .. "/probe.lua", PROBE)
        local words = { "probe.lua", from }
        for name in FOUND:gmatch "([^\t\n]+)\t" do words[#words + 1] = name end
        local outcome = release.run(words, { cwd = folder, stdin = spec,
          env = { HOOK = "x" } })
        assert.matches("^mkrun: %d+ things were refused[^\n]*\n$", outcome.err)
        assert.equal(FOUND, outcome.out)
      end)
  end
end)
