--- Names the kind of resource that a write changes, and the document that shows
--- the change.  Plans, the journal and the audit call this module.  The journal
--- and the audit themselves know no paths of the API.
-- SPDX-License-Identifier: MIT

local operations = require "mkio.operations"

local M = {}

--- Maps each group of operations to the kind of resource for messages, and to
--- the path parameter that contains the resource's id or name.
local KINDS <const> = {
  invites = { "invite", "invite_id" },
  metrics = { "metrics export", "project_name" },
  my_organizations = { "membership", "organization_id" },
  my_tokens = { "token", "token_id" },
  old_profile = { "profile" },
  organization = { "organization" },
  payment_methods = { "payment method", "paymentmethod_id" },
  profile = { "profile" },
  project_payment_method = { "project", "project_name" },
  projects = { "project", "project_name" },
  teams = { "team", "team_name" },
  tokens = { "token", "token_id" },
  users = { "user", "user_id" },
  webhooks = { "webhook rule", "rule_name" },
}

--- Maps an operation to the operation that reads the changed document.
local CHANGES <const> = {
  -- Assigning a payment method also activates the project.
  ["project_payment_method.assign"] = "projects.get",
}

--- Maps an operation to the operation whose answer shows whether the write took
--- effect.
local SHOWN_BY <const> = { ["organization.create"] = "my_organizations.list" }

--- The path of the document that names a token's organization.
M.home = operations.by_key["organization.get"].path

--- Returns the kind of resource that an operation changes, and the parameter of
--- the path that identifies the resource.
---@param operation mkrun.rest.Operation
---@return string? kind       such as "webhook rule"; nil if no resource changes
---@return string? parameter  such as "rule_name"; nil if the path has none
function M.kind(operation)
  return table.unpack(KINDS[operation.key:match "^[^.]+"] or {}, 1, 2)
end

local function path_in(map, method, path)
  local operation, at = operations.match(method, path)
  local key = operation and map[operation.key]
  return key and operations.expand(operations.by_key[key].path, at) or nil
end

--- Returns the path of the document that a write changes.  Returns nil if the
--- write has the same path.
---@param method string  the method of the write
---@param path string    the path of the write
---@return string?
function M.changes(method, path) return path_in(CHANGES, method, path) end

--- Returns the path of the list that shows whether a write took effect.
--- Returns nil if the list that contains the resource shows the effect.
---@param method string  the method of the write
---@param path string    the path of the write
---@return string?
function M.shown_by(method, path) return path_in(SHOWN_BY, method, path) end

return M
