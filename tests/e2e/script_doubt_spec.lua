--- A script that somebody else may have written is confined, however it is
--- named; and no script has a line of @needs that does not confine it.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local SCRIPT <const> = "print((pcall(io.open, '/etc/passwd')))\n"

--- Runs a line of sh with mkrun as $p, in a folder with the script x.lua.
--- Returns true if the script could read a file.
local function may_read(line)
  local folder = temp.folder()
  temp.write(folder .. "/x.lua", SCRIPT)
  shell.execute(("chmod 644 %s/x.lua"):format(folder))
  local outcome = process.run({ "sh", "-c", ("p=%s; %s")
    :format(shell.quote(release.path), line) }, { cwd = folder })
  local may = outcome.out == "true\n"
  assert.equal(may and "" or "mkrun: 1 thing was refused, which the script "
    .. "does not tell (--trace does)\n", outcome.err)
  assert.equal(0, outcome.code)
  return may
end

describe("a script is not confined", function()
  for _, line in ipairs { "$p x.lua", "$p - <x.lua", "$p <x.lua",
    "$p /dev/stdin <x.lua", "ln -s x.lua l; $p l",
    "chmod 600 x.lua; $p ./x.lua" } do
    it("by " .. line, function() assert.is_true(may_read(line)) end)
  end
end)

describe("a script in doubt is confined", function()
  for _, line in ipairs { "cat x.lua | $p -", "cat x.lua | $p",
    "cat x.lua | $p /dev/stdin", "cat x.lua | $p /dev/fd/0",
    "cat x.lua | $p /proc/self/fd/0",
    "mkfifo f; cat x.lua >f & $p ./f", "mkfifo f; cat x.lua >f & $p - <f",
    "mkfifo f; ln -s f l; cat x.lua >f & $p l",
    "chmod 664 x.lua; $p x.lua", "chmod 646 x.lua; $p x.lua",
    "chmod 666 x.lua; $p - <x.lua", "chmod 666 x.lua; ln -s x.lua l; $p l",
  } do
    it("by " .. line, function() assert.is_false(may_read(line)) end)
  end
end)

describe("@needs that is not read", function()
  local function run(head)
    local path = temp.file(head .. "\n" .. SCRIPT, "x.lua")
    return release.run { path }, path
  end

  for head, line in pairs {
    ["--- Do it.\n--  @needs api:read"] = 2,
    ["--- Do it.\n--\t@needs api:read"] = 2,
    ["--- Do it.\n---- @needs api:read"] = 2,
    ["--- Do it.\n\n-- @needs api:read"] = 3,
    ["-- One.\n\n-- Two.\n--   @needs"] = 4,
  } do
    it(("ends the run, %q"):format(head), function()
      local outcome, path = run(head)
      assert.equal(2, outcome.code)
      assert.equal(("mkrun: %s:%d: @needs is not read here: it must stand "
        .. "after two dashes and one blank, above the first empty line\n")
        :format(path, line), outcome.err)
      assert.equal("", outcome.out)
    end)
  end

  it("is told of below the first line of code", function()
    local outcome, path = run "--- Do it.\nlocal x\n--  @needs read:x"
    assert.equal(("mkrun: warning: %s:3: this @needs has no effect: it must "
      .. "stand in the comment at the beginning\n"):format(path), outcome.err)
    assert.equal("true\n", outcome.out)
  end)

  for _, head in ipairs { "--- Do it, see @needs.", "--- Do it.\n-- @usage  x"
  } do
    it(("is none, %q"):format(head), function()
      local outcome = run(head)
      assert.equal("", outcome.err)
      assert.equal("true\n", outcome.out)
    end)
  end
end)
