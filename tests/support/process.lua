--- Runs programs: to the end (`run`) or in the background (`spawn`).
---
--- A background program is told to end when the test run dies, whatever the
--- reason, so that nothing outlives it.

local task = require "mkrun.task"

local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

---@class tests.RunOptions
---@field env? table<string, string|false> added; false removes a name
---@field stdin? string                    bytes (default: none)
---@field timeout? number                  seconds (default 60); then code 124
---@field cwd? string                      folder to run in

---@class tests.Outcome
---@field code integer  exit code; 128 + n after signal n
---@field out string
---@field err string

--- `env` words for sh; a cleared name comes first.  A child would inherit that
--- luasocket ignores SIGPIPE, and that a shell's background job ignores SIGINT.
local function environment(env)
  local cleared, set = {}, {}
  for name, value in pairs(env or {}) do
    if value then
      set[#set + 1] = shell.quote(name .. "=" .. value)
    else
      cleared[#cleared + 1] = "-u " .. shell.quote(name)
    end
  end
  table.sort(cleared)
  table.sort(set)
  return ("env --default-signal=INT,PIPE %s %s"):format(
    table.concat(cleared, " "), table.concat(set, " "))
end

--- The command for sh, its streams bound to files in `folder`.
local function command_line(words, options, folder, prefix)
  local stdin = "/dev/null"
  if options.stdin then
    stdin = folder .. "/stdin"
    temp.write(stdin, options.stdin)
  end
  return ("cd %s && exec %s %s %s <%s >%s/out 2>%s/err"):format(
    shell.quote(options.cwd or "."), prefix, environment(options.env),
    shell.join(words), stdin, folder, folder)
end

local function read_streams(folder)
  return temp.read(folder .. "/out") or "", temp.read(folder .. "/err") or ""
end

--- Like os.execute; in a task the others go on meanwhile.
local function execute(line, folder)
  if not coroutine.isyieldable() then return os.execute(line) end
  local done = folder .. "/done"
  shell.execute(("{ (%s); echo $? >%s.new; mv %s.new %s; } >/dev/null 2>&1 &")
    :format(line, done, done, done))
  local code
  repeat
    task.sleep(0.01)
    code = temp.read(done)
  until code
  return code == "0\n", "exit", math.tointeger(tonumber(code))
end

--- Runs a program to its end.
---@param words (string|number)[]  program and arguments
---@param options? tests.RunOptions
---@return tests.Outcome
function M.run(words, options)
  options = options or {}
  local folder = temp.folder()
  local limit = ("timeout -k 5 %g"):format(options.timeout or 60)
  local _, how, code =
    execute(command_line(words, options, folder, limit), folder)
  local out, err = read_streams(folder)
  return { code = how == "signal" and 128 + code or code,
           out = out, err = err }
end

---@class tests.Process
---@field pid integer
local Process = {}
Process.__index = Process
Process.__name = "tests.Process"
Process.__close = function(self) self:stop() end

local running = {}

--- Starts a program in the background.
---@param words (string|number)[]
---@param options? tests.RunOptions  `timeout` has no effect
---@return tests.Process
function M.spawn(words, options)
  local folder = temp.folder()
  local line = command_line(words, options or {}, folder,
    "setpriv --pdeathsig KILL")
  local pipe = assert(io.popen("echo $$; " .. line, "r"))
  local pid = assert(math.tointeger(pipe:read "n"))
  local self = setmetatable(
    { pid = pid, folder = folder, pipe = pipe }, Process)
  running[self] = true
  return self
end

--- What it wrote so far.
---@return string out, string err
function Process:output()
  return read_streams(self.folder)
end

--- Sends a signal: "INT", "TERM", ...
function Process:signal(name)
  shell.works(("kill -%s %d"):format(name, self.pid))
end

---@return boolean
function Process:alive()
  local stat = temp.read(("/proc/%d/stat"):format(self.pid))
  return stat ~= nil and not stat:find("%) Z")
end

--- Waits for its end; kills what is still there after `seconds`.
---@param seconds? number  default 60
---@return tests.Outcome
function Process:wait(seconds)
  if self.outcome then return self.outcome end
  local ended = pcall(M.wait_until, "the end",
    function() return not self:alive() end, seconds or 60)
  if not ended then self:signal "KILL" end
  local _, how, code = self.pipe:close()
  running[self] = nil
  local out, err = read_streams(self.folder)
  self.outcome = { code = how == "signal" and 128 + code or code,
                   out = out, err = err }
  return self.outcome
end

--- Ends it; calling it twice is fine.
---@return tests.Outcome
function Process:stop()
  if not self.outcome then self:signal "TERM" end
  return self:wait(10)
end

function M.stop_all()
  for process in pairs(running) do process:signal "KILL" end
  for process in pairs(running) do process:wait() end
end

--- Asks `ready` every 20 ms until it says yes; raises after `seconds`.
---@param what string  for the message
---@param ready fun(): any
---@param seconds? number  default 10
function M.wait_until(what, ready, seconds)
  for _ = 1, (seconds or 10) / 0.02 do
    local value = ready()
    if value then return value end
    task.sleep(0.02)
  end
  error("waited too long for " .. what, 2)
end

return M
