--- Describes a planned write: the object that the write changes, the object
--- before and after the write, and the request body with every secret masked.
--- `mkio.plan.overlay` calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local operations = require "mkio.operations"
local scrub = require "mkrun.journal.scrub"
local subject = require "mkio.subject"
local value = require "mkrun.value"

local M = {}

M.hidden = "(secret)"

---@class mkio.plan.Change
---@field action "create"|"update"|"delete"
---@field kind string   the kind of the object, such as "team"
---@field name string   the name of the object for people
---@field before? any   the object before the write, as the API shows it
---@field after? any    the object after the write, as the API shows it
---@field body? any     the body of the request, with secrets masked
---@field is_patch boolean  true if the body is a list of patch entries
---@field id? string    the id of a created object
---@field reveals? string[]  names of secrets that only the answer contains

--- Maps an operation to the operation that reads the changed object.  Only
--- operations whose path differs from the path of the object are listed.
local elsewhere = {
  ["payment_methods.accept_terms"] = "payment_methods.get",
  ["project_payment_method.assign"] = "projects.get",
  ["tokens.revoke"] = "tokens.list",
}

local creates = {
  ["invites.create"] = true, ["my_tokens.create"] = true,
  ["organization.create"] = true,
}

--- Returns the path to read before and after a write, or nil if the write
--- creates an object.
---@param operation mkrun.rest.Operation
---@param parameters table<string, string>
---@return string?
function M.target(operation, parameters)
  if creates[operation.key] then return nil end
  local other = elsewhere[operation.key]
  local path = other and operations.by_key[other].path or operation.path
  return operations.expand(path, parameters)
end

local function covered(object)
  local out = json.object {}
  for name, inner in pairs(object) do
    out[name] = type(inner) == "table" and covered(inner) or M.hidden
  end
  return out
end

--- Masks the secrets of a webhook rule.  The API shows headers, query
--- parameters and the URL, but a parameter with "key" in its name may also be a
--- secret, and so may the user and the query of a URL.
local function cover_rule(document)
  local url = value.dig(document, "spec", "url")
  if type(url) == "string" then
    document.spec.url = scrub.member("url", url)
  end
  local authentication = value.dig(document, "spec", "authentication")
  if type(authentication) == "table" then
    document.spec.authentication = covered(authentication)
  end
  for _, map in ipairs { "headers", "queryParams" } do
    local shown = value.dig(document, "spec", map)
    for name, text in pairs(type(shown) == "table" and shown or {}) do
      shown[name] = scrub.is_name(name) and M.hidden or scrub.texts(text)
    end
  end
end

--- Decodes a body and masks the secrets of a webhook rule.
---@param text? string   the body as JSON text
---@return any body
function M.body(text)
  local body = text and json.decode(text)
  cover_rule(body)
  return body
end

--- Masks the secrets of an answer.
---@param document any
---@return any document   the same
function M.cover(document)
  cover_rule(document)
  if value.dig(document, "metadata", "JWT") then
    document.metadata.JWT = M.hidden
  end
  if value.dig(document, "status", "password") then
    document.status.password = M.hidden
  end
  return document
end

--- Masks the secrets of an object before and after a write.  Says so where only
--- what is masked in the URL of a rule differs.
local function cover_both(before, after)
  local was, is = value.dig(before, "spec", "url"),
    value.dig(after, "spec", "url")
  M.cover(before)
  M.cover(after)
  local is_hidden = was and is and was ~= is
    and before.spec.url == after.spec.url
  if is_hidden then after.spec.url = after.spec.url .. " (another secret)" end
  return before, after
end

--- Returns the item with this id if the document is a list, else the document.
local function pick(document, id)
  if not value.dig(document, "value") then return document end
  for _, item in ipairs(document.value) do
    if value.dig(item, "metadata", "id") == id then return item end
  end
end

local function action_of(call)
  if creates[call.operation.key] then return "create" end
  if call.operation.method == "DELETE" then return "delete" end
  return call.before == nil and "create" or "update"
end

--- Returns the name of the object for people.
local function name_of(call, parameter, document)
  local parameters = call.parameters
  local own = parameters[parameter]
  if parameter == "rule_name" then
    return parameters.project_name .. "/" .. own
  end
  local said = value.dig(document, "metadata", "displayName")
    or value.dig(document, "spec", "email")
    or value.dig(document, "spec", "description")
    or value.dig(document, "spec", "name")
    or value.dig(document, "metadata", "name")
    or value.dig(document, "metadata", "type") -- of a token, such as "login"
  if parameter and parameter:find "_name$" then return own end
  return type(said) == "string" and said ~= "" and said or own
    or "all of your own"
end

--- Describes a write that the model has done.
---@param call {operation: mkrun.rest.Operation, parameters: table,
---  text: string?, before: any, after: any, response: table}
---@return mkio.plan.Change
function M.describe(call)
  local kind, parameter = subject.kind(call.operation)
  local answer = call.response.body ~= ""
    and json.decode(call.response.body) or nil
  local id = call.parameters[parameter]
  local before, after = pick(call.before, id), pick(call.after, id)
  local action = action_of(call)
  local name = name_of(call, parameter, action == "create" and answer or before)
  before, after = cover_both(before, after)
  local reveals = value.dig(answer, "metadata", "JWT") and { "JWT" } or nil
  return {
    action = action, kind = kind, name = name,
    before = before, after = after, body = M.body(call.text),
    is_patch = call.operation.style == "patch",
    id = action == "create" and value.dig(answer, "metadata", "id") or nil,
    reveals = reveals,
  }
end

return M
