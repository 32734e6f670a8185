--- Makes the tables `io` and `os` of a confined script.  `mkrun.host.world`
--- calls this module.
---
--- The host's own functions do the work.  Each asks the grants first.  The
--- default input and output are the script's own, so that a script cannot
--- redirect what the host prints.
-- SPDX-License-Identifier: MIT

local io, os, debug, collectgarbage = io, os, debug, collectgarbage

local M = {}

--- Returns a path as a text.  Raises for other types, because an object could
--- become another text after the check.
local function text_of(value, fname, i)
  if type(value) == "number" then return tostring(value) end
  if type(value) == "string" then return value end
  error(("bad argument #%d to '%s' (string expected, got %s)"):format(i, fname,
    type(value)), 3)
end
M.text_of = text_of

--- Returns a copy of a table, or of some of its fields.
---@param module table
---@param names? string[]
---@return table
function M.copy(module, names)
  local result = {}
  if not names then
    for name, value in pairs(module) do result[name] = value end
  end
  for _, name in ipairs(names or {}) do result[name] = module[name] end
  return result
end

--- Hides the metatable of a userdata, because all of its type share it.
---@generic T
---@param object T
---@return T
function M.sealed(object)
  local meta = debug.getmetatable(object)
  if meta and meta.__metatable == nil then meta.__metatable = false end
  return object
end

--- Raises an error in a finalizer.  One could run at any allocation of the
--- host, such as between a write and its line in the audit.
---@param what string   "send a request"
function M.not_in_finalizer(what)
  if collectgarbage "count" then return end -- it fails in a finalizer
  error(("%s: not allowed in a finalizer"):format(what), 0)
end

--- Asks the grants for what the mode of `io.open` does.
local function check_mode(grants, path, mode)
  if not mode:find "^[wa]" then grants:check("read", path) end
  if mode:find "[wa+]" then grants:check("write", path) end
end

local function opener(grants)
  return function(path, mode)
    path, mode = text_of(path, "open", 1), mode or "r"
    if type(mode) ~= "string" then text_of(mode, "open", 2) end
    check_mode(grants, path, mode)
    return io.open(path, mode)
  end
end

--- Makes `io.input` or `io.output`.
local function default_file(open, files, name, mode)
  return function(file)
    if file == nil then return files[name] end
    if io.type(file) then
      files[name] = file
    else
      files[name] = assert(open(file, mode))
    end
    return files[name]
  end
end

local function lines_of(open, files)
  return function(path, ...)
    if path == nil then return files.input:lines(...) end
    local file, message = open(path)
    if not file then error(message, 2) end
    local format = table.pack(...)
    local function line()
      local found = table.pack(file:read(table.unpack(format, 1, format.n)))
      if found[1] == nil then file:close() end
      return table.unpack(found, 1, found.n)
    end
    return line, nil, nil, file
  end
end

local function close(files)
  return function(file)
    if file == nil then return files.output:close() end
    return file:close()
  end
end

--- Makes the table `io`.
---@param grants mkrun.Grants
---@return table
function M.io(grants)
  local files = { input = io.stdin, output = io.stdout }
  local open = opener(grants)
  M.sealed(io.stdout) -- all files share one metatable
  return {
    stdin = io.stdin, stdout = io.stdout, stderr = io.stderr,
    open = open, type = io.type, close = close(files),
    input = default_file(open, files, "input", "r"),
    output = default_file(open, files, "output", "w"),
    lines = lines_of(open, files),
    read = function(...) return files.input:read(...) end,
    write = function(...) return files.output:write(...) end,
    flush = function() return files.output:flush() end,
    popen = function(command, mode)
      grants:check_run(text_of(command, "popen", 1))
      return io.popen(command, mode)
    end,
    tmpfile = function() grants:refuse_always "make a temporary file" end,
  }
end

--- Makes the table `os`.
---@param grants mkrun.Grants
---@return table
function M.os(grants)
  return {
    clock = os.clock, date = os.date, difftime = os.difftime, time = os.time,
    -- A plan replaces os.exit, so it is looked up at each call.
    -- The state is closed in any case, as layers write down then what is under
    -- way.
    exit = function(code)
      M.not_in_finalizer "exit"
      return os.exit(code, true)
    end,
    getenv = function(name)
      name = text_of(name, "getenv", 1)
      if grants:allows_variable(name) then return os.getenv(name) end
      grants:refuse(("read the variable '%s'"):format(name), "env", name)
    end,
    execute = function(command)
      if command ~= nil then
        grants:check_run(text_of(command, "execute", 1))
      elseif not grants.run[1] then
        return false
      end
      return os.execute(command)
    end,
    remove = function(path)
      grants:check_entry(text_of(path, "remove", 1))
      return os.remove(path)
    end,
    rename = function(from, to)
      grants:check_entry(text_of(from, "rename", 1))
      grants:check_entry(text_of(to, "rename", 2))
      return os.rename(from, to)
    end,
    tmpname = function() grants:refuse_always "make a temporary file" end,
    setlocale = function(locale, category)
      if locale == nil then return os.setlocale(nil, category) end
      return nil -- all of the process share the locale
    end,
  }
end

return M
