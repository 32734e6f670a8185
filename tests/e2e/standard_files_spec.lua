--- Standard files that are not as usual: non-blocking, or closed.

local chroot = require "tests.support.chroot"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local tool

--- Runs a line of sh in which MKRUN and NONBLOCK stand for programs.
local function sh(line)
  if not tool then
    tool = temp.folder() .. "/nonblock"
    shell.execute("gcc -o " .. tool .. " tests/support/nonblock.c")
  end
  line = line:gsub("MKRUN", shell.quote(release.path))
  return process.run { "sh", "-c", (line:gsub("NONBLOCK", tool)) }
end

describe("a non-blocking", function()
  for fd, name in pairs { "stdout", "stderr" } do
    it(name .. " takes everything, however late it is read", function()
      local outcome = sh(([[
        NONBLOCK %d MKRUN -e 'for i = 1, 20000 do
          io.%s:write(("x"):rep(49), "\n")
        end' %s | { sleep 0.3; wc -c; }]]):format(fd, name,
        fd == 2 and "2>&1 >/dev/null" or ""))
      assert.same({ "1000000\n", "" }, { outcome.out, outcome.err })
    end)
  end

  for what, use in pairs {
    ["io.read"] = "-e 'io.write(io.read \"a\")'",
    ["io.lines"] = "-e 'for l in io.lines() do print(l) end'",
    ["dofile"] = "-e 'dofile()'",
    ["loadfile"] = "-e 'assert(loadfile())()'",
    ["a script from standard input"] = "-",
    ["a secret"] = [[-e 'local secret = require "mkrun.secret"
      print(secret.read("-"):digest() == secret.new("print(77)"):digest()
        and 77)']],
  } do
    it("stdin is waited for: " .. what, function()
      local outcome = sh([[
        { sleep 0.2; printf 'print('; sleep 0.2; echo '77)'; } |
          NONBLOCK 0 MKRUN ]] .. use)
      assert.equal("", outcome.err)
      assert.matches("^%D*77%D*$", outcome.out)
    end)
  end

  it("stdin is read on where io.read stopped, without its first line",
    function()
      local outcome = sh [[
        printf 'one\n# a script\nprint(debug.getinfo(1).currentline)' |
          NONBLOCK 0 MKRUN -e 'print(io.read()) dofile()']]
      assert.same({ "one\n2\n", "" }, { outcome.out, outcome.err })
    end)
end)

describe("closed standard files, without /dev/null,", function()
  --- In an empty chroot; `closed` is for sh.
  local function run(root, arguments, closed)
    return root:run(arguments, { closed = closed })
  end

  local SOME <const> = { "0<&-", "1>&-", "2>&-", "0<&- 1>&-", "0<&- 2>&-",
    "1>&- 2>&-", "0<&- 1>&- 2>&-" }

  it("never become a file of the script", function()
    if not chroot.works() then pending "needs chroot" end
    for _, closed in ipairs(SOME) do
      local root = chroot.new()
      run(root, { "-e", [[
        local f = assert(io.open("/f", "w"))
        print "OUT" io.stderr:write "ERR"
        assert(io.read() == nil)
        f:write "kept" f:close()]] }, closed)
      assert.equal("kept", temp.read(root.folder .. "/f"), closed)
    end
  end)

  it("never become the journal", function()
    if not chroot.works() then pending "needs chroot" end
    for _, closed in ipairs(SOME) do
      local root = chroot.new()
      run(root, { "--sandbox=/s.json", "--journal", "/j", "--trace", "-e", [[
        require "mkio".connect {}.teams:ensure("x", { description = "d" })
        print "OUT" io.stderr:write "ERR" ]] }, closed)
      local journal = assert(temp.read(root.folder .. "/j"), closed)
      assert.is_nil(journal:find "OUT", closed)
      assert.is_nil(journal:find "ERR", closed)
      assert.is_nil(journal:find "GET /api", closed)
      for line in journal:gmatch "[^\n]+" do
        assert.matches("^{.*}$", line, nil, closed)
      end
    end
  end)
end)
