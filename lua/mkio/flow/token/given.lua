--- Selects the rights that a file names, for `token create --permissions FILE`.
---
--- The file has the form of a restricted token's permissions, with names or ids
--- of resources, as `mkrun --dry-run --rights` prints it.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local errors = require "mkrun.rest.error"
local permissions = require "mkio.permissions"
local rights = require "mkio.flow.token.rights"
local shape = require "mkrun.rest.shape"

local M = {}

--- Reads the file.  Ends the run with exit code 2 if the file is wrong.
---@param path string
---@return table
function M.read(path)
  local document = script.read_json(path)
  local ok, pointer, fault = shape.check(permissions.shape, document)
  if ok then return document end
  return script.refuse(("%s: %s: %s"):format(path, shape.place(pointer), fault))
end

local function find(all, type_, resource, family, verb)
  for _, right in ipairs(all) do
    if right.type == type_ and right.family == family and right.verb == verb
      and (right.id == resource or right.name == resource) then
      return right
    end
  end
end

--- Returns the rights that the document names.  Raises an error if the token of
--- this run lacks one of them.
---@param all mkio.Right[]   the rights of the token of this run
---@param document table     from `read`
---@param lists mkio.Lists   those that the names of the rights are from
---@return mkio.Right[]
function M.pick(all, document, lists)
  local picked, lacking = {}, {}
  permissions.walk(document, function(type_, resource, family, verbs)
    for _, verb in ipairs(verbs) do
      local right = find(all, type_, resource, family, verb)
      picked[#picked + 1] = right
      if right and right.id ~= resource then rights.note_name(lists, right) end
      lacking[#lacking + 1] = not right
        and ("%s/%s: %s.%s"):format(type_, resource, family, verb) or nil
    end
  end)
  if not lacking[1] then return picked end
  errors.refuse("permissions", "the token of this run lacks "
    .. table.concat(lacking, ", "), "mkrun token rights shows what it has")
end

--- Returns the rights that the options of `token create` choose.
---@param all mkio.Right[]
---@param options table<string, any>
---@param lists mkio.Lists   those that the names of the rights are from
---@return mkio.Right[]   at least one
function M.choose(all, options, lists)
  local file, allow, deny =
    options.permissions, options.allow, options.deny or {}
  if file then return M.pick(all, M.read(file), lists) end
  rights.note_names(lists, all, allow)
  rights.note_names(lists, all, deny)
  return rights.some(rights.pick(all, allow, deny))
end

return M
