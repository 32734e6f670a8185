--- The two models of one token's world: one as the API answered, one as it
--- would be after the planned writes.  `mkio.plan.overlay` calls it.
-- SPDX-License-Identifier: MIT

local answers = require "mkio.answers"
local clock = require "mkrun.clock"
local hydrate = require "mkio.plan.hydrate"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local operations = require "mkio.operations"
local layer_request = require "mkrun.layer.request"
local requests = require "mkio.model.request"
local secret = require "mkrun.secret"
local reads = require "mkrun.rest.reads"
local sys = require "mkrun.sys"
local worlds = require "mkio.model.world"

---@class mkio.plan.Pair
---@field base mkio.model.World      as the API answered
---@field planned mkio.model.World   performs the writes
---@field read fun(path: string): table?   asks the API with the token
---@field unread table         what the token may not read, see `hydrate.state`

local M = {}

--- Statuses of a document that does not exist or that the token may not read.
local UNREADABLE <const> = { [401] = true, [403] = true, [404] = true }

--- Lists that the API does not let anybody write.  A malformed element is left
--- out, and any write that needs it is refused.
local FIXED <const> = { ["locations.list"] = true, ["roles.list"] = true,
  ["scopes.list"] = true, ["my_organizations.list"] = true }

--- Raises if a document lacks what the plan needs, because the plan would be
--- wrong.
local function check_document(request, path, document)
  local place = path:gsub("^%a[%w+.-]*://[^/]*", ""):gsub("[?#].*", "")
  local operation = operations.match("GET", place)
  if operation and FIXED[operation.key] then
    answers.prune(operation, document)
  end
  local complaint = operation and answers.complaint(operation, document)
  if not complaint then return end
  error({ ("%s %s: not sent, GET %s: answer to %s, %s"):format(request.method,
    layer_request.url(request), place, operation.key, complaint), "answer" }, 0)
end

--- Returns the request for a document, or nil if it is on another server.
local function request_for(api, request, path)
  local origin = path:match "^%a[%w+.-]*://[^/?#]*"
  if origin and origin:lower() ~= api.origin then
    return nil -- never send the token to another server
  end
  return {
    method = "GET", url = origin and path or api.base .. path,
    token = request.token,
    headers = { Authorization = not request.token
      and requests.header(request.headers, "authorization") or nil,
      Accept = "application/json" },
  }
end

--- Returns a function that reads documents for `hydrate` with the token of
--- `request`.
---@param ask? fun(path: string, read: table): table?, string?, string?
---@return fun(path: string): table?   returns nil for what cannot be read;
---  raises message and code in a table if the API does not answer
function M.reader(api, request, ask)
  ask = ask or function(_, read) return api:ask(read) end
  return function(path)
    local read = request_for(api, request, path)
    if not read then return nil end
    local response, message, code = ask(path, read)
    if not response then error({ message, code }, 0) end
    if response.status >= 200 and response.status < 300 then
      local document = json.decode(response.body or "")
      check_document(request, path, document)
      return document
    end
    if not UNREADABLE[response.status] then
      error({ ("%s %s: not sent, GET %s answered %d"):format(request.method,
        layer_request.url(request), layer_request.url(read),
        response.status), "plan" }, 0)
    end
  end
end

local function claims_of(request)
  if request.token then return request.token:claims() end
  local text = (requests.header(request.headers, "authorization") or "")
    :match "^[Bb]earer +(%S+)"
  return text and secret.new(text, "bearer token"):claims()
end

--- Returns an `ask` for `reader` with all answers for `hydrate.state` under
--- way, so that it waits for the slowest of them only.  It keeps no answer.
local function all_at_once(api, request)
  local answers_of = reads.new()
  local function begin(path, read)
    answers_of:begin(path, function() return { api:ask(read) } end)
  end
  for _, path in ipairs(hydrate.paths) do
    begin(path, request_for(api, request, path))
  end
  return function(path, read)
    begin(path, read)
    local answer = answers_of:get(path)
    answers_of:forget(path)
    return table.unpack(answer, 1, 3)
  end
end

--- Makes the models of a token from what the API answers.  Raises message and
--- code in a table if the answers do not do.
---@param api mkio.plan.Overlay
---@param request table   the write, which carries the token
---@param digest string   of the token
---@return mkio.plan.Pair
function M.new(api, request, digest)
  local read = M.reader(api, request, all_at_once(api, request))
  local state, unreadable = hydrate.state(read, digest, claims_of(request))
  local now = clock.now() -- the time of the answers that were just read
  local text = assert(json.encode(state))
  local function world(id)
    return worlds.new { state = text, now = function() return now end,
      id = id, lenient = true, page_size = math.maxinteger // 2,
      reads = math.huge, writes = math.huge }
  end
  return {
    base = world(), read = M.reader(api, request), unread = unreadable,
    planned = world(function()
      local id = sys.uuid()
      api.made[id] = true
      return id
    end),
  }
end

--- Returns the project if nobody has read its webhook rules yet.
local function without_rules(world, name)
  local project =
    list.find(world.state.organizations[1].projects, "name", name)
  return project and not project.webhooks and project
end

--- Reads the webhook rules of a project when the first request is about them.
--- Another task may read them and plan a change meanwhile, so both models are
--- checked again.
---@param pair mkio.plan.Pair
---@param parsed mkio.model.Request
function M.complete(pair, parsed)
  local path, name =
    parsed.path:match "^(/api/v1/projects/([^/]+)/webhook/rules)"
  if not name then return end
  name = operations.unescape(name)
  if not without_rules(pair.base, name)
    and not without_rules(pair.planned, name) then
    return
  end
  local rules = json.encode(hydrate.webhooks(pair.read, path))
  for _, world in ipairs { pair.base, pair.planned } do
    local project = without_rules(world, name)
    if project then project.webhooks = json.decode(rules) end
  end
end

return M
