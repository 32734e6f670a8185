--- What README.md promises is true, and has a test that would fail without it.

local examples = require "tests.support.examples"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local CANARY <const> = "canary-7c1d5f0e"

local function flat(text) return (text:gsub("%s+", " ")) end

local readme = flat(temp.read "README.md")

local function ends(code, arguments, options)
  local outcome = release.run(arguments, options)
  assert.equal(code, outcome.code, outcome.err)
  return outcome
end

--- Defines a test for a promise of README.md.  The test fails if README.md has
--- other words now.
local function promise(sentence, run)
  it(sentence, function()
    assert(readme:find(sentence, 1, true), "README.md does not say so any more")
    run()
  end)
end

--- Promises whose tests are elsewhere: the promise, the spec, the test's name.
local ELSEWHERE <const> = {
  { "one static file", "tests/e2e/hardened_spec.lua",
    "needs no interpreter and no library" },
  { "run it on a model of the API that is part of mkrun",
    "tests/e2e/binary_spec.lua",
    "runs a flow on the sandbox" },
  { "Put it into a file that only you can read, or into the variable",
    "tests/e2e/cli_spec.lua", "comes from the file before the environment" },
  { "let mkrun check it", "tests/scripts/doctor_spec.lua",
    "finds a token that was revoked" },
  { "`mkrun help` lists its topics and the flows", "tests/e2e/manual_spec.lua",
    "lists the topics, the flows and the tools with one line each" },
  { "`--dry-run` runs any script and sends nothing but reads.",
    "tests/e2e/plan_spec.lua",
    "sends nothing but GET and HEAD, whatever a script does" },
  { "and ends with 3 when there is something", "tests/e2e/plan_spec.lua",
    "shows the plan of onboard, changes nothing, and exits 3" },
  { "`--apply` does what is in the plan and nothing else",
    "tests/e2e/apply_spec.lua", "sends nothing that is not in the plan" },
  { "refuses when what it depends on has changed.",
    "tests/e2e/apply_spec.lua",
    "refuses when the world has moved, before the first write" },
  { "sixty lines give RabbitMQ `ensure`, plan, apply and undo",
    "tests/servers/story.lua",
    "shows a plan and sends no write; applies it; undoes it" },
  { "take back what a run did", "tests/scripts/undo_spec.lua",
    "a team that was made" },
  { "`mkrun --show NAME` prints a built-in flow.",
    "tests/e2e/cli_spec.lua", "list the flows and print one" },
  { "The manual is inside the binary", "tests/e2e/manual_spec.lua",
    "works in an empty chroot" },
  { "`mkrun help NAME` prints one", "tests/e2e/needs_spec.lua",
    "says what it may do, in each of the three ways to ask" },
  { "and a kernel with Landlock the files and ports",
    "tests/src/lua/cage_spec.lua",
    "lets a script use what is granted, and nothing else" },
  { "the notices in `build/THIRD-PARTY.txt`", "tests/e2e/install_spec.lua",
    "brings a notice of each library in the binary" },
  { "starts a folder with a flow, a SPEC, a test, a CI job and what an editor "
    .. "needs", "tests/e2e/new_spec.lua",
    "writes what a project needs, and it runs" },
  { "`mkrun bundle lonely.lua -o lonely.tar` makes an image of your flow",
    "tests/e2e/bundle_image_spec.lua",
    "starts the flow in an empty root, as nobody" },
  { "it is one file that needs nothing else", "tests/e2e/bundle_run_spec.lua",
    "runs in an empty root, as nobody" },
  { "`mkrun help ci` has whole files", "tests/e2e/ci_spec.lua",
    "shows the plan, and applies it when it is approved" },
  { "`make dist` makes them for x86-64 and arm64", "tests/dist/package.sh",
    "installs, upgrades and removes in $release" },
  { "TAB completes and `help(org.teams)` explains", "tests/e2e/prompt_spec.lua",
    "ends names, methods, modules and files" },
}

