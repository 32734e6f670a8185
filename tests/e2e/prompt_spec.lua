--- The prompt on a terminal, typed key by key.

local gate = require "tests.support.gate"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local typist = require "tests.support.typist"

local keys = typist.keys

--- Calls `work` with a prompt that has shown its first line.
local function at_prompt(words, options, work)
  return function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    local prompt <close> = typist.start(words, options)
    prompt:expect "\27[?2004h> "
    work(prompt)
  end
end

--- Ends the prompt and returns how it ended.
local function leave(prompt, code)
  prompt:type(keys.eof)
  local outcome = prompt:finish()
  assert.equal(code or 0, outcome.code, outcome.out)
  return outcome.out
end

--- Types a statement and returns what it prints.
local function answer(prompt, statement)
  prompt:type(statement, keys.enter)
  prompt:expect "\27[?2004l\r\n"
  return (prompt:expect "\27[?2004h> ":gsub("\r\n", "\n"))
end

local function pid_of(prompt)
  return (answer(prompt, "require 'mkrun.sys'.getpid()"):gsub("\n", ""))
end

--- Returns the settings of the terminal as stty prints them.
local function settings(name) return shell.output("stty -a -F " .. name) end

local function name_of(prompt)
  return (answer(prompt, "io.popen 'tty' :read()"):gsub("\n", ""))
end

