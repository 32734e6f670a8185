--- Saves a plan in a file, and reads a saved plan.  `mkrun.plan` calls this
--- module.
---
--- The file contains the script to run, digests of the documents that the plan
--- depends on, and the writes.  The file contains no secrets, because secrets
--- in bodies are hidden.  Even so, only the file's owner may read the file
--- (mode 0600).
-- SPDX-License-Identifier: MIT

local backend = require "mkrun.backend"
local clock = require "mkrun.clock"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local dependencies = require "mkrun.plan.dependencies"
local headers = require "mkrun.host.header"
local init_code = require "mkrun.host.init_code"
local planned_files = require "mkrun.plan.files"

local M = {}

--- A Lua pattern that matches the beginning of a plan's file.
M.LIKE = '^%s*{%s*"actions"'

--- The format version in each plan.  A plan with another version is refused.
M.version = 4

local function write_data(write)
  local change = write.change
  return {
    action = change.action, kind = change.kind, name = change.name,
    method = write.method, url = write.url, query = write.query,
    line = write.line, body = change.body, id = change.id,
    provider = write.provider,
  }
end

--- Lists the providers whose documents a plan depends on or changes.
local function providers_of(record)
  local list = json.array {}
  for _, world in ipairs(record.overlay and record.overlay.list or {}) do
    if world.name then
      list[#list + 1] = { name = world.name, base_url = world.base }
    end
  end
  return list
end

--- Makes the document to save as a plan.
---@param record mkrun.PlanRecord
---@param files mkrun.PlannedFiles
---@param config mkrun.Config
---@param arguments string[]   arguments of the script
---@return table
function M.document(record, files, config, arguments)
  local writes = json.array {}
  for i, write in ipairs(record.writes) do writes[i] = write_data(write) end
  local script = config.script
  return {
    version = M.version, mkrun = config.version, base_url = config.base_url,
    made = clock.iso8601(),
    project = config.project, organization = record.organization,
    sandbox = config.sandbox ~= false,
    script = { name = script.name, path = script.path,
      digest = sys.sha256(script.source), doubt = script.doubt },
    confine = config.confine and tostring(config.confine) or nil,
    -- The digest pins the needs; they are for those who read the plan.
    needs = json.array(headers.parse(script.source).needs),
    allows = json.array { table.unpack(config.allows) },
    actions = json.array { table.unpack(config.actions) },
    init = init_code.digest(config),
    arguments = json.array(arguments), writes = writes,
    reads = json.array(dependencies.of(record, writes)),
    inputs = json.array(planned_files.inputs(files)),
    providers = providers_of(record),
  }
end

--- Writes the document of a plan to a file.
---@param path string
---@param document table  the result of `M.document`
---@return boolean? done
---@return string? message
function M.write(path, document)
  local text, why = json.encode(document, { indent = 2, sort = true })
  if not text then return nil, ("%s: not written: %s"):format(path, why) end
  return backend.machine["sys.write"](path, secret.redact(text) .. "\n", "600")
end

--- The types of a plan's members.  "?" marks an optional member, and "[]" marks
--- a list.
local SHAPES <const> = {
  plan = { base_url = "string", made = "string?", project = "string?",
    sandbox = "boolean", organization = "string?", script = "script",
    arguments = "[]string",
    actions = "[]action", init = "string?", confine = "string?",
    needs = "[]string", allows = "[]allow",
    inputs = "[]input", reads = "[]read", writes = "[]write",
    providers = "[]provider" },
  provider = { name = "string", base_url = "string" },
  action = { letter = "string", text = "string?" },
  allow = { what = "string", value = "string?" },
  script = { name = "string?", path = "string", digest = "string",
    doubt = "string?" },
  input = { path = "string", digest = "string", is_written = "boolean?" },
  read = { url = "string", query = "table?", digest = "string?",
    items = "items?", all = "boolean?" },
  item = { kind = "string", name = "string", by = "[]number?",
    extent = "[]string?" },
  write = { action = "string", kind = "string", name = "string",
    method = "string", url = "string", query = "table?", line = "string?",
    id = "string?", provider = "string?" },
}

local fault

local function fault_in_list(list, kind, at)
  if not json.is_array(list) then
    return ("at '%s': array expected"):format(at)
  end
  for i, item in ipairs(list) do
    local found = fault(item, kind, ("%s/%d"):format(at, i - 1))
    if found then return found end
  end
end

local function fault_in_object(object, shape, at)
  local names = {}
  for name in pairs(shape) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local found = fault(object[name], shape[name], at .. "/" .. name)
    if found then return found end
  end
end

--- Returns an error message if one of the things in `items` is malformed, or
--- nil.
local function fault_in_items(items, at)
  for _, item in pairs(items) do
    local found = fault(item, "item", at)
    if found then return found end
    if item.digest and type(item.digest) ~= "string" then
      return ("at '%s': digest or false expected"):format(at)
    end
  end
end

--- Returns an error message if a value does not have the type `kind`, or nil.
function fault(value, kind, at)
  local list, optional = kind:match "^%[%](.*)$", kind:match "^(.*)%?$"
  if optional then
    return value ~= nil and fault(value, optional, at) or nil
  end
  if list then return fault_in_list(value, list, at) end
  local expected = (SHAPES[kind] or kind == "items") and "table" or kind
  if type(value) ~= expected then
    return ("at '%s': %s expected"):format(at,
      expected == "table" and "object" or expected)
  end
  if kind == "items" then return fault_in_items(value, at) end
  return SHAPES[kind] and fault_in_object(value, SHAPES[kind], at)
end

--- Returns true if a URL is of the API of the run or of one of the providers.
local function is_known_place(document, url)
  local function is_below(base)
    return url:sub(1, #base + 1):lower() == base:lower() .. "/"
  end
  if is_below(document.base_url) then return true end
  for _, provider in ipairs(document.providers) do
    if is_below(provider.base_url) then return true end
  end
  return false
end

--- Returns an error message if a URL in the plan leads to another server, or
--- nil.
local function fault_of_place(document)
  for _, list in ipairs { "reads", "writes" } do
    for i, item in ipairs(document[list]) do
      if not is_known_place(document, item.url) then
        return ("at '/%s/%d/url': not below '%s'%s"):format(list, i - 1,
          document.base_url, document.providers[1] and " or a provider's URL"
            or "")
      end
    end
  end
end

--- Returns an error message if a document is no plan of this version, or nil.
local function fault_of_version(document)
  local version = type(document) == "table" and document.version
  if version == M.version then return nil end
  if math.type(version) == "integer" then
    return ("is a plan of version %d, and this mkrun reads version %d: make a "
      .. "new plan"):format(version, M.version)
  end
  return ("not a plan of version %d"):format(M.version)
end

--- Reads and checks a plan.
---@param path string
---@return table? document
---@return string message   or the SHA-256 of the file, if there is a document
function M.read(path)
  local text, message = sys.read_trusted(path)
  if not text then return nil, message end
  local document, why = json.decode(text)
  if document == nil then return nil, ("%s: %s"):format(path, why) end
  why = fault_of_version(document)
  if why then return nil, ("%s: %s"):format(path, why) end
  document.allows = document.allows or json.array {} -- without: allows nothing
  why = fault(document, "plan", "") or fault_of_place(document)
  if why then return nil, ("%s: no plan of mkrun's, %s"):format(path, why) end
  return document, sys.sha256(text)
end

--- Reads the script of a plan.  Fails if the script has changed since the plan
--- was made.
---@param script {name: string?, path: string, digest: string}
---@return string? source
---@return string? message
function M.source(script)
  local source = script.name and sys.builtin("scripts/" .. script.name)
  if source and sys.sha256(source) == script.digest then return source end
  local own, message = sys.read(script.path)
  if not own then return nil, source and script.path .. ": this mkrun has "
    .. "another version of the flow than the plan" or message end
  if sys.sha256(own) == script.digest then return own end
  return nil, script.path .. ": has changed since the plan was made"
end

return M
