--- What a write is about: for plans, and where its own path does not tell for
--- the journal and the audit, which know nothing of the API.
-- SPDX-License-Identifier: MIT

local operations = require "mkio.operations"

local M = {}

--- By the group that an operation belongs to: what people call the thing, and
--- what names one in a path.
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

--- What they change can be read there.
local CHANGES <const> = {
  -- It also switches the project on.
  ["project_payment_method.assign"] = "projects.get",
}

--- Whether they took effect can be read there, and nowhere else.
local SHOWN_BY <const> = { ["organization.create"] = "my_organizations.list" }

--- The path of the document that tells where a token belongs.
M.home = operations.by_key["organization.get"].path

--- The kind of thing that an operation is about, and the parameter of its path
--- that names one; nil when it is about none.
---@param operation mkrun.rest.Operation
---@return string? kind       "webhook rule"
---@return string? parameter  "rule_name"
function M.kind(operation)
  return table.unpack(KINDS[operation.key:match "^[^.]+"] or {}, 1, 2)
end

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
