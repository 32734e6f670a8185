--- A plan in a file: what is to be run, what it depends on, what it writes.
---
--- There is no secret in it: the secrets of bodies are covered, what was read
--- is there as a digest.  The file is its owner's alone (0600) all the same.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

--- Written into each plan; one with another number is refused.
M.version = 1

local function write_data(write)
  local change = write.change
  return {
    action = change.action, kind = change.kind, name = change.name,
    method = write.method, url = write.url, query = write.query,
    line = write.line, body = change.body, id = change.id,
  }
end

--- The plan as a document.
---@param record mkrun.PlanRecord
---@param files mkrun.PlannedFiles
---@param config mkrun.Config
---@param arguments string[]
---@return table
function M.document(record, files, config, arguments)
  local writes = json.array {}
  for i, write in ipairs(record.writes) do writes[i] = write_data(write) end
  local script = config.script
  return {
    version = M.version, mkrun = config.version, base_url = config.base_url,
    project = config.project, organization = record.organization,
    sandbox = config.sandbox ~= false,
    script = { name = script.name, path = script.path,
      digest = sys.sha256(script.source) },
    arguments = json.array(arguments), writes = writes,
    reads = json.array(record.reads), inputs = json.array(files.inputs),
  }
end

--- Put a plan into a file.
---@param write function  as `mkrun.sys.write`
---@param path string
---@param document table
---@return boolean? done
---@return string? message
function M.write(write, path, document)
  local text = assert(json.encode(document, { indent = 2, sort = true }))
  return write(path, secret.redact(text) .. "\n", tonumber("600", 8))
end

local function is_plan(document)
  if type(document) ~= "table" or document.version ~= M.version
    or type(document.script) ~= "table"
    or type(document.script.path) ~= "string" then
    return false
  end
  for _, name in ipairs { "arguments", "inputs", "reads", "writes" } do
    if not json.is_array(document[name]) then return false end
  end
  return true
end

--- Read a plan.
---@param path string
---@return table? document
---@return string? message
function M.read(path)
  local text, message = sys.read(path)
  if not text then return nil, message end
  local document, why = json.decode(text)
  if document == nil then return nil, ("%s: %s"):format(path, why) end
  if is_plan(document) then return document end
  return nil, ("%s: not a plan of version %d"):format(path, M.version)
end

--- The script of a plan, as it is now.
---@param script {name: string?, path: string, digest: string}
---@return string? source
---@return string? message
function M.source(script)
  local source = script.name and sys.builtin("scripts/" .. script.name)
  if source and sys.sha256(source) == script.digest then return source end
  local own, message = sys.read(script.path)
  if not own then return nil, source and script.path .. ": the flow of this "
    .. "mkrun is another one than the plan's" or message end
  if sys.sha256(own) == script.digest then return own end
  return nil, script.path .. ": is another one than when the plan was made"
end

return M
