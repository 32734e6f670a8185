--- What becomes of a run whose standard output takes no more.

local flow = require "tests.scripts.flow"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

describe("standard output", function()
  local function sh(line)
    local out = process.run({ "sh", "-c",
      line:gsub("MKRUN", shell.quote(release.path)) })
    return out
  end

  it("that is full ends the run with 1", function()
    for _, arguments in ipairs { "--help", "-e 'print(1)'", "--list",
      "-e 'print(1) os.exit(0)'", "-e 'io.stdout:write((\"x\"):rep(1e6))'",
      "--show onboard", "--version" } do
      local outcome = sh("MKRUN " .. arguments .. " >/dev/full")
      assert.equal(1, outcome.code, arguments)
      assert.matches("^mkrun: standard output: %S", outcome.err)
    end
  end)

  it("that is closed does no harm to those who print nothing", function()
    assert.equal(0, sh("MKRUN -e 'x = 1' >&-").code)
    local path = temp.folder() .. "/secret"
    local outcome = sh(("MKRUN -e 'local f = io.open(%q, \"w\") print(7) "
      .. "f:close()' >&-"):format(path))
    assert.equal(1, outcome.code)
    assert.equal("", temp.read(path))
  end)

  --- What is said on standard error, and the exit code, with a pipe that
  --- nobody reads.  The shell that makes the pipe may have it open a moment
  --- longer, so printf writes until it fails.
  local function unread(words, folder)
    local gone = temp.folder() .. "/gone"
    shell.execute("mkfifo " .. gone)
    local outcome = process.run({ "sh", "-c", ([[
      { (read -r _ <%s; while env printf x; do :; done
          %s %s; echo "code $?" >&2) |
        (exec <&-; echo >%s); } 2>&1]])
      :format(gone, shell.quote(release.path), words, gone) }, { cwd = folder })
    return outcome.out
  end

  it("that nobody reads ends a script that prints forever", function()
    local outcome = sh("MKRUN -e 'while true do print(1) end' | head -n 1")
    assert.equal("1\n", outcome.out)
    assert.equal("", outcome.err)
    for _, words in ipairs { "-e 'while true do print(1) end'", "--help",
      "-e 'while true do io.write(1) end'", "--list", "-e 'io.write(1)'",
      "-e 'while true do pcall(print, 1) end'", "--sandbox doctor",
      "onboard --help", "--help onboard", "rotate-tokens -h" } do
      assert.equal("code 141\n", unread(words), words)
    end
  end)

  it("that nobody reads lets a script clean up", function()
    assert.equal("closed\ncode 141\n", unread([[-e '
      local x <close> = setmetatable({}, { __close = function()
        io.stderr:write "closed\n"
      end })
      while true do print(1) end']]))
  end)

  it("that nobody reads does not end what changes something", function()
    local said = "mkrun: standard output: Broken pipe\ncode 1\n"
    local example = shell.output "pwd" .. "/scripts/examples/onboard.json"
    local here, token = flow.new(), "evening-news automation"
    assert.equal(said,
      unread("--sandbox=state.json onboard " .. example, here.folder))
    assert.matches("Summary: 0 created, 0 changed, 8 unchanged.",
      here:run("onboard", example).out, 1, true)
    assert.equal(said, unread("--sandbox=state.json rotate-tokens --file "
      .. "evening-news.token '" .. token .. "'", here.folder))
    assert.same({ here:stored "evening-news.token" }, here:live(token))
    assert.equal(said, unread([[--sandbox=state.json -e '
      local org = require "mkio".connect()
      for i = 1, 3 do
        org.teams:ensure("desk" .. i, {})
        print(i)
      end']], here.folder))
    assert.equal(2 + 2 + 3, #here:state().organizations[1].teams)
  end)

  it("that nobody reads ends what has changed nothing yet", function()
    local folder = flow.new().folder
    assert.equal("code 141\n", unread([[--sandbox=state.json -e '
      print(1)
      require "mkio".connect().teams:ensure("desk", {})']], folder))
    assert.is_nil(temp.read(folder .. "/state.json"))
  end)

  it("is no matter of children", function()
    local gone = temp.folder() .. "/gone"
    shell.execute("mkfifo " .. gone)
    local outcome = release.eval(([[
      print(os.execute "kill -PIPE $$")
      local child = io.popen("exec <&-; echo closed; echo >%s", "w")
      os.execute "read -r _ <%s"
      child:setvbuf "no"
      print(child:write "x")]]):format(gone, gone))
    assert.equal("nil\tsignal\t13\nclosed\nnil\tBroken pipe\t32\n", outcome.out)
  end)
end)