describe("the prompt on a terminal", function()
  it("prints values, and goes on after an error",
    at_prompt({}, nil, function(prompt)
      assert.equal("2\n", answer(prompt, "1 + 1"))
      assert.equal("2\tx\n", answer(prompt, "= 2, 'x'"))
      assert.equal("", answer(prompt, "x = { 3, b = 1, a = {} }"))
      assert.equal("{ 3, a = {}, b = 1 }\n", answer(prompt, "x"))
      assert.equal("mkrun: stdin:1: no\n", answer(prompt, "error 'no'"))
      assert.equal("mkrun: T\n", answer(prompt,
        "error(setmetatable({}, { __tostring = function() return 'T' end }))"))
      leave(prompt)
    end))

  it("edits the line", at_prompt({}, nil, function(prompt)
    assert.equal("1234\n", answer(prompt, "134" .. keys.left .. keys.left
      .. "2"))
    assert.equal("12\n", answer(prompt, "123" .. keys.backspace))
    assert.equal("23\n", answer(prompt, "123" .. keys.home .. keys.delete))
    assert.equal("7\n", answer(prompt, "nonsense\21" .. "7"))
    leave(prompt)
  end))

  it("knows how wide a character is", at_prompt({}, nil, function(prompt)
    assert.equal("日æx本\n", answer(prompt, "'日æ本'" .. keys.left .. keys.left
      .. "x"))
    -- The cursor stands behind the quote and two characters of two columns.
    prompt:type "'日本"
    prompt:expect "'日本\27[K\r\27[7C"
    prompt:type(keys.left)
    prompt:expect "'日本\27[K\r\27[5C"
    prompt:type(keys.interrupt)
    prompt:expect "> "
    leave(prompt)
  end))

  it("takes a statement of several lines", at_prompt({}, nil, function(prompt)
    prompt:type("for i = 1, 2 do\r")
    prompt:expect ">> "
    prompt:type("print(i)\r")
    prompt:expect ">> "
    assert.equal("1\n2\n", answer(prompt, "end"))
    -- It comes back as one.
    prompt:type(keys.up)
    prompt:expect "print(i)"
    prompt:expect "end"
    assert.equal("1\n2\n", answer(prompt, ""))
    leave(prompt)
  end))

  it("takes what is pasted as one", at_prompt({}, nil, function(prompt)
    prompt:type("\27[200~for i = 1, 2 do\r\tprint(i, 'æ\27[31m日')\rend\r"
      .. "\27[201~")
    prompt:expect "end"
    assert.equal("1\tæ[31m日\n2\tæ[31m日\n", answer(prompt, ""))
    leave(prompt)
  end))

  it("takes a long line as keys, and as one change", at_prompt({}, nil,
    function(prompt)
      prompt:type("x = '", ("a"):rep(20000), "'", keys.enter)
      prompt:expect "\27[?2004h> "
      prompt:type("#x", keys.enter)
      prompt:expect "20000"
    end))

  it("shows nothing that controls the terminal", at_prompt({}, nil,
    function(prompt)
      prompt:type "\27[200~x = 'a\27[2J\u{9b}2J\xC2\27\x9B2J"
      prompt:type("\27[201~\u{9b}b'", keys.enter)
      prompt:expect "b'"
      assert.not_matches("\27[2J", prompt:output(), 1, true)
      assert.not_matches("\u{9b}", prompt:output(), 1, true)
    end))

  it("keeps what is typed ahead", at_prompt({}, nil, function(prompt)
    prompt:type "io.read()\r"
    prompt:expect "\27[?2004l\r\n"
    prompt:type "first\n1 + 2\n3 + 4\n"
    prompt:expect "first\r\n"
    prompt:expect "3\r\n"
    prompt:expect "7\r\n"
    prompt:expect "> "
    leave(prompt)
  end))

  it("does not draw over what a statement has written",
    at_prompt({}, nil, function(prompt)
      assert.equal("abc\n", answer(prompt, "local _ = io.write 'abc'"))
      assert.equal("abc\n", answer(prompt, "local _ = io.stderr:write 'abc'"))
      assert.equal("abc(file)\n", answer(prompt, "io.write 'abc'"))
      leave(prompt)
    end))

  it("draws the line anew when the window gets another width",
    at_prompt({}, nil, function(prompt)
      local name = name_of(prompt)
      prompt:type("x = '", ("y"):rep(40))
      prompt:expect(("y"):rep(40))
      shell.execute(("stty -F %s cols 30"):format(name))
      prompt:expect "y←"
      assert.equal("", answer(prompt, "'"))
      assert.equal("40\n", answer(prompt, "#x"))
      leave(prompt)
    end))

  for what, case in pairs {
    ["a sleep"] = { "require 'mkrun.task'.sleep(1) or 'slept'", "slept\n" },
    ["a command"] = { "select(3, os.execute 'sleep 1; exit 3')", "3\n" },
    ["what a command writes"] =
      { "io.popen 'sleep 1; echo done' :read()", "done\n" },
  } do
    it("goes on with " .. what .. " when the window is resized, or continued",
      at_prompt({}, nil, function(prompt)
        local pid = pid_of(prompt)
        prompt:type(case[1], keys.enter)
        prompt:expect "\27[?2004l\r\n"
        for _ = 1, 10 do
          shell.works(("kill -WINCH %s; kill -CONT %s"):format(pid, pid))
        end
        assert.equal(case[2], (prompt:expect "\27[?2004h> ":gsub("\r", "")))
        leave(prompt)
      end))
  end

  it("works in a window of any size", function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    for _, size in ipairs { "1 1", "2 2", "3 3", "24 4", "1 80", "0 0" } do
      local rows, columns = size:match "(%d) (%d+)"
      local prompt <close> = typist.start({},
        { before = ("stty rows %s cols %s; "):format(rows, columns) })
      prompt:expect "\27[?2004h> "
      prompt:type("x = 'abc def ghi jkl'\r")
      prompt:expect "\27[?2004h> "
      prompt:type("string.\t\t\t", keys.interrupt, keys.up, keys.up,
        keys.search, "x", keys.interrupt, keys.interrupt)
      prompt:type("\27[200~for i = 1, 2 do\rprint(x)\rend\27[201~\r")
      prompt:expect "abc def ghi jkl\r\nabc def ghi jkl\r\n"
      leave(prompt)
    end
  end)

  it("ends with Ctrl-D and with the terminal", at_prompt({}, nil,
    function(prompt)
      local pid = pid_of(prompt)
      prompt:type "x = 1"
      prompt:expect "x = 1"
      prompt:type(keys.eof) -- not on an empty line
      shell.execute("kill -KILL " .. shell.output("ps -o ppid= " .. pid))
      process.wait_until("the end", function()
        return not shell.works("kill -0 " .. pid)
      end)
    end))

  for name, number in pairs { TERM = 15, HUP = 1, QUIT = 3, SEGV = 11,
    ABRT = 6 } do
    it("gives the terminal back after SIG" .. name, function()
      if not typist.works() then pending "needs a pseudo-terminal" end
      local prompt <close> = typist.start({},
        { before = "stty -echonl; stty -a; " })
      prompt:expect "isig"
      local before = prompt:output():match "speed.*"
      prompt:expect "\27[?2004h> "
      local pid, tty = pid_of(prompt), name_of(prompt)
      assert.matches("%-icanon", settings(tty))
      prompt:type "x"
      prompt:expect "> x"
      shell.execute(("kill -%s %s"):format(name, pid))
      prompt:expect "\27[?2004l"
      assert.matches("%f[-%w]icanon", before)
      local code = prompt:finish().code
      assert.equal(128 + number, code)
    end)
  end

  it("gives the terminal back to a command, and with os.exit",
    at_prompt({}, { before = "" }, function(prompt)
      assert.matches("%f[-%w]icanon", answer(prompt, "os.execute 'stty -a'"))
      local name = name_of(prompt)
      assert.matches("%-icanon", settings(name))
      prompt:type "os.exit(7)\r"
      assert.equal(7, prompt:finish().code)
    end))

  it("is stopped by Ctrl-Z and continued by fg", function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    -- The shell's own prompt is "$ ".
    local folder = temp.folder()
    local prompt <close> = typist.start({},
      { before = "", shell = "exec env PS1='sh: ' sh -i", cwd = folder })
    prompt:expect "sh: "
    prompt:type(shell.quote(release.path), " --sandbox\n")
    prompt:expect "\27[?2004h> "
    prompt:type "1 + 41"
    prompt:expect "1 + 41"
    prompt:type(keys.stop)
    prompt:expect "\27[?2004l"
    prompt:expect "sh: "
    prompt:type "stty -a\n"
    prompt:expect " icanon"
    prompt:expect "sh: "
    prompt:type "fg\n"
    prompt:expect "\27[?2004h"
    prompt:expect "> 1 + 41"
    prompt:type(keys.enter)
    prompt:expect "42\r\n"
    prompt:expect "\27[?2004h> " -- before it, Ctrl-D is the terminal's
    prompt:type(keys.eof)
    prompt:expect "sh: "
    prompt:type(keys.eof)
    prompt:finish()
  end)

  for what, options in pairs {
    ["without a cursor"] = { env = { TERM = "dumb" } },
    ["of no known kind"] = { env = { TERM = false } },
  } do
    it("is a plain one " .. what, function()
      if not typist.works() then pending "needs a pseudo-terminal" end
      local prompt <close> = typist.start({}, options)
      prompt:expect "> "
      prompt:type "1 + 1\r"
      prompt:expect "\n2\r\n> "
      prompt:type "print 'begun' while true do end\r"
      prompt:expect "\nbegun\r\n"
      prompt:type(keys.interrupt)
      prompt:expect "mkrun: interrupted\r\n> "
      prompt:type(keys.interrupt)
      prompt:expect "\r\n> "
      assert.not_matches("\27", leave(prompt))
    end)
  end

  it("has no colours, NO_COLOR or not", function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    for _, value in ipairs { false, "1" } do
      local prompt <close> = typist.start({}, { env = { NO_COLOR = value } })
      prompt:expect "\27[?2004h> "
      prompt:type "str\t"
      prompt:expect "string"
      assert.equal("3\n", answer(prompt, ".len 'abc'"))
      assert.not_matches("\27%[[%d;]*m", leave(prompt))
    end
  end)
end)

