--- Runs mkrun once more, without its caller's environment and terminal.
---
--- A script cannot unset what mkrun has read by the time that the script
--- begins.  Specs that call the client in this very process would ask through
--- somebody's proxy, or with somebody's token; on a terminal they would ask
--- whoever sits there, and draw progress bars.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"

local M = {}

local function has_terminal()
  return sys.isatty "stdin"
    or sys.isatty "stderr" and os.getenv "TERM" ~= "dumb"
end

--- Is there any of it?
---@return boolean
function M.due()
  if has_terminal() then return true end
  for _, name in ipairs(process.READ_BY_MKRUN) do
    if os.getenv(name) then return true end
  end
  return false
end

--- npm may need the proxy for what it fetches.
local function environment()
  return {
    TERM = "dumb",
    npm_config_proxy = os.getenv "http_proxy",
    npm_config_https_proxy = os.getenv "https_proxy"
      or os.getenv "HTTPS_PROXY",
    npm_config_noproxy = os.getenv "no_proxy" or os.getenv "NO_PROXY",
  }
end

--- Runs the same command line, and ends as it does.
---@param words table  `arg`, with mkrun and its options before 0
function M.run(words)
  local first, all = 0, {}
  while words[first - 1] do first = first - 1 end
  for i = first, #words do all[#all + 1] = words[i] end
  local _, how, code = os.execute(
    ("exec setpriv --pdeathsig TERM %s %s </dev/null"):format(
      process.environment(environment()), shell.join(all)))
  os.exit(how == "signal" and 128 + code or code)
end

return M
