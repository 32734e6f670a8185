--- Gathers what goes into a bundle: the flow, the modules that it requires, and
--- the files that were named.  Nothing else is taken.
-- SPDX-License-Identifier: MIT

local built_in = require "mkrun.host.built_in"
local config = require "mkrun.config"
local headers = require "mkrun.host.header"
local needs = require "mkrun.host.needs"
local provider_files = require "mkrun.host.provider_files"
local requires = require "mkrun.host.requires"
local secrets = require "mkrun.tool.bundle.secrets"
local sys = require "mkrun.sys"
local value = require "mkrun.value"

local M = {}

---@class mkrun.Gathered
---@field entries mkrun.BundleEntry[]  the flow first
---@field header mkrun.Header          of the flow
---@field warnings string[]
---@field paths table<string, true>    paths of the files that were taken
---@field folder string                of the flow: "" or "flows/"
---@field place string                 the same in the bundle

--- Raises a message for the user, which `M.gather` returns.
local function refuse(...) error({ text = (...):format(select(2, ...)) }, 0) end

local function without_dots(path)
  local bare = path:gsub("^%./+", "")
  return bare == path and path or without_dots(bare)
end

local function warn(self, ...)
  table.insert(self.warnings, (...):format(select(2, ...)))
end

local function add(self, kind, name, path, bytes)
  table.insert(self.entries, { kind = kind, name = name, path = path,
    bytes = bytes })
end

local function check_secrets(path, text)
  -- A link may have another name.
  local what = secrets.find(sys.real_path(path) or path, text)
  if what then
    refuse("%s: %s: a bundle must not hold a secret", path, what)
  end
end

--- Reads a file of Lua, which others must not be able to write.
local function read_code(path)
  local text, message = sys.read_trusted(path)
  if not text then refuse("%s", message) end
  local chunk, why = load((text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", "")),
    "@" .. path, "t")
  if not chunk then refuse("%s", why) end
  check_secrets(path, text)
  return text
end

--- Takes a file of Lua into the bundle, and then what it requires.
local function add_code(self, kind, name, path, from)
  local text = read_code(from)
  self.paths[path] = true
  add(self, kind, name, path, text)
  for _, required in ipairs(requires.find(text)) do
    self.require(from, required)
  end
  return text
end

--- Returns true if each mkrun has the module.
local function is_built_in(name)
  return package.loaded[name] ~= nil
    or type(built_in.find(name)) == "function"
end

--- Returns the path of a module below the folder of the flow, or nil.
local function place_of(self, name)
  local stem = name:gsub("%.", "/")
  for _, path in ipairs { stem .. ".lua", stem .. "/init.lua" } do
    local _, message, code = sys.real_path(self.folder .. path)
    if not message then return path end
    if code ~= "missing" then refuse("%s", message) end
  end
end

--- Takes a module that a file requires into the bundle.
local function add_module(self, file, required)
  local name, line = required.name, required.line
  if not name then
    return warn(self, "%s:%d: the name of this module is computed: if it is "
      .. "not built in, name its file among FILE", file, line)
  elseif is_built_in(name) or self.provided[name] then
    return
  end
  local path = place_of(self, name)
  if path and self.paths[self.place .. path] then return end
  if path then
    add_code(self, "m", name, self.place .. path, self.folder .. path)
  elseif required.is_optional then
    warn(self, "%s:%d: module '%s' is not in the folder of the flow", file,
      line, name)
  else
    refuse("%s:%d: module '%s' is not in the folder of the flow", file, line,
      name)
  end
end

--- Returns the name of the module in a file, or nil if the file is not below
--- the folder of the flow or no file of Lua.
local function module_in(self, path)
  local rest = path:sub(1, #self.place) == self.place
    and path:sub(#self.place + 1):match "^(.*)%.lua$"
  return rest and rest:gsub("/init$", ""):gsub("/", ".") or nil
end

--- Takes a file that was named into the bundle.
local function add_file(self, given)
  local path = without_dots(given)
  if path:find "^/" or ("/" .. path .. "/"):find("/../", 1, true) then
    refuse("%s: a path below this folder expected: the flow finds the file by "
      .. "this path", given)
  elseif self.paths[path] then
    return
  end
  local module = module_in(self, path)
  if module then return add_code(self, "m", module, path, path) end
  if sys.is_special(path) then -- reading a pipe may never end
    refuse("%s: is no file: name the files that are in it", given)
  end
  local text, message = sys.read(path)
  if not text then refuse("%s", message) end
  check_secrets(path, text)
  self.paths[path] = true
  add(self, "d", path, path, text)
end

--- Returns the built-in flow that a word names, as mkrun finds a script.
local function find_flow(word)
  local name = word:gsub("%.lua$", "")
  local source, path = sys.builtin("scripts/" .. name)
  local is_flow = source and not word:find "/"
    and (name == word or not sys.real_path(word))
  if is_flow then return name, path, source end
end

local function add_options(self)
  for _, argument in ipairs(self.header.args) do
    if argument.option then
      add(self, "o", argument.name, argument.value or "", "")
    end
  end
end

--- Notes the modules that the header of the flow names with `@provider`, which
--- need not be where `require` looks.
local function note_providers(self, word)
  local header = headers.parse(sys.read_trusted(word) or "")
  for _, text in ipairs(header.providers) do
    local name = provider_files.name_of(text)
    if not name then refuse("%s: @provider %s: no file of Lua", word, text) end
    self.provided[name] = provider_files.place(word, text)
  end
end

--- Takes those modules into the bundle.
local function add_providers(self)
  for _, name in ipairs(value.names(self.provided)) do
    add_code(self, "m", name, self.place .. name .. ".lua",
      self.provided[name])
  end
end

--- Takes the flow into the bundle.
local function add_flow(self, word)
  local name, place, source = find_flow(word)
  if name then
    self.folder, self.place = "", "\0" -- a flow has no folder
    add(self, "b", name, place, "")
  else
    local path = without_dots(word)
    local outside = path:find "^/" or ("/" .. path):find("/../", 1, true)
    path = outside and path:match "[^/]*$" or path
    self.folder, self.place = word:match "^.*/" or "", path:match "^.*/" or ""
    -- A bare word, such as "help", may mean something else to mkrun.
    local script = path:find "[/.]" and path or "./" .. path
    note_providers(self, word)
    source = add_code(self, "f", script, path, word)
  end
  self.header = headers.parse(source)
  local list, message = needs.parse(self.header, config.needs)
  if not list then refuse("%s: %s", word, message) end
  if name and table.concat(self.header.tags, " "):find "tool" then
    refuse("%s: is a tool of mkrun, not a flow", word)
  end
  if not name and not self.header.says_needs then
    warn(self, "%s: has no @needs, so the bundle can do all that its user can "
      .. "(mkrun help security)", word)
  end
  add_options(self)
  add_providers(self)
end

--- Gathers the files of a bundle.
---@param word string     the flow: a file, or the name of a built-in flow
---@param files string[]  paths of data
---@return mkrun.Gathered?
---@return string? message   what is wrong
function M.gather(word, files)
  local self = { entries = {}, warnings = {}, paths = {}, provided = {} }
  self.require = function(...) add_module(self, ...) end
  local good, problem = pcall(function()
    add_flow(self, word)
    for _, file in ipairs(files) do add_file(self, file) end
  end)
  if good then return self end
  if type(problem) ~= "table" then error(problem, 0) end
  return nil, problem.text
end

return M