describe("Tab at the prompt", function()
  --- What is typed, and what the line is afterwards.
  local CASES <const> = {
    ["str\t"] = "string", ["string.for\t"] = "string.format",
    ["x = coro\t"] = "x = coroutine",
    ["org.tea\t"] = "org.teams", ["org.teams:remo\t"] =
      "org.teams:remove_member",
    ["org.me.tokens:revoke_\t"] = "org.me.tokens:revoke_all",
    ["require 'mkrun.deci\t"] = "require 'mkrun.decimal",
    ["io.open('some\t"] = "io.open('some file.txt", ["whi\t"] = "while",
    ["print(mine.fie\t"] = "print(mine.field",
    ["io.open 'fold\tin\t"] = "io.open 'folder/inner",
    ["f().str\t"] = "f().str\r", ["'str\t"] = "'str\r", ["-- str\t"] =
      "-- str\r", ["x.y\t"] = "x.y\r", ["1str\t"] = "1str\r",
  }

  it("ends names, methods, modules and files", function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    local folder = temp.folder()
    temp.write(folder .. "/some file.txt", "")
    shell.execute("mkdir -p " .. folder .. "/folder/inner")
    local prompt <close> = typist.start({ "--sandbox", "-i", "-e",
      "mine = { field = 1 }" }, { cwd = folder })
    prompt:expect "\27[?2004h> "
    for typed, line in pairs(CASES) do
      prompt:type(typed)
      if line:find "\r$" then prompt:type "!" end
      prompt:expect("> " .. line:gsub("\r$", "!"))
      prompt:type(keys.interrupt)
      prompt:expect "\27[?2004h> "
    end
    leave(prompt)
  end)

  it("shows several, and takes the next one each time",
    at_prompt({ "--sandbox" }, nil, function(prompt)
      prompt:type "org.teams:ens\t"
      prompt:expect "1 ensure"
      prompt:expect "2 ensure_all"
      prompt:type "\t\t"
      prompt:expect "org.teams:ensure_all"
      prompt:type(keys.interrupt)
      prompt:expect "\27[?2004h> "
      leave(prompt)
    end))

  it("runs no code of the script and sends nothing", function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    local prompt <close> = typist.start({ "-i", "-e", [[
      ran = 0
      trap = setmetatable({}, { __index = function() ran = ran + 1 end,
        __pairs = function() ran = ran + 1 end })]] },
      { env = { MKIO_TOKEN = "canary-4c2d8f0e",
        MKIO_BASE_URL = "http://127.0.0.1:9" } })
    prompt:expect "\27[?2004h> "
    prompt:type "trap.x\ttrap.y.z\torg.tea\t"
    prompt:expect "org.tea"
    prompt:type(keys.interrupt)
    prompt:expect "\27[?2004h> "
    prompt:type "org.tea\t"
    prompt:expect "org.teams"
    prompt:type(keys.interrupt)
    prompt:expect "\27[?2004h> "
    assert.equal("0\n", answer(prompt, "ran"))
    leave(prompt)
  end)
end)

