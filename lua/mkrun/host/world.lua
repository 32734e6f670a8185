--- Makes the world of a confined script: its globals and its `require`.  The
--- library is loaded a second time, for the script alone, so that the script
--- can change nothing that the host uses.  `mkrun.host.confine` calls this
--- module.
-- SPDX-License-Identifier: MIT

local built_in = require "mkrun.host.built_in"
local config = require "mkrun.config"
local files = require "mkrun.host.world.files"
local needs = require "mkrun.host.needs"

local M = {}

--- The code of io.open for a file that is not there.
local ENOENT <const> = 2

--- Functions of Lua that reach nothing outside of the script.
local BASE <const> = { "_VERSION", "assert", "collectgarbage", "error",
  "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal",
  "rawget", "rawlen", "rawset", "select", "setmetatable", "tonumber",
  "tostring", "type", "warn", "xpcall" }

local LIBRARIES <const> = { "coroutine", "math", "string", "table", "utf8" }

--- Makes `load`.  Without an environment, the chunk gets the script's globals.
local function loader(env)
  return function(chunk, name, _, ...)
    if select("#", ...) == 0 then return load(chunk, name, "t", env) end
    return load(chunk, name, "t", (...))
  end
end

local function file_loader(env, grants)
  return function(path, _, ...)
    if path ~= nil then
      path = files.text_of(path, "loadfile", 1)
      grants:check("read", path)
    end
    if select("#", ...) == 0 then return loadfile(path, "t", env) end
    return loadfile(path, "t", (...))
  end
end

local function file_runner(env)
  return function(path)
    local chunk, message = env.loadfile(path)
    if not chunk then error(message, 2) end
    return chunk()
  end
end

--- Returns `debug` with what shows where the script is.  Functions on the
--- stack may be the host's, so `getinfo` gives none.
local function debug_library()
  return {
    traceback = debug.traceback,
    getinfo = function(what, ...)
      if type(what) == "number" then what = what + 1 end -- this function
      local info = debug.getinfo(what, ...)
      if info then info.func = nil end
      return info
    end,
  }
end

--- Returns the main function of a module of the binary, for the script's
--- world.  The first upvalue of `holder` has the script's globals.  If the
--- module has another name now, returns the new name as the third result.
local function find_built_in(name, holder)
  local main, where = built_in.find(name)
  if type(main) ~= "function" then return nil, main end
  local what = debug.getinfo(main, "S").what
  if what == "C" then
    return nil, ("no module '%s' for a confined script"):format(name)
  elseif what ~= "main" then
    return nil, nil, require "mkrun.host.renamed".warn(name)
  end
  -- Joins, and does not set, the upvalue: functions that the host has made from
  -- the same loader keep their own.
  debug.upvaluejoin(main, 1, holder, 1)
  return main, where
end

--- Lists the files in which a module may be.
local function places_of(name)
  local list = {}
  for template in package.path:gmatch "[^;]+" do
    list[#list + 1] = template:gsub("%?", function()
      return (name:gsub("%.", "/"))
    end)
  end
  return list
end

--- Returns true if a script with a header of its own may know that no file has
--- this module: it names the module plainly, so it learns of its own folder.
local function is_missing(name, places)
  local own_modules = require "mkrun.host.own_modules"
  if needs.is_strict(config) or not own_modules.is_plain(name) then
    return false
  end
  for _, path in ipairs(places) do
    local file <close>, _, code = io.open(path, "rb")
    if path ~= "" and (file or code ~= ENOENT) then return false end
  end
  return true
end

--- Loads a module from a file that may be read.  Does not tell whether other
--- files are there.
---@param why string?  why it is no module of the binary
local function find_file(name, env, grants, why)
  local places = places_of(name)
  for _, path in ipairs(places) do
    local may_read = grants:allows("read", path)
    local file <close> = may_read and io.open(path, "rb") or nil
    if file then
      local main, message = loadfile(path, "t", env)
      if main then return main, path end
      error(("error loading module '%s' from file '%s':\n\t%s"):format(name,
        path, message), 0)
    end
  end
  if places[1] and not name:find "^mk[%w]+%."
    and not is_missing(name, places) then
    local meant = why and why:match "did you mean '[^']+'%?$"
    grants:refuse(("load module '%s'%s"):format(name,
      meant and (" (%s)"):format(meant) or ""), "read", places[1])
  end
end

--- Makes `require`.
local function requirer(env, grants, loaded, opener)
  local its_globals = env
  local function holder() return its_globals end -- for find_built_in
  return function(name)
    if type(name) ~= "string" then files.text_of(name, "require", 1) end
    if loaded[name] ~= nil then return loaded[name] end
    local open = opener(name)
    if open then
      loaded[name] = open()
      return loaded[name], "built in"
    end
    local main, where, new_name = find_built_in(name, holder)
    if new_name then
      loaded[name] = env.require(new_name)
      return loaded[name], "built in"
    end
    local tried = where
    if not main then main, where = find_file(name, env, grants, tried) end
    if not main then
      error(("module '%s' not found:\n\t%s"):format(name, tried), 2)
    end
    local value = main(name, where)
    if name == "mkrun.providers" then
      require "mkrun.host.world.providers".adapt(grants, value)
    end
    if value ~= nil then loaded[name] = value end
    if loaded[name] == nil then loaded[name] = true end
    return loaded[name], where
  end
end

local function globals(grants)
  local env = files.copy(_G, BASE)
  env._G = env
  for _, name in ipairs(LIBRARIES) do env[name] = files.copy(_G[name]) end
  env.io, env.os = files.io(grants), files.os(grants)
  env.debug = debug_library()
  env.load, env.loadfile = loader(env), file_loader(env, grants)
  env.dofile = file_runner(env)
  env.arg = files.copy(arg or {})
  return env
end

--- Makes the globals of a confined script.
---@param grants mkrun.Grants
---@return table env
function M.new(grants)
  files.sealed "" -- all texts share one metatable
  local env, loaded = globals(grants), {}
  local openers
  local function opener(name)
    if not openers then
      openers = require "mkrun.host.world.modules".openers(grants, env)
    end
    return openers[name]
  end
  for name in pairs { coroutine = 1, debug = 1, io = 1, math = 1, os = 1,
    string = 1, table = 1, utf8 = 1, _G = 1 } do
    loaded[name] = env[name]
  end
  env.package = { loaded = loaded, path = package.path, cpath = "",
    config = package.config, preload = {} }
  env.require = requirer(env, grants, loaded, opener)
  return env
end

return M
