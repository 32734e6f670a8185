--- Is the Lua part of the prompt.  The host calls these functions.
-- SPDX-License-Identifier: MIT

-- luacheck: ignore 211/_ENV
local _ENV <const> = require "mkrun.host.prompt.globals"

local config = require "mkrun.config"
local complete = require "mkrun.host.prompt.complete"
local explain = require "mkrun.host.prompt.explain"
local show = require "mkrun.host.prompt.show"

local M = {}

--- The global with the object of the token.
local ROOT <const> = config.provider().root

--- The globals of the prompt.
local env

local function where()
  if config.replay then return "answered from " .. config.replay end
  if config.sandbox == true then return "a sandbox in memory" end
  return config.sandbox and "the sandbox " .. config.sandbox or config.base_url
end

local function has_token()
  return (config.token or config.sandbox or config.replay) ~= nil
    and (config.token or config.sandbox or config.replay) ~= false
end

--- Makes the provider's global at its first use, because that loads the
--- library.
local function add_root(module)
  local function connect() return env.require(module).connect {} end
  complete.makers[ROOT] = function()
    local ok, root = pcall(connect)
    if ok then rawset(env, ROOT, root) end
    return ok and root or nil
  end
  if getmetatable(env) then -- the script's own rules for globals
    complete.makers[ROOT]()
    return
  end
  setmetatable(env, { __index = function(_, name)
    if name ~= ROOT then return nil end
    local root = connect()
    rawset(env, ROOT, root)
    return root
  end })
end

local function help(...)
  if select("#", ...) == 0 then return print(explain.INTRODUCTION) end
  print(explain.text((...)))
end

--- Sets the global `help` and that of the provider, such as `org`, unless the
--- script has set them.
---@param globals table    the globals of the prompt
---@param module string    the module whose function `connect` makes it
---@param list fun(folder: string): string[]  returns the names in a folder
---@param is_told boolean  true: say what there is
function M.start(globals, module, list, is_told)
  env = globals
  complete.globals, complete.list = env, list
  local is_free = rawget(env, ROOT) == nil
  if has_token() and is_free then add_root(module) end
  if rawget(env, "help") == nil then rawset(env, "help", help) end
  if not is_told then return end
  print(has_token() and is_free and ("%s is %s."):format(ROOT, where())
    or ("There is no token and no --sandbox, so there is no %s."):format(ROOT))
  print "help prints help, Tab completes names, Ctrl-D ends."
end

--- Notes the statement that is run next, for messages about it.
---@param text string
function M.note(text) config.statement = text end

--- Returns the name that the statement is, if it is nothing else.
local function bare_name()
  return config.statement
    and config.statement:match "^%s*=?%s*([%a_][%w_]*)%s*$"
end

--- Prints the values of an expression, and a hint if it is a name without one.
---@param ... any
function M.show(...)
  local name = select("#", ...) == 1 and ... == nil and bare_name()
  local texts, has_lines = {}, false
  for i = 1, select("#", ...) do
    local value = (select(i, ...))
    texts[i] = value == help and explain.INTRODUCTION or show.text(value)
    has_lines = has_lines or texts[i]:find "\n" ~= nil
  end
  print(table.concat(texts, has_lines and "\n" or "\t"))
  if name and name ~= "nil" then
    print(explain.unknown(name, complete.global_names()))
  end
end

--- Returns the texts that may end what is typed.
---@param before string   the text before the cursor
---@return string[] texts
---@return integer count  how many bytes before the cursor a text replaces
function M.complete(before) return complete.texts(before) end

return M