describe("Ctrl-C at the prompt", function()
  it("leaves the line and nothing else", at_prompt({}, nil, function(prompt)
    answer(prompt, "x = 1")
    for _ = 1, 3 do
      prompt:type("x = 2", keys.interrupt)
      prompt:expect "\27[?2004h> "
    end
    prompt:type("for i = 1, 2 do\r")
    prompt:expect ">> "
    prompt:type(keys.interrupt)
    prompt:expect "\27[?2004h> "
    assert.equal("1\n", answer(prompt, "x"))
    leave(prompt)
  end))

  for what, statement in pairs {
    ["an endless loop"] = "while true do end",
    ["a loop that catches errors"] = "while true do pcall(error) end",
    ["a sleep"] = "require 'mkrun.task'.sleep(3600)",
    ["a task"] = "require 'mkrun.task'.spawn(function() while true do end "
      .. "end):wait()",
    ["a command"] = "os.execute 'echo ready; exec sleep 3600'",
    ["what a command writes"] =
      "io.popen 'echo ready >&2; exec sleep 3600' :read 'a'",
    ["the printing of a value"] = "setmetatable({}, { __tostring = function() "
      .. "while true do end end })",
  } do
    it("stops " .. what .. " and keeps the state",
      at_prompt({}, nil, function(prompt)
        answer(prompt, "x = 1")
        for _ = 1, 2 do
          prompt:type(statement, keys.enter)
          prompt:expect "\27[?2004l\r\n"
          if statement:find "ready" then prompt:expect "ready\r\n" end
          prompt:type(keys.interrupt)
          prompt:expect "mkrun: interrupted\r\n"
          prompt:expect "\27[?2004h> "
        end
        assert.equal("1\n", answer(prompt, "x"))
        assert.equal("true\n", answer(prompt, "pcall(print)"):match "[^\n]*\n$")
        leave(prompt)
      end))
  end

  it("cancels a request", function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    local server <close> = nginx.start()
    local held <close> = gate.open(server)
    local prompt <close> = typist.start({})
    prompt:expect "\27[?2004h> "
    answer(prompt, "http, x = require 'mkrun.http', 1")
    for _ = 1, 2 do
      prompt:type(("http.get(%q, { timeout = 3600 })\r"):format(
        server.url.plain .. "/gate"))
      prompt:expect "\27[?2004l\r\n"
      prompt:type(keys.interrupt)
      prompt:expect "mkrun: interrupted\r\n"
      prompt:expect "\27[?2004h> "
    end
    assert.matches("^1\t%d+\n$", answer(prompt, ("x, http.get(%q).status")
      :format(server.url.plain .. "/x")))
    leave(prompt)
    assert.is_not_nil(held)
  end)

  it("stops the script before it, which has failed then", function()
    if not typist.works() then pending "needs a pseudo-terminal" end
    local prompt <close> = typist.start { "-i", "-e",
      "x = 1 print 'ready' while true do end" }
    prompt:expect "ready\r\n"
    prompt:type(keys.interrupt)
    prompt:expect "mkrun: interrupted\r\n"
    prompt:expect "\27[?2004h> "
    assert.equal("1\n", answer(prompt, "x"))
    leave(prompt, 130)
  end)

  it("stops no prompt without a terminal", function()
    local folder = temp.folder()
    shell.execute("mkfifo " .. folder .. "/in")
    local pipe <close> = assert(io.open(folder .. "/in", "r+"))
    local child <close> = process.spawn({ "sh", "-c",
      'exec "$0" -i <' .. folder .. "/in", release.path })
    assert(pipe:write "print 'ready' while true do end\n")
    pipe:flush()
    process.wait_until("ready", function()
      return child:output():find "ready"
    end)
    child:signal "INT"
    assert.equal(130, child:wait().code)
  end)
end)

