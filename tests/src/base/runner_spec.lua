local cage = require "mkrun.cage"

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local DEBUG <const> = shell.output "pwd" .. "/build/debug/mkrun"

--- Lua that grants the commands and closes the cage over nothing else.
local function confined(commands, code)
  local words = {}
  for i, command in ipairs(commands) do
    local kind = command:match "^program:"
    words[i] = ("{ %s = %q },"):format(kind and "program" or "exact",
      kind and command:sub(#kind + 1) or command)
  end
  return ([[
    local cage = require "mkrun.cage"
    assert(cage.run { %s })
    assert(cage.close {})
    %s]]):format(table.concat(words, " "), code)
end

local function run(commands, code, options)
  local outcome = process.run({ DEBUG, "-e", confined(commands, code) },
    options)
  assert.equal("", outcome.err)
  assert.equal(0, outcome.code)
  return outcome.out
end

local REFUSED <const> = "nil\tOperation not permitted\t1\n"

describe("a command by its whole text", function()
  it("runs in a shell, and no other text does", function()
    assert.equal("a\nb\ntrue\texit\t0\n" .. REFUSED:rep(3),
      run({ "echo a; echo b" }, [[
        print(os.execute "echo a; echo b")
        print(os.execute "echo a; echo c")
        print(os.execute "echo a")
        print(os.execute "echo a; echo b ")]]))
  end)

  it("ends as it does without a cage", function()
    local commands = { "true", "exit 3", "kill -9 $$", "exec no-such-program-x",
      "sleep 0.2" }
    local code = [[
      for _, command in ipairs { "true", "exit 3", "kill -9 $$",
          "exec no-such-program-x 2>/dev/null" } do
        print(os.execute(command))
        print(io.popen(command):close())
      end]]
    commands[4] = "exec no-such-program-x 2>/dev/null"
    local without = process.run { DEBUG, "-e", code }
    assert.matches("nil\texit\t3\n.*nil\tsignal\t9\n.*nil\texit\t127",
      without.out)
    assert.equal(without.out, run(commands, code))
  end)

  it("is not held by the cage", function()
    local folder = temp.folder()
    run({ "cat /proc/self/status >status" }, [[
      assert(os.execute "cat /proc/self/status >status")
      assert(not io.open "status")]], { cwd = folder })
    local status = temp.read(folder .. "/status")
    assert.matches("\nNoNewPrivs:%s0\nSeccomp:%s0\n", status)
  end)

  it("gives more output than a pipe holds, and takes as much", function()
    assert.equal("3000000\ttrue\n3000000\ntrue\n",
      run({ "yes | head -c 3000000", "wc -c" }, [[
        local pipe = io.popen "yes | head -c 3000000"
        print(#pipe:read "a", (pipe:close()))
        pipe = io.popen("wc -c", "w")
        pipe:write(("x"):rep(3000000))
        print((pipe:close()))]]))
  end)

  it("runs beside others", function()
    assert.equal("true\ttrue\nx\n", run({ "cat >a", "cat a; echo x" }, [[
      local one = io.popen("cat >a", "w")
      local two = io.popen "cat a; echo x"
      local text = two:read "a"
      print((two:close()), (one:close()))
      io.write(text)]], { cwd = temp.folder() }):gsub("cat: [^\n]*\n", ""))
  end)

  it("gets mkrun's standard files, and no other descriptor", function()
    local folder = temp.folder()
    local code = confined({ "ls /proc/self/fd >&2; cat" },
      'os.execute "ls /proc/self/fd >&2; cat"')
    shell.execute(("cd %s && echo in | %s -e %s 7</dev/null >out 2>err")
      :format(folder, DEBUG, shell.quote(code)))
    assert.equal("in\n", temp.read(folder .. "/out"))
    assert.equal("0\n1\n2\n3\n", temp.read(folder .. "/err")) -- 3: of ls
  end)

  it("cannot print if mkrun's standard output is closed", function()
    local folder = temp.folder()
    shell.execute(("cd %s && %s -e %s >&-"):format(folder, DEBUG,
      shell.quote(confined({ "echo x 2>/dev/null || echo closed >how" },
        'os.execute "echo x 2>/dev/null || echo closed >how"'))))
    assert.equal("closed\n", temp.read(folder .. "/how"))
  end)
end)

describe("a command by its program", function()
  local folder, echo
  setup(function()
    folder = temp.folder()
    echo = folder .. "/say"
    temp.write(echo, '#!/bin/sh\nfor i; do printf "[%s]" "$i"; done\necho\n')
    shell.execute("chmod +x " .. echo)
  end)

  local function say(text, path)
    return run({ "program:say" }, ("print(os.execute(%q))"):format(text),
      { cwd = folder, env = { PATH = path or folder .. ":/usr/bin:/bin" } })
  end

  it("gets the words that a shell would give it", function()
    for text, words in pairs {
      ["say"] = "", ["say a b"] = "[a][b]", [" \tsay  a\tb "] = "[a][b]",
      ["say 'a  b' \"c d\""] = "[a  b][c d]", ["say '' \"\""] = "[][]",
      ["say a'b'\"c\"d"] = "[abcd]", ["'say' x"] = "[x]",
      ["say '$HOME;|&<>(){}*?#~`\\\"'"] = "[$HOME;|&<>(){}*?#~`\\\"]",
      ["say \"it's;|&<>(){}*?#~\""] = "[it's;|&<>(){}*?#~]",
      ["say --a=b /c:d,e@f+g%h-i.j_k!^"] = "[--a=b][/c:d,e@f+g%h-i.j_k!^]",
      ["say 'a\nb'"] = "[a\nb]", ["say '\xC3\xA9'"] = "[\xC3\xA9]",
    } do
      assert.equal(words .. "\ntrue\texit\t0\n", say(text))
      assert.equal(words, (shell.output(("PATH=%s:$PATH; %s"):format(folder,
        text))))
    end
  end)

  it("does not run with anything that needs a shell", function()
    local texts = { "say 'a", 'say "a', "say a'b", 'say "a$HOME"', 'say "`id`"',
      'say "a\\b"', "", "  ", "saying", "sa", "./say", echo, "x say", "sh",
      "''", "say\nid" }
    for special in (";&|<>()$`\\*?[]#~{}\n"):gmatch "." do
      texts[#texts + 1] = "say a" .. special .. "id"
      texts[#texts + 1] = "say " .. special
      texts[#texts + 1] = special .. "say"
    end
    local list = {}
    for i, text in ipairs(texts) do list[i] = ("%q"):format(text) end
    local out = run({ "program:say" }, ([[
      for _, text in ipairs { %s } do
        local ok, why = os.execute(text)
        if ok or why ~= "Operation not permitted" then print(text, why) end
      end]]):format(table.concat(list, ", ")),
      { env = { PATH = folder .. ":/usr/bin:/bin" } })
    assert.equal("", out)
  end)

  it("is the file that was on PATH", function()
    local top = temp.folder()
    shell.execute(("mkdir %s/first && cp %s %s/say"):format(top, echo, top))
    assert.equal("[a]\ntrue\texit\t0\n", run({ "program:say", "program:cp",
        "program:chmod" }, [[
      assert(os.execute "cp /bin/false first/say")
      assert(os.execute "chmod +x first/say")
      print(os.execute "say a")]],
      { cwd = top, env = { PATH = "first:" .. top .. ":/usr/bin:/bin" } }))
  end)

  it("may be named by its path, and is then used so", function()
    assert.equal("[a]\ntrue\texit\t0\n" .. REFUSED,
      run({ "program:./say" }, [[
        print(os.execute "./say a")
        print(os.execute "say a")]], { cwd = folder }))
  end)

  it("takes a secret on its standard input, or leaves it", function()
    assert.equal("true\nnil\ttrue: left 9 bytes unread\tunread\n",
      run({ "program:dd", "true" }, [[
        local secret <close> = require "mkrun.secret".new("hunter2-x")
        print(secret:pipe "dd of=stored status=none")
        print(secret:pipe "true")]], { cwd = folder }))
    assert.equal("hunter2-x", temp.read(folder .. "/stored"))
  end)
end)

describe("cage.run", function()
  it("refuses a program that is not there", function()
    local outcome = process.run { DEBUG, "-e", [[
      local cage = require "mkrun.cage"
      print(cage.run { { program = "no-such-program-x" } })
      print(cage.run { { program = "./no-such-program-x" } })
      print(cage.run { { program = "/etc/passwd" } })
      print(cage.run { { program = "" } })]] }
    assert.equal('nil\tcannot find the program "no-such-program-x" on PATH\n'
      .. 'nil\tcannot find the program "./no-such-program-x"\n'
      .. 'nil\tcannot find the program "/etc/passwd"\n'
      .. 'nil\tcannot find the program "" on PATH\n', outcome.out)
  end)

  it("can be called once", function()
    local outcome = process.run { DEBUG, "-e", [[
      local cage = require "mkrun.cage"
      print(cage.run {})
      print(cage.run {})
      print(os.execute "true")]] }
    assert.equal("true\nnil\tthe runner of commands runs already\n" .. REFUSED,
      outcome.out)
  end)

  it("raises for other arguments", function()
    for code, message in pairs {
      ["()"] = "table expected", ["{ 1 }"] = "bad command #1 %(table",
      ["{ {} }"] = "bad command #1 %(field 'exact' or 'program'",
      ["{ { exact = 'a', program = 'b' } }"] = "bad command #1 %(field",
      ["{ { exact = '' }, { program = 1 } }"] = "field 'program' of command #2",
      ["{ { exact = 'a\\0b' } }"] = "field 'exact' of command #1",
    } do
      local _, err = pcall(assert(load("require 'mkrun.cage'.run" .. code)))
      assert.matches(message, err)
    end
    assert.is_nil(rawget(cage, "runner"))
  end)
end)

describe("a signal", function()
  local WAITS <const> = "echo $$ $PPID >pids.new; mv pids.new pids; "
    .. "exec sleep 600"

  local function is_alive(pid)
    local stat = temp.read(("/proc/%d/stat"):format(pid))
    return stat ~= nil and not stat:find "%) Z"
  end

  local function ends(pid)
    process.wait_until("the end of " .. pid,
      function() return not is_alive(pid) end)
  end

  --- Starts mkrun with a command that waits.  Returns mkrun, and the numbers of
  --- the command and of the runner.
  local function start(code, prefix)
    local folder = temp.folder()
    local words = { release.path, "-e", confined({ WAITS },
      code:format(WAITS)) }
    if prefix then table.insert(words, 1, prefix) end
    local running = process.spawn(words, { cwd = folder })
    local pids = process.wait_until("the command",
      function() return temp.read(folder .. "/pids") end)
    local command, runner = pids:match "(%d+) (%d+)"
    return running, math.tointeger(command), math.tointeger(runner)
  end

  it("ends the wait for a command and the command", function()
    for _, code in ipairs { "os.execute %q", "io.popen(%q):close()",
        "io.popen(%q):read 'a'" } do
      local running <close>, command, runner = start(code)
      running:signal "TERM"
      assert.equal(143, running:wait().code)
      ends(runner)
      if code:find "execute" or code:find "close" then ends(command) end
      shell.works("kill -KILL " .. command)
    end
  end)

  it("of the terminal reaches the command, and mkrun, but not the runner",
    function()
      local running <close>, command, runner = start("os.execute %q", "setsid")
      shell.execute(("kill -s INT -- -%d"):format(running.pid))
      assert.same({ code = 130, out = "", err = "mkrun: interrupted\n" },
        running:wait())
      ends(command)
      ends(runner)
    end)

  it("that kills mkrun ends the runner", function()
    local running <close>, command, runner = start "os.execute %q"
    assert.is_true(is_alive(runner))
    running:signal "KILL"
    assert.equal(137, running:wait().code)
    ends(runner)
    shell.works("kill -KILL " .. command)
  end)

  it("that kills the runner is an error of the command", function()
    local running <close>, command, runner =
      start "print(os.execute %q) print(os.execute 'x')"
    shell.execute("kill -KILL " .. runner)
    local outcome = running:wait()
    assert.same({ code = 0, err = "", out = "nil\tNo child process\t10\n"
      .. "nil\tBroken pipe\t32\n" }, outcome)
    shell.works("kill -KILL " .. command)
  end)

  it("of Ctrl-C that ended the command ends mkrun", function()
    local outcome = process.run { release.path, "-e", confined(
      { "kill -INT $$" }, "pcall(os.execute, 'kill -INT $$') print 'never'") }
    assert.same({ code = 130, out = "", err = "mkrun: interrupted\n" },
      outcome)
  end)

  it("lets a command finish that was given a secret", function()
    local command = "cat >stored; "
      .. "kill -TERM $(sed -n 's/^PPid:.//p' /proc/$PPID/status); "
      .. "sleep 0.3; echo done >>stored"
    local code = confined({ command }, ([[
      local secret = require "mkrun.secret".new "hunter2-x\n"
      secret:pipe(%q)
      print "never"]]):format(command))
    local folder = temp.folder()
    local outcome = process.run({ release.path, "-e", code }, { cwd = folder })
    assert.same({ code = 143, out = "", err = "mkrun: terminated\n" },
      outcome)
    assert.equal("hunter2-x\ndone\n", temp.read(folder .. "/stored"))
  end)

  it("that is ignored stays so in the command", function()
    local outcome = process.run({ "sh", "-c", "trap '' HUP; exec \"$@\"", "sh",
      release.path, "-e", confined({ "grep SigIgn /proc/self/status" },
        'os.execute "grep SigIgn /proc/self/status"') })
    local ignored = tonumber(outcome.out:match "SigIgn:%s+(%x+)", 16)
    assert.equal(1, ignored & 0x7fffffff) -- SIGHUP is 1
  end)
end)

describe("the runner", function()
  it("leaves nothing behind, and no zombie", function()
    local folder = temp.folder()
    shell.execute(("cd %s && %s -e %s >out; "
      .. "ls -d /proc/$(cat out) >after 2>/dev/null || :"):format(folder,
      release.path, shell.quote(confined({ "echo $PPID" },
        'os.execute "echo $PPID"'))))
    assert.matches("^%d+\n$", temp.read(folder .. "/out"))
    assert.equal("", temp.read(folder .. "/after"))
  end)

  it("shows its memory to no other process of its user", function()
    local command = "stat -c %u /proc/$PPID/environ"
    assert.equal("0\n", run({ command }, ("os.execute %q"):format(command)))
  end)

  it("works for another user", function()
    local folder = temp.folder()
    local user = "setpriv --reuid=65534 --regid=65534 --clear-groups "
    if not shell.works(user .. "true") then
      pending "needs root and setpriv"
    end
    assert.equal("65534\na b\n" .. REFUSED, shell.output(
      ("cd %s && chmod 755 . && cp %s mkrun && %s ./mkrun -e %s"):format(
        folder, release.path, user, shell.quote(confined(
          { "id -u", "program:echo" }, [[
            os.execute "id -u"
            os.execute "echo 'a b'"
            print(os.execute "echo $HOME")]])))) .. "\n")
  end)

  it("keeps no descriptor but its socket", function()
    -- The runner closes the streams of a command after it has started it.
    local command = "n=0; while [ -e /proc/$PPID/fd/4 ] && [ $n -lt 3000 ]; do "
      .. "n=$((n + 1)); sleep 0.1; done; readlink /proc/$PPID/fd/*"
    if shell.output "id -u" ~= "0" then pending "needs root" end
    local out = run({ command }, ("os.execute %q"):format(command))
    assert.matches("^/dev/null\n/dev/null\n/dev/null\nsocket:%S+\n$", out)
  end)

  it("believes nothing of a request", function()
    local check = temp.folder() .. "/check"
    shell.execute("gcc -std=gnu11 -D_GNU_SOURCE -Wall -Werror -Isrc -g "
      .. "-fsanitize=address,undefined -o " .. check
      .. " tests/src/base/runner_check.c src/base/runner_*.c "
      .. "src/base/real_path.c")
    local bystander <close> = process.spawn { "sleep", "600" }
    local outcome = process.run({ check, bystander.pid },
      { env = { ASAN_OPTIONS = "detect_leaks=0" } })
    assert.equal([[
granted: started
not granted: EPERM
without its end: EPROTO
with two ends: EPROTO
without text: EPROTO
too long: EPROTO
two files for three: EPROTO
three files for one: EPROTO
eight files: EPROTO
all bits: EPROTO
short: EPROTO
unknown kind: EPROTO
granted again: started
4
ended with 0
]], outcome.out)
    assert.equal(0, outcome.code)
    assert.equal("granted\ngranted\n", outcome.err)
    assert.is_true(bystander:alive())
  end)
end)
