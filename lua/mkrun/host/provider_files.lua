--- Loads the files that a header names with `@provider`, before the script
--- runs: `require "rabbitmq"` finds what `@provider rabbitmq.lua` has returned.
--- The host calls `load`, and `mkrun.host.confine` the other functions.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local headers = require "mkrun.host.header"
local sys = require "mkrun.sys"

local M = {}

---@class mkrun.ProviderFile
---@field text string    as in the header: "lib/rabbitmq.lua"
---@field name string    name of the module: "rabbitmq"
---@field path string    from the current folder
---@field source? string  nil in a bundle, which has the module itself

local function refuse(file, ...)
  require "mkrun.script".refuse(("%s: @provider %s: %s"):format(
    config.script.path or "stdin", file.text, (...):format(select(2, ...))))
end

--- Returns the path of a file that the header of a script names.
---@param script string  path of the script
---@param text string    in the header
---@return string
function M.place(script, text)
  local folder = text:sub(1, 1) ~= "/" and script:match "^.*/" or ""
  return folder .. text
end

--- Returns the name of the module in a file, or nil if it can have none.
---@param text string
---@return string?
function M.name_of(text)
  local name = text:match "([^/]+)%.lua$"
  return name and name:find "^[%w_-]+$" and name or nil
end

--- Returns true if the name is that of a module of mkrun or of Lua, which the
--- file would replace.
local function is_ours(name)
  return name:find "^mkrun" ~= nil or name == config.provider().name
    or type(_G[name]) == "table" or name == "cjson"
end

--- Lists the files of a header.  Ends the run if one of them cannot be a
--- module.
---@param header mkrun.Header
---@return mkrun.ProviderFile[]
function M.list(header)
  local list, seen = {}, {}
  for i, text in ipairs(header.providers) do
    local file = { text = text, name = M.name_of(text),
      path = M.place(config.script.path or "", text) }
    if not file.name then
      refuse(file, "a file such as rabbitmq.lua expected")
    elseif is_ours(file.name) then
      refuse(file, "'%s' is a module of mkrun: give the file another name",
        file.name)
    elseif seen[file.name] then
      refuse(file, "a second file of that name")
    end
    list[i], seen[file.name] = file, true
  end
  return list
end

--- Reads the files.  Ends the run if one of them is not there, or if others can
--- write it: it has the rights of the script, and gets the provider's token.
---@param list mkrun.ProviderFile[]
function M.read(list)
  if config.program then return end
  for _, file in ipairs(list) do
    local text, message, code = sys.read_trusted(file.path)
    if code == "memory" then error(message, 0) end
    if not text then
      local start = file.path .. ": "
      local has_path = message:sub(1, #start) == start
      refuse(file, "%s", has_path and message:sub(#start + 1) or message)
    end
    file.source = text:gsub("^\xEF\xBB\xBF", ""):gsub("^#[^\n]*", "")
  end
end

local function is_provider(value)
  return type(value) == "table" and type(value.name) == "string"
    and type(value.operations) == "table"
end

--- Runs the files.
---@param list mkrun.ProviderFile[]
---@param env table  the globals of the script
function M.run(list, env)
  for _, file in ipairs(list) do
    local value
    if file.source then
      local main, message = load(file.source, "@" .. file.path, "t", env)
      if not main then error(message, 0) end
      value = main(file.name, file.path)
    else
      value = env.require(file.name)
    end
    if not is_provider(value) then
      refuse(file, "the file returns no provider (return rest.provider { ... "
        .. "}; see mkrun help provider)")
    end
    env.package.loaded[file.name] = value
  end
end

--- Loads the files of a script that is not confined.
function M.load()
  local list = M.list(headers.parse(config.script.source))
  M.read(list)
  M.run(list, _G)
end

return M
