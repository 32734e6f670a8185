--- Runs programs to their end (`run`) or in the background (`spawn`).
---
--- The system ends a background program when the test run dies, so nothing
--- outlives it.
---
--- All programs start with the same conditions: no signal is ignored, the umask
--- is 022, and no environment variable that would change their behaviour is
--- set.

local task = require "mkrun.task"

local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

---@class tests.RunOptions
---@field env? table<string, string|false> added; false removes a name
---@field stdin? string                    bytes (default: none)
---@field timeout? number                  seconds (default 300); then code 124
---@field cwd? string                      working directory

---@class tests.Outcome
---@field code integer  exit code; 128 + n after signal n
---@field out string
---@field err string

--- Seconds until a program is killed.  On an idle machine no test needs a tenth
--- of this time, so only a program that hangs is killed.
local LIMIT <const> = 300

--- Environment variables that mkrun reads.
M.READ_BY_MKRUN = {
  "MKIO_TOKEN", "MKIO_BASE_URL", "MKIO_PROJECT", "NO_COLOR", "SSL_CERT_FILE",
  "SSL_CERT_DIR", "MKRUN_CONFINE",
  "LUA_INIT", "LUA_INIT_5_4", "http_proxy", "https_proxy", "HTTPS_PROXY",
  "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
}

--- Environment variables that change other programs.
local READ_BY_OTHERS <const> = {
  "CDPATH", "CURL_CA_BUNDLE", "LANGUAGE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS",
  "POSIXLY_CORRECT", "TZ",
}

--- Returns `env` as words for sh.  The words first clear the variables in the
--- lists above.  They also reset ignored signals, which a child would inherit.
--- For example, luasocket ignores SIGPIPE, a shell's background job ignores
--- SIGINT, and nohup ignores SIGHUP.
---@param env? table<string, string|false>
---@return string
function M.environment(env)
  local all, cleared, set = { LC_ALL = "C.UTF-8" }, {}, {}
  for _, name in ipairs(M.READ_BY_MKRUN) do all[name] = false end
  for _, name in ipairs(READ_BY_OTHERS) do all[name] = false end
  for name, value in pairs(env or {}) do all[name] = value end
  for name, value in pairs(all) do
    if value then
      set[#set + 1] = shell.quote(name .. "=" .. value)
    else
      cleared[#cleared + 1] = "-u " .. shell.quote(name)
    end
  end
  table.sort(cleared)
  table.sort(set)
  return ("env --default-signal %s %s"):format(
    table.concat(cleared, " "), table.concat(set, " "))
end

--- Returns the command for sh, with its streams bound to files in `folder`.
local function command_line(words, options, folder, prefix)
  local stdin = "/dev/null"
  if options.stdin then
    stdin = folder .. "/stdin"
    temp.write(stdin, options.stdin)
  end
  return ("umask 022; cd %s && exec %s %s %s <%s >%s/out 2>%s/err"):format(
    shell.quote(options.cwd or "."), prefix, M.environment(options.env),
    shell.join(words), stdin, folder, folder)
end

local function read_streams(folder)
  return temp.read(folder .. "/out") or "", temp.read(folder .. "/err") or ""
end

--- Runs a command like os.execute.  In a task, other tasks run meanwhile.
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
  local limit = ("timeout -k 5 %g"):format(options.timeout or LIMIT)
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

--- Returns what the program has written so far.
---@return string out, string err
function Process:output()
  return read_streams(self.folder)
end

--- Sends a signal: "INT", "TERM" and so on.
---@param name string
function Process:signal(name)
  shell.works(("kill -%s %d"):format(name, self.pid))
end

--- Tells whether the program still runs.
---@return boolean
function Process:alive()
  local stat = temp.read(("/proc/%d/stat"):format(self.pid))
  return stat ~= nil and not stat:find("%) Z")
end

--- Returns how often a sleeping process has gone to sleep so far, or nil if the
--- process is not asleep.  If two calls return the same number, the process did
--- not run in between.
---@return integer?
function Process:rest()
  local status = temp.read(("/proc/%d/status"):format(self.pid)) or ""
  return status:find "\nState:%s+S" and
    math.tointeger(status:match "\nvoluntary_ctxt_switches:%s+(%d+)")
end

--- Waits for the end.  Kills the program after `seconds`.
---@param seconds? number  default 300
---@return tests.Outcome
function Process:wait(seconds)
  if self.outcome then return self.outcome end
  local ended = pcall(M.wait_until, "the end",
    function() return not self:alive() end, seconds or LIMIT)
  if not ended then self:signal "KILL" end
  local _, how, code = self.pipe:close()
  running[self] = nil
  local out, err = read_streams(self.folder)
  self.outcome = { code = how == "signal" and 128 + code or code,
                   out = out, err = err }
  return self.outcome
end

--- Ends the program.  `stop` may be called twice.
---@return tests.Outcome
function Process:stop()
  if not self.outcome then self:signal "TERM" end
  return self:wait()
end

--- Kills all background programs, and does not wait for them.
function M.kill_all()
  for process in pairs(running) do process:signal "KILL" end
end

function M.stop_all()
  M.kill_all()
  for process in pairs(running) do process:wait() end
end

--- Calls `ready` every 20 ms until it returns a true value; raises after
--- `seconds`.
---@param what string  for the message
---@param ready fun(): any
---@param seconds? number  default 300
---@return any   the value
function M.wait_until(what, ready, seconds)
  for _ = 1, (seconds or LIMIT) / 0.02 do
    local value = ready()
    if value then return value end
    task.sleep(0.02)
  end
  error("waited too long for " .. what, 2)
end

return M
