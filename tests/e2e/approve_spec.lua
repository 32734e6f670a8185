--- Scripts that destroy: what is shown, and what a yes allows.

local benches = require "tests.support.bench"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local terminal = require "tests.scripts.terminal"

local TOKEN <const> = "canary-4c2d8f0e"

local bench = benches.new

describe("a script with the tag destructive", function()
  local HEAD <const> = "--- Delete a team.\n--\n-- @usage mkrun x.lua [--yes]\n"
    .. "-- @arg --yes do not ask\n-- @tags write, destructive\n"
  local BODY <const> = [[
    require "mkrun.script".arguments(...)
    print "gone"
    require "mkio".connect().teams:delete "crew"]]

  local function destructive()
    local b = bench()
    b.write("x.lua", HEAD .. BODY)
    return b
  end

  it("shows what it deletes and does nothing without a terminal", function()
    local b = destructive()
    local state = b.read "state.json"
    local outcome = b.run("x.lua")
    assert.equal(2, outcome.code)
    assert.equal("", outcome.out)
    assert.matches('^  %- team "crew"\n', outcome.err)
    assert.matches("\nPlan: 0 to create, 0 to change, 1 to delete.\n"
      .. "mkrun: nothing was done: there is no terminal to ask on, and no "
      .. "--yes\n", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
  end)

  it("does so when its parent ignores the end of children", function()
    local b = destructive()
    local state = b.read "state.json"
    local outcome = process.run({ "env", "--ignore-signal=CHLD", release.path,
      "--sandbox=state.json", "x.lua" }, { cwd = b.folder })
    assert.matches("there is no terminal to ask on", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
  end)

  it("sends nothing but reads before the answer", function()
    local api <close> = served.start { token = TOKEN }
    local folder = temp.folder()
    temp.write(folder .. "/x.lua", HEAD .. [[
      local org = require "mkio".connect()
      org.teams:ensure("crew", { description = "c" })
      org.teams:delete "crew"]])
    local function run(...)
      return release.run({ "--base-url", api.url, "x.lua", ... },
        { cwd = folder, env = { MKIO_TOKEN = TOKEN } })
    end
    local outcome = run()
    assert.equal(2, outcome.code, outcome.err)
    assert.matches('%- team "crew"', outcome.err)
    assert.not_matches(TOKEN, outcome.err, 1, true)
    for _, request in ipairs(api:requests()) do
      assert.equal("GET", request.method)
    end
    assert.equal(0, run("--yes").code)
    assert.equal(2, api:writes())
  end)

  for answer, code in pairs { ["y\n"] = 0, ["no\n"] = 2, [""] = 2 } do
    it(("asks on a terminal, and takes %q"):format(answer), function()
      if not terminal.works() then pending "needs a pseudo-terminal" end
      local b = destructive()
      local outcome = terminal.run({ "--sandbox=state.json", "x.lua" }, answer,
        { cwd = b.folder })
      assert.equal(code, outcome.code, outcome.out)
      assert.matches("Go on? [y/N] ", outcome.out, 1, true)
      assert.equal(code == 0, not b.read "state.json":find "crew")
    end)
  end

  --- A terminal that is as `setting` (words of sh) makes it before it asks;
  --- what is typed comes after the question.
  local function typed(b, setting, keys)
    local fifo = b.folder .. "/keys"
    shell.execute("mkfifo " .. fifo)
    local asking <close> = process.spawn { "sh", "-c", ([[
      cd %s; exec script -qec %s /dev/null 0<>keys]]):format(b.folder,
      shell.quote(setting .. " " .. shell.join { release.path,
        "--sandbox=state.json", "x.lua" })) }
    process.wait_until("the question", function()
      return asking:output():find("Go on? [y/N] ", 1, true)
        or not asking:alive()
    end)
    local out <close> = assert(io.open(fifo, "w"))
    out:write(keys)
    out:flush()
    local outcome = asking:wait()
    shell.execute("rm " .. fifo)
    return outcome.code, not b.read "state.json":find "crew"
  end

  it("waits for an answer on a terminal that is non-blocking or raw", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local tool = temp.folder() .. "/nonblock"
    shell.execute("gcc -o " .. tool .. " tests/support/nonblock.c")
    local NONBLOCK <const> = "exec " .. tool .. " 0 env"
    for _, case in ipairs {
      { "", "y\n", 0 }, { "", "y" .. ("e"):rep(5000) .. "\n", 2 },
      { NONBLOCK, "YES\n", 0 }, { NONBLOCK, "n\n", 2 },
      { "stty raw;", "y\r", 0 }, { "stty raw;", "n\r", 2 },
      { "stty raw;", "y\3", 2 }, { "stty raw;", "y\4", 2 },
    } do
      local code, gone = typed(destructive(), case[1], case[2])
      assert.same({ case[3], case[3] == 0 }, { code, gone },
        ("%s %q"):format(case[1], case[2]))
    end
  end)

  it("leaves to the script what was typed behind the answer", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local b = destructive()
    b.write("x.lua", HEAD .. BODY .. "\nprint(io.read() == 'next' and 'read')")
    local outcome = terminal.run({ "--sandbox=state.json", "x.lua" },
      "y\nnext\n", { cwd = b.folder })
    assert.equal(0, outcome.code, outcome.out)
    assert.matches("\nread\r?\n", outcome.out)
  end)

  it("is not asked about with --yes, or when it deletes nothing", function()
    local b = destructive()
    local outcome = b.run("x.lua", "--yes")
    assert.same({ 0, "gone\n" }, { outcome.code, outcome.out })
    b.write("x.lua", HEAD .. "print 'nothing'")
    assert.same({ code = 0, out = "nothing\n", err = "" }, b.run("x.lua"))
  end)

  it("asks again when it is resumed", function()
    local b = destructive()
    b.write("y.lua", (HEAD .. BODY):gsub("print \"gone\"",
      "require 'mkio'.connect():get() os.exit(1, true)"))
    local state = b.read "state.json"
    local function journal(words)
      b.write("j", '{"journal":1,"base_url":"https://app.mk.io",'
        .. '"sandbox":"state.json","words":[' .. words .. "]}\n")
    end
    journal '"y.lua","--yes"'
    assert.equal(1, b.run("--resume", "j").code)
    journal '"x.lua"'
    local outcome = b.run("--resume", "j")
    assert.same({ 2, "mkrun: --resume: x.lua asks before it deletes: give the "
      .. "script and its arguments again\n" }, { outcome.code, outcome.err })
    outcome = b.run("--resume", "j", "x.lua")
    assert.equal(2, outcome.code)
    assert.matches("there is no terminal to ask on, and no --yes", outcome.err,
      1, true)
    assert.equal(state, b.read "state.json")
  end)

  it("does nothing when what it would delete cannot be told", function()
    local b = destructive()
    assert.equal(0, b.run("x.lua", "--yes").code)
    local outcome = b.run("x.lua")
    assert.equal(1, outcome.code)
    assert.equal("", outcome.out)
    assert.matches("404", outcome.err, 1, true)
    assert.matches("\nmkrun: nothing was done: mkrun could not find out what "
      .. "would be deleted, and there is no --yes\n", outcome.err, 1, true)

    -- a dry run sends no such request, so it fails where the real run does not
    b = destructive()
    b.write("x.lua", HEAD .. [[
      assert(require "mkrun.http".post "http://127.0.0.1:1/hook")]] .. BODY)
    local state = b.read "state.json"
    outcome = b.run("x.lua")
    assert.equal(1, outcome.code)
    assert.matches("a dry run sends nothing but reads", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
  end)

  it("deletes nothing that was not shown", function()
    local b = bench()
    b.write("x.lua", HEAD .. [[
      for name in io.lines() do
        require "mkio".connect().teams:delete(name)
      end]])
    local outcome = process.run({ "sh", "-c", "echo crew | '" .. release.path
      .. "' --sandbox=state.json x.lua" },
      { cwd = b.folder })
    assert.equal(1, outcome.code)
    assert.equal("mkrun: DELETE /api/v1/organization/teams/crew: not sent, "
      .. "as it was not shown before the question, because mkrun does not "
      .. "read standard input before the question: if the script reads it, "
      .. "give --yes, or a file on standard input\n", outcome.err)
    assert.matches("crew", b.read "state.json", 1, true)
    outcome = process.run({ "sh", "-c", "echo crew | '" .. release.path
      .. "' --sandbox=state.json x.lua --yes" },
      { cwd = b.folder })
    assert.equal(0, outcome.code, outcome.err)
    assert.not_matches("crew", b.read "state.json", 1, true)
  end)

  it("speaks of no pipe where there is none", function()
    local b = bench()
    b.write("x.lua", HEAD .. [[
      local file = io.open "seen"
      if file then require "mkio".connect().teams:delete "crew" end
      io.open("seen", "w"):close()]])
    local outcome = process.run({ "sh", "-c", "'" .. release.path
      .. "' --sandbox=state.json x.lua </dev/null" },
      { cwd = b.folder })
    assert.equal(1, outcome.code)
    assert.equal("mkrun: DELETE /api/v1/organization/teams/crew: not sent, "
      .. "as it was not shown before the question\n", outcome.err)
  end)

  it("speaks of no pipe on a terminal", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local b = bench()
    b.write("x.lua", HEAD .. [[
      local file = io.open "seen"
      if file then require "mkio".connect().teams:delete "crew" end
      io.open("seen", "w"):close()]])
    local outcome = terminal.run({ "--sandbox=state.json", "x.lua" }, "",
      { cwd = b.folder })
    assert.equal(1, outcome.code)
    assert.matches("it was not shown before the question%s*$",
      outcome.out)
  end)

  it("knows that a new sandbox has other ids", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local b = bench()
    b.write("x.lua", HEAD .. [[
      local tokens = require "mkio".connect().me.tokens
      tokens:revoke(tokens:list()[1].metadata.id)]])
    for _, option in ipairs { "--sandbox", "--sandbox=new.json" } do
      local outcome = terminal.run({ option, "x.lua" }, "y\n",
        { cwd = b.folder })
      assert.equal(0, outcome.code, outcome.out)
    end
  end)

  it("is not asked about in a replay", function()
    local b = bench()
    b.write("x.lua", HEAD .. BODY)
    assert.equal(0, b.run("--record", "r.har", "x.lua", "--yes").code)
    local outcome = release.run({ "--replay", "r.har", "x.lua" },
      { cwd = b.folder })
    assert.same({ 0, "gone\n" }, { outcome.code, outcome.out })
  end)

  it("may delete what it makes itself, after a yes", function()
    if not terminal.works() then pending "needs a pseudo-terminal" end
    local b = bench()
    b.write("x.lua", HEAD .. [[
      local org = require "mkio".connect()
      local invite = org.invites:create("a@b.example", { comment = "hi" })
      org.invites:cancel(invite.metadata.id)]])
    local outcome = terminal.run({ "--sandbox=state.json", "x.lua" }, "y\n",
      { cwd = b.folder })
    assert.equal(0, outcome.code, outcome.out)
    assert.matches(' invite "a@b.example"', outcome.out, 1, true)
  end)

  for what, head in pairs {
    ["with three dashes"] = "--- Delete.\n--- @tags destructive\n",
    ["without a blank"] = "--Delete.\n--@tags write,destructive\n",
    ["with blanks before it"] = "-- Delete.\n--   @tags write\tdestructive\n",
    ["behind a licence"] = "-- SPDX-License-Identifier: MIT\n\n--- Delete.\n"
      .. "-- @tags destructive\n",
    ["behind an empty line"] = "\n\n  -- Delete.\n  -- @tags destructive\n",
    ["behind another"] = "-- Delete.\n-- @tags write\n-- @tags destructive\n",
    ["after lone carriage returns"] = "-- Delete.\r-- @tags destructive\r",
    ["after a #! line"] = "#!/usr/bin/env mkrun\r\n-- Delete.\r\n"
      .. "-- @tags destructive\r\n",
  } do
    it("is known by the tag " .. what, function()
      local b = bench()
      b.write("x.lua", head .. BODY)
      local outcome = b.run("x.lua")
      assert.equal(2, outcome.code, outcome.err)
      assert.matches("1 to delete", outcome.err, 1, true)
      assert.equal(0, b.run("x.lua", "--yes").code) -- takes it unasked
    end)
  end

  it("is asked about when it comes on standard input", function()
    local b = destructive()
    for _, words in ipairs { { "-" }, {} } do
      local outcome = release.run({ "--sandbox=state.json",
        table.unpack(words) }, { cwd = b.folder, stdin = b.read "x.lua" })
      assert.equal(2, outcome.code, outcome.err)
      assert.matches("1 to delete", outcome.err, 1, true)
    end
  end)

  for what, code in pairs {
    ["in a comment"] = "-- no script.approve here\n",
    ["in a text"] = "local text = 'script.approve'\n",
    ["where it is not reached"] =
      "if not arg then require 'mkrun.script'.approve 'Go?' end\n",
    ["about nothing"] = "require 'mkrun.script'.approve {}\n",
    ["after the deed"] = "local approve = require 'mkrun.script'.approve\n"
      .. BODY .. "\napprove('Go?', true) do return end ",
  } do
    it("is asked about with script.approve " .. what, function()
      local b = bench()
      b.write("x.lua", HEAD .. code .. BODY)
      local state = b.read "state.json"
      local outcome = b.run("x.lua")
      assert.equal(2, outcome.code, outcome.err)
      assert.matches("1 to delete", outcome.err, 1, true)
      assert.equal(state, b.read "state.json")
    end)
  end

  it("that asks itself is asked about once, whatever it calls it", function()
    local b = bench()
    local ask = [[
      local ask = require("mkrun.script")["app" .. "rove"]
      ask({ { action = "delete", kind = "team", name = "crew" } }, %s)]]
    b.write("x.lua", HEAD .. ask:format "false" .. BODY)
    local outcome = b.run("x.lua")
    assert.same({ code = 2, out = "", err = '  - team "crew"\n\n'
      .. "Plan: 0 to create, 0 to change, 1 to delete.\nmkrun: nothing was "
      .. "done: there is no terminal to ask on, and no --yes\n" }, outcome)
    b.write("x.lua", HEAD .. ask:format "true" .. BODY)
    assert.equal("gone\n", b.run("x.lua").out)
    assert.not_matches("crew", b.read "state.json", 1, true)
  end)

  it("that asks itself is run when its plan fails after that", function()
    local b = bench()
    b.write("x.lua", HEAD .. [[
      require "mkrun.script".approve("Go?", true)
      require "mkrun.http".post "http://127.0.0.1:1/hook"]] .. "\n" .. BODY)
    local outcome = b.run("x.lua")
    assert.same({ 0, "gone\n" }, { outcome.code, outcome.out }, outcome.err)
  end)

  it("deletes nothing without the yes that a dry run has seen", function()
    local b = bench()
    b.write("x.lua", HEAD .. [[
      if require "mkrun.config".dry_run then
        require "mkrun.script".approve("Go?", true)
      end
    ]] .. BODY)
    local state = b.read "state.json"
    local outcome = b.run("x.lua")
    assert.equal(1, outcome.code)
    assert.matches("DELETE /api/v1/organization/teams/crew: not sent, as "
      .. "nobody has said yes: call script.approve", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
  end)

  it("may read a file on standard input twice", function()
    local b = bench()
    b.write("names", "crew\n")
    b.write("x.lua", HEAD .. [[
      for name in io.lines() do
        require "mkio".connect().teams:delete(name)
      end]])
    local outcome = process.run({ "sh", "-c", "exec '" .. release.path
      .. "' --sandbox=state.json x.lua <names" },
      { cwd = b.folder })
    assert.equal(2, outcome.code, outcome.err)
    assert.matches('- team "crew"', outcome.err, 1, true)
  end)

  for head, message in pairs {
    ["-- @tags write, destrutive"] =
      "2: unknown tag 'destrutive', did you mean 'destructive'?",
    ["-- @tags Destructive"] =
      "2: unknown tag 'Destructive', did you mean 'destructive'?",
    ["-- @tags slow"] = "2: unknown tag 'slow'; known are destructive, "
      .. "idempotent, read, tool, write",
    ["-- @tag destructive"] = "2: unknown tag '@tag', did you mean '@tags'?",
    ["-- @tgas destructive"] = "2: unknown tag '@tgas', did you mean '@tags'?",
    ["---@tgas destructive"] = "2: unknown tag '@tgas', did you mean '@tags'?",
    ["-- @Tags read"] = "2: unknown tag '@Tags', did you mean '@tags'?",
    ["-- @author me"] = "2: unknown tag '@author'; known are @arg, @env, "
      .. "@exit, @needs, @output, @provider, @tags, @usage",
    ["--\n-- @tags write,\n--   destructive"] = "3: @tags stand on one line, "
      .. "which ends with a comma here",
    ["-- @tags write\n--   destructive"] =
      "3: tags stand on the line of @tags",
    ["-- @tags\n-- destructive"] =
      "2: tags stand on the line of @tags, and there is none",
    ["-- @tags   "] = "2: tags stand on the line of @tags, and there is none",
  } do
    it("is refused with a slip in its head: " .. head, function()
      local b = bench()
      b.write("x.lua", "--- Delete.\n" .. head .. "\n" .. BODY)
      local outcome = b.run("x.lua", "--yes")
      assert.same({ code = 2, out = "", err = "mkrun: x.lua:" .. message
        .. "\n" }, outcome)
    end)
  end

  it("is another thing than one whose head has the word elsewhere", function()
    local b = bench()
    b.write("x.lua", "--- Delete.\n---@diagnostic disable: x\n-- @tags write\n"
      .. "-- destructive it is not\n" .. BODY:gsub('"mkrun.script"', "%0"))
    local outcome = b.run("x.lua")
    assert.same({ 0, "gone\n" }, { outcome.code, outcome.out }, outcome.err)
  end)

  it("takes the value of an option for no --yes", function()
    local b = bench()
    b.write("x.lua", (HEAD .. BODY):gsub("@arg", "@arg --to NAME who\n-- @arg",
      1))
    local state = b.read "state.json"
    local outcome = b.run("x.lua", "--to", "--yes")
    assert.equal(1, outcome.code, outcome.out)
    assert.matches("not sent, as nobody has said yes", outcome.err, 1, true)
    assert.equal(state, b.read "state.json")
    assert.equal(0, b.run("x.lua", "--to", "x", "--yes").code)
  end)

  it("takes no --yes after --", function()
    local b = destructive()
    b.write("x.lua", HEAD:gsub("@arg", "@arg NAME... names\n-- @arg", 1)
      .. BODY)
    assert.equal(2, b.run("x.lua", "--", "--yes").code)
  end)
end)

describe("script.approve", function()
  local function approve(what)
    return release.eval('require "mkrun.script".approve(' .. what
      .. ') print "done"')
  end

  it("shows steps, and takes no answer for a no", function()
    assert.same({ code = 2, out = "", err = [[
  - team "a?b"
      a line
  ! project "p"

Plan: 0 to create, 0 to change, 1 to delete, 1 to leave.
mkrun: nothing was done: there is no terminal to ask on, and no --yes
]] }, approve [[{
      { action = "delete", kind = "team", name = "a\nb",
        details = { "a line" } },
      { action = "keep", kind = "project", name = "p" } }]])
    local yes =
      approve '{ { action = "delete", kind = "t", name = "n" } }, true'
    assert.same({ 0, "done\n" }, { yes.code, yes.out })
    assert.matches('  - t "n"\n', yes.err, 1, true)
  end)

  it("asks a question in words, and nothing about no steps", function()
    local outcome = approve '"Sure?"'
    assert.equal(2, outcome.code)
    assert.matches("Sure? [y/N] no\n", outcome.err, 1, true)
    assert.same({ code = 0, out = "done\n", err = "" }, approve "{}")
  end)

  for what, why in pairs {
    ["7"] = "list of steps expected, got number",
    ["nil, true"] = "list of steps expected, got nil",
    ["{ 'x' }"] = "step 1: 'action', 'kind' and 'name' expected",
    ["{ { action = 'remove', kind = 'k', name = 'n' } }"] =
      "step 1: 'action', 'kind' and 'name' expected",
  } do
    it("is called wrongly with " .. what, function()
      local outcome = approve(what)
      assert.equal(1, outcome.code)
      assert.matches("bad argument #1 to 'approve' (" .. why, outcome.err, 1,
        true)
    end)
  end
end)
