--- Types at a program on a pseudo-terminal, key by key, and waits for what the
--- program shows.  script(1) makes the terminal.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

---@class tests.Typist
---@field shown integer   how many bytes of the output were expected so far
local Typist = {}
Typist.__index = Typist
Typist.__close = function(self) self:stop() end

local M = {}

--- Keys by name.
M.keys = { up = "\27[A", down = "\27[B", right = "\27[C", left = "\27[D",
  home = "\27[H", delete = "\27[3~", enter = "\r", tab = "\t",
  backspace = "\127", interrupt = "\3", stop = "\26", eof = "\4",
  search = "\18", quit = "\28" }

--- Is there a pseudo-terminal to be had?
---@return boolean
function M.works()
  return shell.works "script -qec true /dev/null </dev/null"
end

--- Starts mkrun on a terminal of 80 columns and 24 rows.
---@param words string[]
---@param options? tests.RunOptions  and `before`: words of sh before mkrun;
---  `shell`: commands instead of mkrun
---@return tests.Typist
function M.start(words, options)
  options = options or {}
  local folder = temp.folder()
  local keys, screen = folder .. "/keys", folder .. "/screen"
  shell.execute("mkfifo " .. keys)
  local env = { TERM = "xterm", HOME = folder, MKRUN_LUA = false,
    LUA_PATH = false, LUA_PATH_5_4 = false, XDG_STATE_HOME = false,
    MKRUN_HISTORY = false, COLUMNS = false, LINES = false }
  for name, value in pairs(options.env or {}) do env[name] = value end
  local command = "stty rows 24 cols 80; " .. (options.shell
    or (options.before or "exec ")
      .. shell.join { release.path, table.unpack(words) })
  local child = process.spawn({ "sh", "-c", 'exec script -qefc "$1" "$2" <"$0"',
    keys, command, screen }, { env = env, cwd = options.cwd })
  local pipe = assert(io.open(keys, "r+"))
  pipe:setvbuf "no"
  return setmetatable({ child = child, pipe = pipe, screen = screen,
    home = env.HOME, shown = 0 }, Typist)
end

--- Types keys.
---@param ... string
function Typist:type(...) self.pipe:write(...) end

--- Returns all that the program has shown so far.
---@return string
function Typist:output()
  local text = temp.read(self.screen) or ""
  return (text:gsub("^Script started[^\n]*\n", ""))
end

--- Waits until the program shows a text behind what was waited for before.
---@param text string
---@return string between   what it showed before that text
function Typist:expect(text)
  local from, to
  local is_there = pcall(process.wait_until, text, function()
    from, to = self:output():find(text, self.shown + 1, true)
    return from or not self.child:alive()
  end, 60)
  if not is_there or not from then
    error(("%q does not come after:\n%s"):format(text,
      self:output():sub(self.shown + 1)), 2)
  end
  local between = self:output():sub(self.shown + 1, from - 1)
  self.shown = to
  return between
end

--- Waits for the end.
---@return tests.Outcome
function Typist:finish()
  local outcome = self.child:wait()
  self.pipe:close()
  outcome.out = self:output()
  return outcome
end

function Typist:stop()
  self.child:stop()
  if io.type(self.pipe) == "file" then self.pipe:close() end
end

return M