describe("the history of the prompt", function()
  --- Starts a prompt with this home.
  local function open(home, options)
    options = options or {}
    local env = { HOME = home }
    for name, value in pairs(options.env or {}) do env[name] = value end
    local prompt = typist.start(options.words or {}, { env = env })
    prompt:expect "\27[?2004h> "
    return prompt
  end

  local FILE <const> = "/.local/state/mkrun/history"

  local function needs_terminal()
    if not typist.works() then pending "needs a pseudo-terminal" end
  end

  it("is there in the next prompt, and private", function()
    needs_terminal()
    local home = temp.folder()
    local first <close> = open(home)
    assert.equal("42\n", answer(first, "40 + 2"))
    first:type "x = {\r"
    first:expect ">> "
    answer(first, "'a\\\\n' }")
    leave(first)
    assert.equal("40 + 2\nx = {\\n'a\\\\\\\\n' }\n", temp.read(home .. FILE))
    assert.equal("600 700 700 700\n", shell.output(("cd %s && stat -c %%a "
      .. ".local/state/mkrun/history .local/state/mkrun .local/state .local "
      .. "| tr '\\n' ' '; echo"):format(home)):gsub(" *$", "")
      :gsub(" *\n*$", "\n"))
    local second <close> = open(home)
    second:type(keys.up)
    second:expect "'a\\\\n' }"
    second:type(keys.up, keys.up)
    second:expect "> 40 + 2"
    assert.equal("42\n", answer(second, ""))
    second:type(keys.search, "40")
    second:expect "40 + 2"
    second:type(keys.enter)
    assert.equal("42\n", answer(second, ""))
    leave(second)
  end)

  it("has no secret and nothing like a token", function()
    needs_terminal()
    local home = temp.folder()
    local prompt <close> = open(home,
      { env = { MKIO_TOKEN = "canary-4c2d8f0e" } })
    answer(prompt, "a = 'canary-4c2d8f0e'")
    answer(prompt, "b = 'correct horse'") -- not known as a secret yet
    answer(prompt, "c = 'eyJhbGciOiJIUzI1NiJ9.e30.x'")
    assert.matches("canary", prompt:output())
    answer(prompt, "require 'mkrun.secret'.new('battery staple', 'one')")
    answer(prompt, "x = = require 'mkrun.secret'.new('not run', 'one')")
    answer(prompt, "x = = secret.new [[not run]]")
    answer(prompt, "d = 4")
    assert.matches("correct horse", temp.read(home .. FILE))
    answer(prompt, "require 'mkrun.secret'.new(b, 'other')")
    prompt:type(keys.up, keys.up)
    prompt:expect "> d = 4"
    prompt:type(keys.up)
    prompt:expect "> b = 'correct horse'" -- this prompt's own, not the file's
    prompt:type(keys.interrupt)
    prompt:expect "\27[?2004h> "
    leave(prompt)
    assert.equal("d = 4\nrequire 'mkrun.secret'.new(b, 'other')\n",
      temp.read(home .. FILE))
  end)

  it("is written by several prompts at once", function()
    needs_terminal()
    local home, prompts, want = temp.folder(), {}, {}
    for i = 1, 3 do prompts[i] = open(home) end
    for round = 1, 10 do
      for i, prompt in ipairs(prompts) do
        prompt:type(("x = %d\r"):format(100 * i + round))
        want[#want + 1] = ("x = %d"):format(100 * i + round)
      end
    end
    for i, prompt in ipairs(prompts) do
      prompt:expect(("x = %d"):format(100 * i + 10))
      prompt:expect "\27[?2004h> "
      leave(prompt)
    end
    local got = {}
    for line in temp.read(home .. FILE):gmatch "[^\n]+" do
      got[#got + 1] = line
    end
    table.sort(got)
    table.sort(want)
    assert.same(want, got)
  end)

  it("is no longer than 2000 statements", function()
    needs_terminal()
    local home, lines = temp.folder(), {}
    for i = 1, 2000 do lines[i] = "x = " .. i .. "\n" end
    shell.execute("mkdir -p " .. home .. "/.local/state/mkrun")
    temp.write(home .. FILE, table.concat(lines))
    local prompt <close> = open(home)
    answer(prompt, "x = 2001")
    leave(prompt)
    local text = temp.read(home .. FILE)
    assert.equal(1001, select(2, text:gsub("\n", "")))
    assert.matches("^x = 1001\n", text)
    assert.matches("\nx = 2000\nx = 2001\n$", text)
  end)

  it("is where the variables say, or nowhere", function()
    needs_terminal()
    local home = temp.folder()
    for _, case in ipairs {
      { { XDG_STATE_HOME = home .. "/state" }, home .. "/state/mkrun/history" },
      { { MKRUN_HISTORY = home .. "/mine" }, home .. "/mine" },
      { { MKRUN_HISTORY = "" } }, { { HOME = "/nowhere" } },
      { { HOME = false } }, { { MKRUN_HISTORY = "/dev/null" } },
      { { MKRUN_HISTORY = home } },
    } do
      local env, file = table.unpack(case)
      local prompt <close> = open(home, { env = env })
      assert.equal("3\n", answer(prompt, "1 + 2"))
      prompt:type(keys.up) -- in this prompt, in any case
      assert.equal("3\n", answer(prompt, ""))
      leave(prompt)
      assert.is_nil(temp.read(home .. FILE))
      if file then assert.matches("^1 %+ 2\n", temp.read(file)) end
    end
  end)

  it("is not needed: the prompt works where it cannot be", function()
    needs_terminal()
    local home = temp.folder()
    temp.write(home .. "/.local", "a file")
    local prompt <close> = open(home)
    assert.equal("3\n", answer(prompt, "1 + 2"))
    leave(prompt)
    assert.equal("a file", temp.read(home .. "/.local"))
  end)

  it("is mended where it was damaged", function()
    needs_terminal()
    local home = temp.folder()
    shell.execute("mkdir -p " .. home .. "/.local/state/mkrun")
    temp.write(home .. FILE, "\n\nx = 1\na\27[2Jb\n\0\nc = '\u{9b}2J'\n"
      .. "d = '\xC3\xA4\x9B2J'\nx = 2")
    shell.execute("chmod 644 " .. home .. FILE)
    local prompt <close> = open(home)
    prompt:type(keys.up)
    prompt:expect "> x = 2"
    prompt:type(keys.up)
    prompt:expect "> x = 1"
    prompt:type(keys.interrupt)
    prompt:expect "\27[?2004h> "
    answer(prompt, "x = 3")
    assert.not_matches("\27[2J", leave(prompt), 1, true)
    assert.matches("x = 3\n$", temp.read(home .. FILE))
    assert.equal("600", shell.output("stat -c %a " .. home .. FILE))
  end)

  it("has nothing of a prompt after a confined script", function()
    needs_terminal()
    local home = temp.folder()
    local script = temp.file("--- X.\n-- @usage x\n-- @needs api:read\nx = 5\n",
      "x.lua")
    local prompt <close> = open(home, { words = { "--sandbox", "-i", script } })
    assert.equal("5\n", answer(prompt, "x"))
    assert.matches("not allowed", answer(prompt, "io.open '/etc/passwd'"))
    assert.matches("not allowed", answer(prompt, "os.execute 'true'"))
    assert.equal("Everyone\n", answer(prompt,
      "org.teams:get 'Everyone'.metadata.name"))
    leave(prompt)
    assert.is_nil(temp.read(home .. FILE))
  end)
end)

describe("the prompt after a script", function()
  it("has its globals, and comes after a failure too", function()
    local file = temp.file("x = ... y = nil + 1")
    local outcome = release.run({ "-i", file, "a" }, { stdin = "x\n" })
    assert.equal(1, outcome.code)
    assert.matches("> a\n> \n$", outcome.out)
    assert.matches(":1: attempt to perform arithmetic on a nil value",
      outcome.err)
    outcome = release.run({ "-i", temp.file "x =" }, { stdin = "1 + 1\n" })
    assert.equal(1, outcome.code)
    assert.matches("> 2\n> \n$", outcome.out)
    assert.equal(7, release.run({ "-i", "-e", "x = 1 error(setmetatable({ "
      .. "exit_code = 7 }, { __tostring = function() return 'T' end }))" },
      { stdin = "x\n" }).code)
  end)

  it("says of a name without a value what may be meant", function()
    local outcome = release.run({ "-i" }, { stdin = "prnt\n=onboard\njsn\n"
      .. "nothing_like_it\nnil\nx, y\nprnt()\nname = nil\n" })
    for said in ([[
'prnt' has no value, did you mean 'print'?
'onboard' has no value; there is help 'onboard'.
'jsn' has no value; there is help 'json'.
'nothing_like_it' has no value.
]]):gmatch "[^\n]+" do
      assert.matches("> nil\n" .. said .. "\n", outcome.out, 1, true)
    end
    local _, count = outcome.out:gsub("has no value", "")
    assert.equal(4, count)
  end)

  it("lets tasks end", function()
    local outcome = release.run({ "-i" }, { stdin = [[
t = require "mkrun.task".spawn(function() print "done" end)
print "typed"
]] })
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("> > typed\n> \ndone\n$", outcome.out)
  end)

  it("has no org without a token, and none over the script's own", function()
    assert.matches("> nil\n", release.run({ "-i" }, { stdin = "org\n" }).out)
    assert.matches("> 5\n", release.run({ "--sandbox", "-i", "-e",
      "org, help = 5, 6" }, { stdin = "org\nhelp\n" }).out)
    assert.matches("> 6\n", release.run({ "--sandbox", "-i", "-e",
      "org, help = 5, 6" }, { stdin = "org\nhelp\n" }).out)
  end)

  it("makes org at its first use", function()
    local outcome = release.run({ "-i", "--sandbox=/nowhere/x" },
      { stdin = "1 + 1\norg.teams:list()\n1 + 2\n" })
    assert.equal(0, outcome.code)
    assert.matches("> 2\n> > 3\n", outcome.out)
    assert.matches("/nowhere", outcome.err)
  end)

  it("holds when globals of Lua are used for something else", function()
    local outcome = release.run({ "-i" }, { stdin = [[
type, next, print, require, table, pcall, tostring = 1, 2, 3, 4, 5, 6, 7
{ a = 1 }, type
help(string)
]] })
    assert.matches("> > { a = 1 }\t1\n> a value of the type table\n",
      outcome.out, 1, true)
    assert.equal("", outcome.err)
  end)
end)
