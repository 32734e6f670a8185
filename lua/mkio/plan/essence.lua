--- Reduces an answer to what a plan depends on: it leaves out what changes
--- without a write, such as the last use of a token.  `mkio.plan.overlay` calls
--- this module.
-- SPDX-License-Identifier: MIT

local answers = require "mkio.answers"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local value = require "mkrun.value"

local M = {}

local function is_login(token)
  return value.dig(token, "metadata", "type") == "login"
end

local function forget_use(token)
  if token.spec then token.spec.lastUsed = nil end
end

--- Removes the projects that use a payment method.
local function forget_projects(method) method.related = nil end

local function each(document, reduce)
  for _, item in ipairs(document.value) do reduce(item) end
end

local function reduce_tokens(document)
  list.remove(document.value, is_login)
  each(document, forget_use)
end

--- Functions that reduce a document, by operation.
local reducers = {
  ["tokens.list"] = reduce_tokens, ["my_tokens.list"] = reduce_tokens,
  ["my_tokens.get"] = forget_use, ["payment_methods.get"] = forget_projects,
  ["payment_methods.list"] = function(document)
    each(document, forget_projects)
  end,
}

--- Operations whose answers change by themselves.
local PASSING <const> =
  { ["webhooks.events"] = true, ["project_usage.get"] = true }

local function encoded(document)
  return (json.encode(document, { sort = true }))
end

--- Tells whether the answer to an operation changes without a write.
---@param operation mkrun.rest.Operation
---@return boolean
function M.is_passing(operation)
  return operation.auth == "none" or PASSING[operation.key] or false
end

--- Returns the essence of an answer as text; nil if no plan depends on it.
---@param operation mkrun.rest.Operation
---@param response table
---@return string?
function M.of(operation, response)
  if M.is_passing(operation) then return nil end
  local document = json.decode(response.body)
  if response.status ~= 200 or type(document) ~= "table" then
    return tostring(response.status)
  elseif not answers.check(operation, document) then
    return response.body
  end
  local reduce = reducers[operation.key]
  if reduce then reduce(document) end
  return encoded(document)
end

--- Removes from a document what changes although nobody writes to it: what it
--- tells about other things.
local function forget_others(document)
  local metadata, spec = document.metadata, document.spec
  for _, name in ipairs { "createdBy", "createdByEmail", "createdByName" } do
    if metadata then metadata[name] = nil end
  end
  for _, name in ipairs { "invitedByName", "organizationName" } do
    if spec then spec[name] = nil end
  end
  for _, member in pairs(value.dig(spec, "members") or {}) do
    if type(member) == "table" then member.name = nil end
  end
end

--- Returns what of a thing can count for a plan.
---@param kind string       "team"
---@param document table    is changed
---@return table
function M.whole(kind, document)
  if kind == "token" then forget_use(document) end
  if kind == "payment method" then forget_projects(document) end
  forget_others(document)
  -- The API does not show the secrets of a rule, but when it was written.
  if kind ~= "webhook rule" and value.dig(document, "metadata", "updated") then
    document.metadata.updated = nil
  end
  return document
end

return M
