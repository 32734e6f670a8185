--- What a write is about, where its own path does not tell: for the journal
--- and the audit, which know nothing of the API.
-- SPDX-License-Identifier: MIT

local operations = require "mkio.operations"

local M = {}

--- What they change can be read there.
local CHANGES <const> = {
  -- It also switches the project on.
  ["project_payment_method.assign"] = "projects.get",
}

--- Whether they took effect can be read there, and nowhere else.
local SHOWN_BY <const> = { ["organization.create"] = "my_organizations.list" }

--- The path of the document that tells where a token belongs.
M.home = operations.by_key["organization.get"].path

local function path_in(map, method, path)
  local operation, at = operations.match(method, path)
  local key = operation and map[operation.key]
  return key and operations.expand(operations.by_key[key].path, at) or nil
end

--- The path of the document that a write changes, if it is not its own.
---@param method string
---@param path string
---@return string?
function M.changes(method, path) return path_in(CHANGES, method, path) end

--- The path of the list that tells whether a write took effect, if it is not
--- the one that it stands in.
---@param method string
---@param path string
---@return string?
function M.shown_by(method, path) return path_in(SHOWN_BY, method, path) end

return M
