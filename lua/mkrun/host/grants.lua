--- Holds what a confined script may do, and refuses all else.  The modules of
--- `mkrun.host.world` ask it before each access.
-- SPDX-License-Identifier: MIT

local cage = require "mkrun.cage"
local config = require "mkrun.config"

---@class mkrun.Grants
---@field api {read: boolean, write: boolean, keys: table<string, true>}
---@field read string[]    absolute paths without links
---@field write string[]
---@field env string[]     patterns
---@field net table<string, true>   "host" or "host:port", in lower case
---@field run {exact: string?, program: string?}[]
---@field token boolean
---@field nowhere table<string, true>   "read:PATH" of granted paths that lead
---  nowhere; they are allowed, so that the system says what is wrong
---@field spelled table<string, true>  paths as they were granted, and their
---  folders; what is wrong with one of them is told
---@field kept string[]    files that the run itself writes or rests on
---@field why? string      why the script is confined, for the refusal
local Grants = {}
Grants.__index = Grants

local M = {}

--- Files that a run may make beside a file that it may write.
local BESIDE <const> = { "", ".lock", ".todo", ".lease" }

--- Folders of the kernel's own files: a grant of a folder above them does not
--- reach them, because /proc has the memory of this process.
local KERNEL <const> = { "/proc", "/sys", "/dev" }

local Refusal = { __name = "mkrun.Refusal", __metatable = false }

--- Refusals whose text nobody has asked for: a script may catch and hide them.
local untold, count = setmetatable({}, { __mode = "k" }), 0

function Refusal.__tostring(self)
  if untold[self] then untold[self], count = nil, count - 1 end
  return self.detail
end

local function raise(detail)
  local problem = setmetatable({ code = "denied", detail = detail }, Refusal)
  untold[problem], count = true, count + 1
  error(problem, 0)
end

--- Tells at the end of the run how much was refused without a word.
local Ending = { __gc = function()
  if count == 0 or config.trace then return end
  io.stderr:write(("mkrun: %d %s refused, which the script does not tell "
    .. "(--trace does)\n"):format(count, count == 1 and "thing was"
    or "things were"))
end }

--- Returns a value as a word of the command line.
local function shown(value)
  if value:find "^[%w_./:@%%+,=*~-]+$" then return value end
  return "'" .. value:gsub("'", "'\\''") .. "'"
end

--- Raises the error.  A script may catch it, so the trace tells of it, too.
local function refuse(what, why)
  local detail = what .. ": not allowed" .. why
  if config.trace then
    io.stderr:write("mkrun: refused: ",
      require "mkrun.printable".line(detail), "\n")
  end
  raise(detail)
end

--- Raises the error for what is not granted.
---@param what string    "read './x'"
---@param kind string    the option --allow-KIND
---@param value? string
function Grants:refuse(what, kind, value)
  local flag = "--allow-" .. kind .. (value and "=" .. shown(value) or "")
  if kind == "api" then flag = "api:" .. value .. " in @needs" end
  local need = kind .. (value and ":" .. value or "")
  local is_word = not self.is_strict and kind ~= "api"
    and not need:find "[%s,]"
  local word = is_word and (", or %s in @needs"):format(need) or ""
  refuse(what, (" (%s%s)%s"):format(flag, word, self.why or ""))
end

--- Raises the error for what no confined script may do.
---@param what string    "make a temporary file"
function Grants.refuse_always(_, what)
  refuse(what, ": no confined script may")
end

--- Returns the absolute path without links.  Folders at the end may be missing,
--- or be where the user may not look, which the system refuses as well.
---@param path string
---@return string?  nil if nothing can be there
---@return string? message   what is wrong then: "./x: I/O error"
local function real_path(path)
  local real, message, code = cage.resolve(path)
  if real or code ~= "missing" and code ~= "denied" then
    return real, message
  end
  local folder, name = path:match "^(.*)/+([^/]*)$"
  if not folder or folder == "" or name == ".." then return nil end
  real, message = real_path(folder)
  if not real or name == "" or name == "." then return real, message end
  return (real == "/" and "" or real) .. "/" .. name
