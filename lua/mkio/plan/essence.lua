--- Reduces an answer to what a plan depends on: it leaves out what changes
--- without a write, such as the last use of a token.  `mkio.plan.overlay` calls
--- this module.
-- SPDX-License-Identifier: MIT

local answers = require "mkio.answers"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local operations = require "mkio.operations"
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

--- The lists whose items a plan can depend on one by one: the operation that
--- reads an item, its parameter, and the member of `metadata` that it names.
local ITEMS <const> = {
  ["projects.list"] = { "projects.get", "project_name", "name" },
  ["teams.list"] = { "teams.get", "team_name", "name" },
  ["webhooks.list"] = { "webhooks.get", "rule_name", "name" },
  ["invites.list"] = { "invites.get", "invite_id", "id" },
  ["my_tokens.list"] = { "my_tokens.get", "token_id", "id" },
}

--- Returns the essence of each item of a list, by the path of the item.
---@param operation? mkrun.rest.Operation
---@param response table
---@param at table<string, string>   parameters of the list's path
---@return table<string, string>?  nil if the items are not told apart
function M.items(operation, response, at)
  local place = operation and ITEMS[operation.key]
  local document = place and response.status == 200
    and json.decode(response.body)
  if not document or not answers.check(operation, document) then return nil end
  local reduce, items = reducers[place[1]], {}
  local path, parameter, member = operations.by_key[place[1]].path,
    place[2], place[3]
  for _, item in ipairs(document.value) do
    local key = value.dig(item, "metadata", member)
    if key then
      at[parameter] = key
      if reduce then reduce(item) end
      items[operations.expand(path, at)] = encoded(item)
    end
  end
  return items
end

return M
