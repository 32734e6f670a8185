--- Reads the request bodies of a document: media type, members, and which kind
--- of PATCH it is.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.tool.new.provider.answers"
local document = require "mkrun.tool.new.provider.document"
local schema = require "mkrun.tool.new.provider.schema"

local M = {}

local MERGE <const> = "application/merge-patch+json"
local PATCH <const> = "application/json-patch+json"

--- Media types in the order in which a document's are tried.
local WANTED <const> = { PATCH = { MERGE, PATCH, "application/json" },
  OTHERS = { "application/json" } }

---@class mkrun.new.Body
---@field type? any          body type; nil: none, or of another media type
---@field media_type? string   unless it is application/json
---@field patch? "json"      entries of a JSON Patch, as application/json
---@field is_patch_told? boolean   the document says which kind of PATCH it is
---@field guessed string[]   members that were taken for secrets by their names
---@field mark? string       what cannot be sent

--- Returns true if a schema is that of a JSON Patch: an array of entries with
--- `op` and `path`.
local function is_json_patch(root, found)
  local _, word, items = schema.members(root, found)
  if word ~= "array" or not items then return false end
  local members = schema.members(root, items)
  return members.op ~= nil and members.path ~= nil
end

local function other_type(media_type)
  return { guessed = {}, mark = ("the body is %s, which is not written here")
    :format(media_type and media_type:sub(1, 60) or "of no known type") }
end

--- Returns the schema of an operation's request body, and its media type.
---@param root table
---@param operation mkrun.new.Operation
---@return any schema   nil: there is none, or it is of another media type
---@return string? media_type
function M.schema(root, operation)
  local body = document.resolve(root, operation.node.requestBody)
  return answers.json(root, body, WANTED[operation.method] or WANTED.OTHERS)
end

--- Returns the body of an operation.
---@param root table
---@param operation mkrun.new.Operation
---@return mkrun.new.Body?  nil: it has none
function M.of(root, operation)
  if type(operation.node.requestBody) ~= "table"
    or operation.method == "GET" then
    return nil
  end
  local found, media_type = M.schema(root, operation)
  if found == nil then return other_type(media_type) end
  local own = schema.body(root, found)
  local is_plain = media_type == "application/json" or media_type == "*/*"
  local is_entries = operation.method == "PATCH"
    and (media_type == PATCH or is_json_patch(root, found))
  return { type = not is_entries and own.type or nil, guessed = own.guessed,
    media_type = (not is_plain or is_entries) and media_type or nil,
    patch = is_entries and media_type ~= PATCH and "json" or nil,
    is_patch_told = is_entries or media_type == MERGE }
end

return M