end

local function is_below(path, folder)
  return path == folder or folder == "/"
    or path:sub(1, #folder + 1) == folder .. "/"
end

local function covers(grant, path, ends)
  for _, suffix in ipairs(ends) do
    if path == grant .. suffix then return true end
  end
  return is_below(path, grant)
end

local function is_granted(list, path, ends)
  for _, folder in ipairs(KERNEL) do
    if is_below(path, folder) then
      for _, grant in ipairs(list) do
        if is_below(grant, folder) and covers(grant, path, ends) then
          return true
        end
      end
      return false
    end
  end
  for _, grant in ipairs(list) do
    if covers(grant, path, ends) then return true end
  end
  return false
end

--- Returns true if a write to the path would change a file of the run itself:
--- the file, its lock, or a folder above it.
local function is_kept(self, path)
  for _, file in ipairs(self.kept) do
    if is_below(file, path) or covers(file, path, BESIDE) then return true end
  end
  return false
end

--- Tells whether a path may be used.
---@param kind "read"|"write"
---@param path string
---@return boolean
---@return string? message   what is wrong with a path that was granted
function Grants:allows(kind, path)
  local real, message = real_path(path)
  if real then return is_granted(self[kind], real, BESIDE) end
  return self.nowhere[kind .. ":" .. path] == true,
    self.spelled[path] and message or nil
end

local function refuse_kept(path)
  raise(("write '%s': not allowed, because this run needs the file or a file "
    .. "in it"):format(path))
end

--- Returns true if a granted path is below this folder.
local function leads_to(list, folder)
  for _, grant in ipairs(list) do
    if is_below(grant, folder) then return true end
  end
  return false
end

--- Raises an error unless the path may be used in this way.
---@param kind "read"|"write"
---@param path string
function Grants:check(kind, path)
  local is_allowed, message = self:allows(kind, path)
  if is_allowed then
    local real = kind == "write" and real_path(path)
    if not real or not is_kept(self, real) then return end
    refuse_kept(path)
  end
  if message then raise(message) end
  self:refuse(("%s '%s'"):format(kind, path), kind, path)
end

--- Raises an error unless the script may remove or rename what is at the path.
--- A link is not followed then, so its own place counts, too.
---@param path string
function Grants:check_entry(path)
  self:check("write", path)
  local folder, name = ("./" .. path):match "^(.*/)([^/]+)/*$"
  if path:sub(1, 1) == "/" then folder = folder and folder:sub(3) end
  local real = folder and name ~= "." and name ~= ".." and real_path(folder)
  local place = real and (real == "/" and "" or real) .. "/" .. name
  if not place or not is_granted(self.write, place, BESIDE) then
    self:refuse(("write '%s'"):format(path), "write", path)
  elseif is_kept(self, place) then
    refuse_kept(path)
  end
end

--- Raises an error unless the script may learn whether the path is there: a
--- granted path, or a folder on the way to one.
---@param path string
function Grants:check_sight(path)
  local real, message = real_path(path)
  if real and (is_granted(self.read, real, BESIDE)
    or is_granted(self.write, real, BESIDE)
    or leads_to(self.read, real) or leads_to(self.write, real)) then
    return
  end
  if not real and message and self.spelled[path] then raise(message) end
  self:refuse(("look at '%s'"):format(path), "read", path)
end

--- Returns true if the script may read the variable.
---@param name string
---@return boolean
function Grants:allows_variable(name)
  for _, pattern in ipairs(self.env) do
    if name:find(pattern) then return true end
  end
  return false
end

--- Raises an error unless the script may give tokens away.
---@param to string   "write the token to './x'"
function Grants:check_token(to)
  if not self.token then self:refuse(to, "token") end
end

--- Returns true if the command is one program with plain words, as the process
--- that runs commands wants it.
local function is_plain(command)
  local bare = command:gsub("'[^']*'", ""):gsub('"[^"$`\\]*"', "")
  return not bare:find "[;&|<>()$`\\\n\"']"
end

local function allows_run(self, command)
  local program, is_one = command:match "^%s*(%S+)", is_plain(command)
  for _, grant in ipairs(self.run) do
    if grant.exact == command or is_one and grant.program == program then
      return true
    end
  end
  return false
end

--- Raises an error unless the script may run this command.
---@param command string
function Grants:check_run(command)
  if allows_run(self, command) then return end
  self:refuse(("run '%s'"):format(command), "run",
    is_plain(command) and command:match "^%s*(%S+)" or command)
end

--- Returns true if the script may send requests to this server.
---@param authority string   "host:port" or "host", in lower case
---@return boolean
function Grants:allows_net(authority)
  return self.net[authority] or self.net[(authority:gsub(":%d+$", ""))]
    or false
end

--- Raises an error unless the script may send this request to the API.
---@param method string
---@param path string
---@param key? string   the operation: "teams.patch"; nil if there is none
function Grants:check_api(method, path, key)
  local is_read = method == "GET" or method == "HEAD"
  if self.api.write or is_read and self.api.read
    or key and self.api.keys[key] then
    return
  end
  self:refuse(("%s %s"):format(method, path), "api",
    key or is_read and "read" or "write")
end

-- Making the list ------------------------------------------------------------

--- Makes a Lua pattern of a name with "*".
local function pattern_of(name)
  return "^" .. name:gsub("[^%w_*]", "%%%0"):gsub("%*", ".*") .. "$"
end

local take = {}

function take.api(self, value)
  if value == "read" or value == "write" then
    self.api[value] = true
  else
    self.api.keys[value] = true
  end
end

--- Returns the path of the name itself where `path` may be a link, or nil.  The
--- files beside a file that may be written are beside the link.
local function place_of(path)
  local folder, name = path:match "^(.*)/([^/]+)$"
  if not folder then folder, name = ".", path end
  if name:find "/$" or name:find "^%.%.?$" then return nil end
  local home = cage.resolve(folder == "" and "/" or folder)
  return home and (home == "/" and "" or home) .. "/" .. name
end

local function take_path(kind)
  return function(self, value)
    local path, place = real_path(value), place_of(value)
    for _, suffix in ipairs(BESIDE) do self.spelled[value .. suffix] = true end
    self.spelled[value:match "^(.*/)[^/]+$" or "."] = true
    if path then table.insert(self[kind], path) end
    for _, suffix in ipairs(path and {} or BESIDE) do
      self.nowhere[kind .. ":" .. value .. suffix] = true
    end
    if place ~= path then table.insert(self[kind], place) end
  end
end

take.read, take.write = take_path "read", take_path "write"

function take.env(self, value)
  table.insert(self.env, pattern_of(value))
end

function take.net(self, value) self.net[value:lower()] = true end

function take.run(self, value, exact)
  table.insert(self.run,
    exact and { exact = value } or { program = value })
end

function take.token(self) self.token = true end

--- Adds a grant.
---@param grant mkrun.Grant
function Grants:add(grant)
  take[grant.kind](self, grant.value, grant.exact)
end

--- Keeps the script from writing a file that the run itself needs.
---@param path string
function Grants:keep(path)
  local real = real_path(path)
  if real then table.insert(self.kept, real) end
end

--- Returns true if all that the grant gives is given already.
---@param grant mkrun.Grant
---@return boolean
function Grants:has(grant)
  local kind, value = grant.kind, grant.value
  if kind == "read" or kind == "write" then
    return kind == "read" and value == "-" or self:allows(kind, value)
  elseif kind == "env" then
    return self:allows_variable(value)
  elseif kind == "net" then
    return self.net[value:lower()] == true
  elseif kind == "token" then
    return self.token
  elseif kind == "run" then
    return allows_run(self, value)
  end
  return true -- the API
end

--- Makes a list of grants.
---@param options {is_strict: boolean, why: string?}
---@return mkrun.Grants
function M.new(options)
  return setmetatable({ api = { keys = {} }, read = {}, write = {}, env = {},
    net = {}, run = {}, kept = {}, nowhere = {}, spelled = {}, token = false,
    is_strict = options.is_strict, why = options.why,
    ending = setmetatable({}, Ending) }, Grants)
end

return M
