--- Answers one request to the model.  `mkio.sandbox` and `mkio.plan.overlay`
--- call this module.  The faults of a request are checked in the order of a
--- real server: invalid bytes in the URL, unknown path, wrong method, no valid
--- token, too many requests, no membership, no capability, wrong body.  If
--- there is no fault, the handler of the operation runs.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local operations = require "mkio.operations"
local rbac = require "mkio.model.rbac"
local redo = require "mkio.model.redo"
local requests = require "mkio.model.request"
local schema = require "mkio.schema"
local tokens = require "mkio.model.tokens"

---@class mkio.model.Context
---@field world mkio.model.World
---@field request mkio.model.Request
---@field operation mkrun.rest.Operation
---@field params table<string, string>  the path parameters
---@field query table<string, string>   the query parameters
---@field body? any             the decoded body
---@field token? table          the caller's token in the state
---@field user? table           the user of the token
---@field organization? table   the token's organization; nil if the user is no
---  member
---@field rights? fun(): mkio.model.Rights  returns all rights of the token
---@field has? fun(resource_type: string, id: string, capability: string):
---  boolean   returns true if the token has the capability on the resource;
---  cheaper than `rights`
---@field kept? any             the body for the log, with digests for secrets
---@field redone? boolean       true for a write from the log, whose `body` has
---  digests for secrets

local M = {}

local groups = {
  "directory", "invites", "memberships", "metrics", "organization",
  "payment_methods", "profile", "projects", "public", "reports", "teams",
  "tokens", "users", "webhooks",
}

local handlers = {}
for _, group in ipairs(groups) do
  for key, handler in pairs(require("mkio.model.handlers." .. group)) do
    handlers[key] = handler
  end
end

M.handlers = handlers

local function find_operation(request)
  local operation, found = operations.match(request.method, request.path)
  if operation then return operation, found end
  if found then
    errors.refuse(405, "method_not_allowed",
      ("%s cannot be %s"):format(request.path, request.method))
  end
  errors.refuse(404, "no_such_route",
    ("no operation has the path %s"):format(request.path))
end

local function authenticate(context)
  local world = context.world
  world:take_caller(context, tokens.check(world, context.request.digest))
end

--- Counts the request and refuses with status 429 above the limit.  Requests to
--- paths below a project have a limit of their own.
local function check_rate(context)
  local project = context.request.path:match "^/api/v1/projects/([^/]+)/"
  local name = tostring(context.token.organizationId)
    .. "/" .. (project or "")
  local limit, kind = context.world.limits:count(
    name, context.request.method, context.world:now())
  if limit then
    errors.refuse(429, "rate_limited",
      ("more than %d %ss in a minute"):format(limit, kind))
  end
end

--- Returns true if the token has a capability on any project.  Also returns
--- true if a role of the user contains the capability but there is no project
--- yet.
local function held_somewhere(context, capability)
  if rbac.has_somewhere(context.rights(), capability) then return true end
  return not tokens.is_cut(context.token) and rbac.in_some_role(
    context.world.state, context.organization, context.user.id, capability)
end

--- Returns true if the token has a capability on the project or its
--- organization.  If the project does not exist, the capability on any project
--- is enough, so that the answer is 404 and not 403.
local function allowed(context, capability)
  local organization = context.organization
  if context.has("core.customer", organization.id, capability) then
    return true
  end
  local key, name = context.operation.key, context.params.project_name
  local project = name and list.find(organization.projects, "name", name)
  if project then
    return context.has("core.project", project.id, capability)
  end
  return (name ~= nil or key == "projects.list") and key ~= "projects.put"
    and held_somewhere(context, capability)
end

local function authorize(context)
  if not context.organization then
    errors.refuse(403, "no_organization",
      "the token's user is not a member of its organization")
  end
  if context.world.lenient then return end
  local can = context.operation.can
  for _, capability in ipairs(can) do
    if allowed(context, capability) then return end
  end
  local need = table.concat(can, " or ")
  errors.refuse(403, "forbidden", "the token lacks " .. need,
    { capabilities = json.array { table.unpack(can) } })
