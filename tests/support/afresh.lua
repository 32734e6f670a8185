--- Starts mkrun again without the caller's environment and terminal.  `run.lua`
--- calls it before any spec.
---
--- A script cannot unset what mkrun has already read from the environment.
--- Specs that call the client in this process would then use the caller's proxy
--- or token.  On a terminal they would ask the person there, and draw progress
--- bars.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local task = require "mkrun.task"
local temp = require "tests.support.temp"

local M = {}

--- Seconds that the new process has to end after a signal.
local PATIENCE <const> = 30

local function has_terminal()
  return sys.isatty "stdin"
    or sys.isatty "stderr" and os.getenv "TERM" ~= "dumb"
end

--- Tells whether the environment or the terminal could disturb the specs.
---@return boolean
function M.due()
  if has_terminal() then return true end
  for _, name in ipairs(process.READ_BY_MKRUN) do
    if os.getenv(name) then return true end
  end
  return false
end

--- Keeps the proxy for npm, which may need it to fetch packages.
local function environment()
  return {
    TERM = "dumb",
    npm_config_proxy = os.getenv "http_proxy",
    npm_config_https_proxy = os.getenv "https_proxy"
      or os.getenv "HTTPS_PROXY",
    npm_config_noproxy = os.getenv "no_proxy" or os.getenv "NO_PROXY",
  }
end

local function command(words)
  local first, all = 0, {}
  while words[first - 1] do first = first - 1 end
  for i = first, #words do all[#all + 1] = words[i] end
  return process.environment(environment()) .. " " .. shell.join(all)
end

local function runs(pid)
  local stat = temp.read(("/proc/%s/stat"):format(pid))
  return stat ~= nil and not stat:find "%) Z"
end

--- Ends the new process.  Waits until it has removed what it made: when this
--- process ends, the new one gets a second signal, which kills it.
local function stop(file)
  local pid = (temp.read(file) or ""):match "^(%d+)\n"
  if not pid then return end
  shell.works("kill -TERM " .. pid)
  for _ = 1, PATIENCE / 0.05 do
    if not runs(pid) then return end
    task.sleep(0.05)
  end
end

--- Returns the exit code.  A signal to this process ends the new one, too.
local function wait_for(line)
  local file = temp.folder() .. "/pid"
  local pipe = assert(io.popen(("echo $$ >%s; exec setpriv --pdeathsig TERM "
    .. "%s </dev/null"):format(file, line), "w"))
  local _ <close> = setmetatable({}, { __close = function()
    stop(file)
    pipe:close()
    temp.remove_all()
  end })
  local pid = process.wait_until("mkrun",
    function() return (temp.read(file) or ""):match "^(%d+)\n" end)
  while runs(pid) do task.sleep(0.05) end
  local _, how, code = pipe:close()
  pipe = { close = function() end }
  return how == "signal" and 128 + code or code
end

--- Runs the same command line, and exits with its code.
---@param words table  `arg`, with mkrun and its options before index 0
function M.run(words) os.exit(wait_for(command(words))) end

return M
