--- Checks what a journal says of providers and of the writes to them.
--- `mkrun.journal.file` calls this module.  `undo` and --resume rely on the
--- types of these members.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

local function is_text(value) return type(value) == "string" end

local function is_text_or_nil(value) return value == nil or is_text(value) end

local function is_object(value)
  return type(value) == "table" and not json.is_array(value)
end

local function is_texts(value)
  if value == nil then return true end
  if type(value) ~= "table" then return false end
  for _, text in pairs(value) do
    if not is_text(text) then return false end
  end
  return true
end

local function has_texts(object, names)
  for _, name in ipairs(names) do
    if not is_text_or_nil(object[name]) then return false end
  end
  return true
end

--- Returns true if a value is a path below a provider's base URL, or nil.
local function is_path_or_nil(value)
  return value == nil or is_text(value) and value:sub(1, 1) == "/"
end

local function has_paths(object, names)
  for _, name in ipairs(names) do
    if not is_path_or_nil(object[name]) then return false end
  end
  return true
end

local function is_items(items)
  return items == nil or is_object(items) and is_text(items.inside)
    and items.keys ~= nil and is_texts(items.keys)
    and items.marks ~= nil and is_texts(items.marks)
end

local function is_means(means)
  return means == nil or is_object(means) and is_text(means.act)
    and is_text(means.kind) and is_text(means.name)
    and has_texts(means, { "resource", "id" })
    and has_paths(means, { "target", "collection", "each", "shown" })
    and is_texts(means.ignore) and is_texts(means.secrets)
    and is_items(means.items)
end

--- Returns true if a value is the inverse of a write, or the reason why there
--- is none.
---@param inverse any
---@return boolean
function M.is_inverse(inverse)
  if inverse == nil then return true end
  if not is_object(inverse) then return false end
  return is_text(inverse.never) or is_text(inverse.method)
    and is_text(inverse.path) and is_path_or_nil(inverse.path)
    and has_texts(inverse, { "what", "lost" })
end

--- Returns true if what a write means is known, where something undoes it.
local function is_undone_by_meaning(line)
  return line.means ~= nil or line.inverse == nil
    or is_text(line.inverse.never)
end

--- Returns true if the first line of a write to a provider is valid.
---@param line table
---@return boolean
function M.is_intent(line)
  if line.provider == nil then return true end
  return is_text(line.provider) and is_means(line.means)
    and M.is_inverse(line.inverse) and is_undone_by_meaning(line)
    and (line.before == nil or type(line.before) == "table")
    and (line.absent == nil or type(line.absent) == "boolean")
end

--- Returns true if a line with the outcome of a write to a provider is valid.
---@param line table
---@return boolean
function M.is_outcome(line)
  local created = line.created
  return M.is_inverse(line.inverse)
    and (created == nil or is_object(created) and is_text(created.id))
end

local function has_only_texts(object)
  if object == nil then return true end
  return type(object) == "table" and is_texts(object)
end

--- Returns true if a value says how a provider's errors read: its members are
--- names of members, and `absent` is a code or a list of codes.
local function is_error(object)
  if object == nil then return true end
  if not is_object(object) then return false end
  for name, member in pairs(object) do
    if not is_text(member)
      and not (name == "absent" and type(member) == "table"
        and is_texts(member)) then
      return false
    end
  end
  return true
end

local function is_tables(object)
  if object == nil then return true end
  if not is_object(object) then return false end
  for _, member in pairs(object) do
    if type(member) ~= "table" then return false end
  end
  return true
end

--- Returns true if a value has rows of operations: {KEY, METHOD, PATH}, or
--- that list in the member "#" beside further fields.
local function are_rows(operations)
  if not is_tables(operations) then return false end
  for key, row in pairs(operations or {}) do
    local head = type(row["#"]) == "table" and row["#"] or row
    if head[1] ~= key or not is_text(head[2]) or not is_text(head[3]) then
      return false
    end
  end
  return true
end

--- Returns true if the facts of a provider are valid.
---@param facts any
---@return boolean
function M.is_provider(facts)
  return is_object(facts) and is_text(facts.base_url)
    and has_texts(facts, { "token_as", "auth" })
    and are_rows(facts.operations) and is_tables(facts.resources)
    and (facts.list == nil or type(facts.list) == "table")
    and is_error(facts.error) and has_only_texts(facts.hints)
end

return M