end

local function admit(context)
  local auth = context.operation.auth
  if auth == "none" then return end
  authenticate(context)
  check_rate(context)
  local rights
  context.rights = function()
    rights = rights or tokens.rights(context.world, context.token)
    return rights
  end
  context.has = function(resource_type, id, capability)
    return tokens.has(context.world, context.token, resource_type, id,
      capability)
  end
  if auth == "capability" then authorize(context) end
end

local function read_body(context)
  local operation, request = context.operation, context.request
  if not operation.body then return nil end
  local given, wanted = request.content_type, operation.content_type
  if given and given ~= wanted then
    errors.bad_request("bad_content_type", "%s expected, got %s", wanted,
      given)
  elseif not request.text then
    errors.bad_request("bad_body", "a body is expected")
  end
  local body, message = json.decode(request.text)
  if body == nil then errors.bad_request("bad_body", "%s", message) end
  local check = context.world.lenient and schema.check or schema.check_known
  local ok, pointer, expected = check(operation.body, body)
  if not ok then
    errors.refuse(400, "bad_body", ("%s: %s")
      :format(pointer == "" and "body" or pointer, expected),
      { pointer = pointer })
  end
  return body
end

local function handle(context)
  local request = context.request
  if request.garbled then
    errors.bad_request("bad_url", "the %s is not UTF-8", request.garbled)
  end
  context.operation, context.params = find_operation(request)
  admit(context)
  context.body = read_body(context)
  return handlers[context.operation.key](context)
end

local function response(status, document, content_type)
  if document == nil then
    return { status = status, headers = {}, body = "" }
  end
  local text = content_type and document
    or assert(json.encode(document, { sort = true }))
  return {
    status = status, body = text,
    headers = { ["content-type"] = content_type or "application/json" },
  }
end

local function refusal(world, problem)
  if not errors.is_refusal(problem) then error(problem, 0) end
  local ref = "sandbox-" .. world:id():sub(1, 8)
  return response(problem.status, errors.document(problem, ref))
end

local function count(world, method)
  local kind = method == "GET" and "reads" or "writes"
  world[kind] = world[kind] + 1
end

--- Answers a request to the sandbox's origin, and saves the change of a write.
local function answer(world, request)
  local context = { world = world, request = request, query = request.query }
  count(world, request.method)
  local ok, status, document, content_type = pcall(handle, context)
  if not ok then return refusal(world, status) end
  if request.method ~= "GET" then
    local kept, message, code = world:keep(redo.line(context))
    if not kept then return world:fail(message, code) end
  end
  return response(status, document, content_type)
end

--- Formats a time as HTTP does: "Tue, 03 Feb 2026 10:00:00 GMT".
local function http_date(seconds)
  return os.date("!%a, %d %b %Y %H:%M:%S GMT", math.floor(seconds))
end

--- Answers one request.  If the request is refused, the state is unchanged.
---@param world mkio.model.World
---@param options table   the options that every transport takes
---@return table? response
---@return string? message
---@return string? code
function M.answer(world, options)
  local request, message, code = requests.read(options)
  local what = options.method or "GET"
  if not request then return nil, what .. ": " .. message, code end
  what = ("%s %s%s"):format(what, request.origin, request.path)
  if world.origin and world.origin ~= request.origin then
    return nil, ("%s: the sandbox stands in for %s only")
      :format(what, world.origin), "origin"
  end
  world:begin()
  local answered
  if world.failed then
    message, code = world.failed.message, world.failed.code
  else
    answered, message, code = answer(world, request)
  end
  if answered then answered.headers.date = http_date(world:now()) end
  world:finish()
  return answered, message and what .. ": " .. message, code
end

return M