describe("README.md promises what is tested elsewhere:", function()
  for _, row in ipairs(ELSEWHERE) do
    local sentence, spec, name = table.unpack(row)
    promise(sentence, function()
      local source = temp.read(spec):gsub('"%s*%.%.%s*"', "")
      assert(source:find(name, 1, true), spec .. ": no test " .. name)
    end)
  end
end)

describe("README.md promises:", function()
  --- Returns the output that README.md shows of a command.
  local function shown(command)
    for _, block in ipairs(examples.blocks(temp.read "README.md")) do
      local found = block.text:match("\n%$ " .. command:gsub("%p", "%%%0")
        .. "\n([^$]*)")
      if found then return found end
    end
  end

  local output = shown "mkrun --sandbox=acme.state onboard acme.json"

  it("make demo prints what it shows", function()
    local printed = shell.output("sh tests/demo.sh "
      .. shell.quote(release.path))
    assert(#output > 100, output)
    assert(printed:find(output, 1, true), printed)
  end)

  promise("A second run finds nothing to do.", function()
    local folder = temp.folder()
    local words = { "--sandbox=s", "onboard", "examples/onboard.json" }
    assert.equal(output, ends(0, words, { cwd = folder }).out)
    local again = ends(0, words, { cwd = folder }).out
    local _, steps = output:gsub("\n", "")
    assert.matches(("\nSummary: 0 created, 0 changed, %d unchanged.\n$")
      :format(steps - 1), again)
  end)
end)

--- What a script can try, by the word that allows it.  Each prints its word if
--- it was not denied.
local ATTEMPTS <const> = {
  { "read:./in", "assert(io.open './in')" },
  { "write:./out", "assert(io.open('./out', 'w')):close()" },
  { "run:true", "assert(os.execute 'true')" },
  { "env:OTHER", "assert(os.getenv 'OTHER' == 'set')" },
  { "net:127.0.0.1:9", "require 'mkrun.http'.get('http://127.0.0.1:9/', "
    .. "{ safe = false })" },
  { "api:read", "org.teams:list()" },
  { "api:teams.put", "org.teams:put('new', { description = 'x' })" },
}

--- Returns the words whose attempts are not denied to a script with this line
--- in its header.
local function reached(line, flags)
  local source = { "--- Try.\n" .. line .. "\n\n"
    .. "local org = require 'mkio'.connect {}\n"
    .. "local function try(word, f)\n"
    .. "  local ok, problem = pcall(f)\n"
    .. "  if not ok and type(problem) ~= 'table' then error(problem, 0) end\n"
    .. "  if ok or problem.code ~= 'denied' then print(word) end\nend\n" }
  for _, attempt in ipairs(ATTEMPTS) do
    source[#source + 1] = ("try(%q, function() %s end)\n")
      :format(table.unpack(attempt))
  end
  local folder = temp.folder()
  temp.write(folder .. "/in", "x")
  temp.write(folder .. "/try.lua", table.concat(source))
  local words = { "--sandbox", table.unpack(flags or {}) }
  words[#words + 1] = "try.lua"
  return ends(0, words, { cwd = folder, env = { OTHER = "set" } }).out
end

local function all_words(between)
  local words = {}
  for i, attempt in ipairs(ATTEMPTS) do words[i] = attempt[1] end
  return table.concat(words, between)
end

describe("README.md promises of a confined script:", function()
  promise("A flow can do what `@needs` in its header says, and nothing else",
    function()
      for _, attempt in ipairs(ATTEMPTS) do
        assert.equal(attempt[1] .. "\n", reached("-- @needs " .. attempt[1]))
      end
      assert.equal("", reached "-- @needs")
      assert.equal(all_words "\n" .. "\n",
        reached("-- @needs " .. all_words ", "))
      assert.equal(all_words "\n" .. "\n", reached "-- no needs") -- "nothing
      -- else" would say nothing if nobody could do it
    end)

  it("and each built-in flow is one", function()
    local number = 0
    for name in ends(0, { "--list" }).out:gmatch "([^\n ]+)[^\n]*\n" do
      local outcome = release.run({ "--sandbox", "--trace", name },
        { cwd = temp.folder() })
      assert.matches("mkrun: confined: ", outcome.err, 1, true, name)
      number = number + 1
    end
    assert(number > 10, number)
  end)

  promise("`--confine` holds a script without it to the API", function()
    assert.equal("api:read\napi:teams.put\n",
      reached("-- no needs", { "--confine" }))
    local flags = { "--confine" }
    for _, attempt in ipairs(ATTEMPTS) do
      if not attempt[1]:find "^api" then
        flags[#flags + 1] = "--allow-" .. attempt[1]:gsub(":", "=", 1)
      end
    end
    assert.equal(all_words "\n" .. "\n", reached("-- no needs", flags))
  end)

  --- Ways to the bytes of a token.  Each returns a text, or false.
  local WAYS <const> = [[
local config, json = require "mkrun.config", require "mkrun.json"
local secret, sys = require "mkrun.secret", require "mkrun.sys"
local token = config.token
local wanted = arg[1] .. "%-" .. arg[2] -- does not find itself in the memory
local function text_of(path)
  local file = assert(io.open(path, "rb"))
  return file:read "a"
end
local ways = {
  label = function() return tostring(token) end,
  format = function() return ("%s"):format(token) end,
  join = function() return token .. "" end,
  json = function() return json.encode { token } end,
  file = function() assert(token:write "out") return text_of "out" end,
  store = function()
    local slot = assert(sys.reserve "out")
    assert(slot:store(token))
    return text_of "out"
  end,
  text = function() assert(sys.write("out", token)) return text_of "out" end,
  line = function()
    local log = assert(sys.log("out", "any"))
    assert(log:append(token))
    return text_of "out"
  end,
  command = function()
    assert(token:pipe "cat > out")
    return text_of "out"
  end,
  source = function() return text_of "token" end,
  read = function() return tostring(assert(sys.read "token")) end,
  environment = function() return text_of "/proc/self/environ" end,
  memory = function()
    local memory = assert(io.open("/proc/self/mem", "rb"))
    for from, to in text_of "/proc/self/maps":gmatch "(%x+)%-(%x+) rw" do
      from, to = tonumber(from, 16), tonumber(to, 16)
      memory:seek("set", from)
      local bytes = memory:read(to - from) or ""
      if bytes:find(wanted) then return bytes end
    end
  end,
  metatable = function() return tostring(getmetatable(token).__index) end,
  upvalue = function() return tostring(debug.getuservalue(token, 1)) end,
}
for name, way in pairs(ways) do
  pcall(os.remove, "out")
  local ok, found = pcall(way)
  if ok and type(found) == "string"
    and found:find(wanted) then
    print(name)
  end
end
]]

  --- Returns the ways by which a script with this header gets the token.
  local function ways(line, flags)
    local folder = temp.folder()
    temp.write(folder .. "/token", CANARY)
    shell.execute("chmod 600 " .. folder .. "/token")
    temp.write(folder .. "/steal.lua", "--- Steal.\n" .. line .. "\n\n"
      .. WAYS)
    local words = { "--sandbox", "--token-file", "token",
      table.unpack(flags or {}) }
    local first, last = CANARY:match "^(.*)%-(.*)$"
    table.move({ "steal.lua", first, last }, 1, 3, #words + 1, words)
    local found = {}
    for name in ends(0, words, { cwd = folder }).out:gmatch "[^\n]+" do
      found[#found + 1] = name
    end
    table.sort(found)
    return table.concat(found, " ")
  end

  promise("Such a script never sees the bytes of the token, unless it may use "
    .. "`token`, read the token's file, or run a command that reads it.",
    function()
      local all <const> = "api:write, read:./out, write:./out, run:cat, env:*, "
        .. "net:127.0.0.1"
      assert.equal("", ways "-- @needs")
      assert.equal("", ways("-- @needs " .. all))
      assert.equal("", ways("-- no needs", { "--confine" }))
      assert.equal("file store",
        ways "-- @needs token, read:./out, write:./out")
      assert.equal("read source", ways "-- @needs read:./token")
    end)

  it("and one that is not confined could get at them", function()
    assert.matches("file", ways "-- no needs", 1, true)
  end)
end)
