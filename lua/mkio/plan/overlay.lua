--- The planned world: answers as a live API would, if the writes of a dry run
--- had been sent.  The host names this module to `mkrun.layer.plan` as the
--- model of MK.IO.
---
--- Before the first write, two models are made from the API's answers.  One
--- stays as it is, the other performs the writes.  A read still asks the API,
--- and the difference between the two models is put onto its answer.  So a plan
--- shows what exists, even what the model does not know.  The model decides
--- what a write does and why it would be refused.  It does not check rights,
--- because only the API knows them.
---
--- Each token of a script has its own pair of models.
-- SPDX-License-Identifier: MIT

local essence = require "mkio.plan.essence"
local json = require "mkrun.json"
local layer_request = require "mkrun.layer.request"
local list = require "mkio.model.list"
local merge = require "mkio.plan.merge"
local operations = require "mkio.operations"
local pairing = require "mkio.plan.pair"
local parts = require "mkio.plan.parts"
local requests = require "mkio.model.request"
local rights = require "mkio.plan.rights"
local router = require "mkio.model.router"
local summary = require "mkio.plan.change"
local sys = require "mkrun.sys"
local task = require "mkrun.task"
local results_of = require "mkrun.plan.results_of"
local dig = require "mkrun.value".dig
local unread = require "mkio.plan.unread"

---@class mkio.plan.Overlay
---@field base string   URL of the API
---@field origin string
---@field prefix string the path of `base`
---@field read fun(request: table): table?, string?, string?   asks the API
---@field pairs mkrun.Once   a `mkio.plan.Pair` by token digest
---@field made table<string, true>    ids that only the server can give
---@field now fun(): number
---@field seen table<string, table<string, mkio.plan.Seen>>   token digest ->
---  path, query and media types -> answer

---@class mkio.plan.Seen
---@field response table
---@field told? number   when the script got it first, in seconds
local Overlay = {}
Overlay.__index = Overlay
Overlay.__name = "mkio.plan.Overlay"

--- Returns the request as an API at the root of its host would get it, or nil
--- if the request is not for the API.
---@param request table
---@return table? request
---@return mkio.model.Request? parsed
function Overlay:local_request(request)
  local parsed = requests.read(request)
  if not parsed or parsed.origin ~= self.origin
    or parsed.path:sub(1, #self.prefix) ~= self.prefix then
    return nil
  end
  local copy = {}
  for name, value in pairs(request) do copy[name] = value end
  local place = request.url:match "^%a[%w+.-]*://[^/?#]+(.*)$"
  copy.url = self.origin .. place:sub(#self.prefix + 1)
  parsed.path = parsed.path:sub(#self.prefix + 1)
  return copy, parsed
end

local function place_of(request, parsed)
  return table.concat({ parsed.path, layer_request.accepts(request),
    assert(json.encode(parsed.query, { sort = true })) }, " ")
end

--- Returns the place of a read in `seen`.  Returns nil for an answer that is
--- not kept: of another server, without a token, or one that changes without a
--- write.
local function place_in_seen(self, request)
  local here, parsed = self:local_request(request)
  local operation = here and operations.match(parsed.method, parsed.path)
  if not operation or not parsed.digest or essence.is_passing(operation)
    or (request.method or "GET") ~= "GET" then
    return nil
  end
  self.seen[parsed.digest] = self.seen[parsed.digest] or {}
  return self.seen[parsed.digest], place_of(request, parsed)
end

--- Notes the answer to a read.  The models then need not read it again.
---@param request table
---@param response table
---@param is_told? boolean  true if the script gets the answer
function Overlay:saw(request, response, is_told)
  local seen, place = place_in_seen(self, request)
  if seen and response.status == 200 then
    seen[place] = { response = response, told = is_told and self.now() or nil }
  end
end

local function copy_of(response)
  local copy = {}
  for name, value in pairs(response) do copy[name] = value end
  return copy
end

--- Seconds for which a script gets the same answer again.
local FRESH <const> = 1

--- Returns what was read before, or asks the API.  A script that asks again
--- later gets a new answer, because it may wait for something to change.
---@param request table
---@param is_told? boolean  true if the script gets the answer
---@return table? response
---@return string? message
---@return string? code
function Overlay:ask(request, is_told)
  local seen, place = place_in_seen(self, request)
  local found = seen and seen[place]
  local told = found and found.told
  if not found or is_told and told and self.now() - told >= FRESH then
    return self.read(request)
  end
  found.told = told or is_told and self.now() or nil
  return copy_of(found.response)
end

local function pair_for(self, request, digest)
  return self.pairs:get(digest, function()
    return pairing.new(self, request, digest)
  end)
end

--- Returns the beginning of the URLs of all items of a list, if the answer is
--- the whole list.  The list then tells what each of these URLs would.
---@param request table
---@param response table
---@return string? start  "https://app.mk.io/api/v1/organization/teams/"
function Overlay:covered_by(request, response)
  local here, parsed = self:local_request(request)
  local operation = here and operations.match(parsed.method, parsed.path)
  if not operation or not operation.list or response.status ~= 200 then
    return nil
  end
  local hidden = parsed.query.show_hidden
  if operation.key == "projects.list" and hidden ~= "true" then return nil end
  parsed.query.show_hidden = nil
  local document = next(parsed.query) == nil and json.decode(response.body)
  local link = dig(document, "@odata.nextLink")
  if not document or link and link ~= json.null and link ~= "" then
    return nil
  end
  return request.url:match "^[^?#]*" .. "/"
end

--- Returns the pair of models that knows a token.  A token that was planned
--- belongs to the pair of its plan, because the API has never seen it.
local function find_pair(self, digest)
  local own = self.pairs:get(digest)
  if own then return own, false end
  for _, pair in pairs(self.pairs.made) do
    if list.find(pair.planned.state.tokens, "digest", digest) then
      return pair, true
    end
  end
end

local paging = { ["$top"] = true, ["$skiptoken"] = true }

--- Asks a model for the whole list, whatever page the request is about.
local function ask(world, request, parsed)
  if parsed.method ~= "GET" then return router.answer(world, request) end
  local query = {}
  for name, value in pairs(parsed.query) do
    if not paging[name] then query[name] = value end
  end
  local copy = {}
  for name, value in pairs(request) do copy[name] = value end
  copy.url, copy.query = request.url:match "^[^?#]*", query
  return router.answer(world, copy)
end

local function is_last(operation, live, parsed)
  local link = live["@odata.nextLink"]
  if link and link ~= json.null and link ~= "" then return false end
  local top = tonumber(parsed.query["$top"])
  return operation.list == "pagination" or not top or #live.value < top
end

local function with_body(response, document)
  local copy = copy_of(response)
  copy.body = assert(json.encode(document))
  copy.headers = { ["content-type"] = "application/json" }
  copy.header_list, copy.bytes = nil, nil
  return copy
end

--- Returns the API's answer with the planned changes.
local function overlaid(live, base, planned, operation, parsed)
  local real = json.decode(live.body)
  if live.status ~= 200 or type(real) ~= "table" then return live end
  base, planned = json.decode(base.body), json.decode(planned.body)
  if operation.list and type(real.value) == "table" then
    return with_body(live,
      merge.page(real, base, planned, is_last(operation, real, parsed)))
  end
  return with_body(live, merge.documents(real, base, planned))
end

--- Tells whether two answers are the same.  Each error has its own reference,
--- so errors are compared by their text.
local function is_same(base, planned)
  if base.status ~= planned.status then return false end
  if base.status == 200 then return base.body == planned.body end
  return dig(json.decode(base.body), "error", "detail")
    == dig(json.decode(planned.body), "error", "detail")
end

--- Returns the answer to the read of one thing, made from a list that the
--- script has read.  Returns nil if no list that was read has the thing.
local function from_list(self, request, parsed, operation)
  local start, name = parsed.path:match "^(.*)/([^/]+)$"
  local list_read = { path = start, query = {} }
  local seen = not operation.list and self.seen[parsed.digest]
  local found = seen and start and seen[place_of(request, list_read)]
  local item = found and merge.item(json.decode(found.response.body),
    operation, operations.unescape(name))
  return item and with_body(found.response, item)
end

local function get(self, request, live)
  local here, parsed = self:local_request(request)
  local operation = here and operations.match(parsed.method, parsed.path)
  local pair, is_planned
  if operation and parsed.digest and parsed.method == "GET" then
    pair, is_planned = find_pair(self, parsed.digest)
  end
  if not pair then return live(request) end
  pairing.complete(pair, parsed)
  local planned = ask(pair.planned, here, parsed)
  if is_planned then return planned end
  local base = ask(pair.base, here, parsed)
  if is_same(base, planned) then return live(request) end
  if base.status ~= 200 or planned.status ~= 200 then return planned end
  local response, message, code =
    from_list(self, request, parsed, operation), nil, nil
  if not response then response, message, code = live(request) end
  if not response then return nil, message, code end
  return overlaid(response, base, planned, operation, parsed)
end

--- Answers a read.
---@param request table
---@param live fun(request: table): table?, string?, string?   asks the API
---@return table? response
---@return string? message
---@return string? code
function Overlay:get(request, live)
  return results_of(get, self, request, live)
end

--- Tells whether the operation reads by POST.
local function is_report(operation) return operation.key == "reports.usage" end

local function refuse(request, why, is_read)
  return nil, ("%s %s: not sent, %s"):format(request.method or "GET",
    layer_request.url(request), why), "plan", is_read
end

local function look(pair, here, path)
  if not path then return nil end
  local request = { method = "GET", url = here.url:match "^%a[%w+.-]*://[^/]+"
    .. path, token = here.token, headers = here.headers }
  local response = router.answer(pair.planned, request)
  return response.status == 200 and json.decode(response.body) or nil
end

--- Tells whether a path belongs to a project that this plan creates.  Then the
--- plan depends on the absence of the project, and not on that of the thing.
local function is_below_new(pair, operation, parameters)
  local name = parameters.project_name
  if not name or operation.key == "projects.put" then return false end
  return not list.find(
    pair.base.state.organizations[1].projects, "name", name)
end

local function perform(self, here, parsed, operation, parameters, request)
  local pair = find_pair(self, parsed.digest)
    or pair_for(self, here, parsed.digest)
  pairing.complete(pair, parsed)
  if unread.hides(pair, operation, parameters) then
    return refuse(request, "the token may not read what it changes")
  end
  unread.assume(pair, operation, parsed.text)
  local target = summary.target(operation, parameters)
  local before = look(pair, here, target)
  local response, message, code = router.answer(pair.planned, here)
  if not response then return nil, message, code end
  if response.status > 299 then return response end
  local change = summary.describe {
    operation = operation, parameters = parameters, text = parsed.text,
    before = before, after = look(pair, here, target), response = response,
  }
  change.target = not is_below_new(pair, operation, parameters) and target
    or nil
  return response, change
end

--- Performs a write on the planned model.  A refused write has an answer but no
--- change.
---@param request table
---@return table? response
---@return table|string|nil change_or_message  mkio.plan.Change, or a message
---@return string? code  "plan" if the effect of the write is not known
---@return boolean? is_read  true if the request would change nothing
function Overlay:write(request)
  local here, parsed = self:local_request(request)
  if not here then
    return refuse(request, "a dry run sends nothing but reads")
  end
  local operation, parameters = operations.match(parsed.method, parsed.path)
  if not operation then
    return refuse(request, "the API has no such operation")
  elseif is_report(operation) then
    return refuse(request, "a dry run sends nothing but reads, and a usage "
      .. "report is asked for with POST", true)
  elseif not parsed.digest then
    return refuse(request, "it carries no token")
  end
  return results_of(perform, self, here, parsed, operation, parameters, request)
end

--- Returns the part of an answer that a plan depends on, as text; nil if no
--- plan depends on this answer.
---@param request table
---@param response table
---@return string?
function Overlay:essence(request, response)
  local here, parsed = self:local_request(request)
  local operation = here and operations.match(parsed.method, parsed.path)
  return operation and essence.of(operation, response)
end

--- Returns the id of the organization that a token belongs to, or nil if it
--- cannot be read.
---@param token mkrun.Secret
---@return string?
function Overlay:whose(token)
  local response = self:ask { method = "GET", token = token,
    url = self.base .. "/api/v1/organization",
    headers = { Accept = "application/json" } }
  if not response or response.status ~= 200 then return nil end
  local id = dig(json.decode(response.body), "metadata", "id")
  return type(id) == "string" and id or nil
end

Overlay.rights = rights.of
Overlay.items, Overlay.picked = parts.items, parts.picked
Overlay.rests, Overlay.next_page = parts.rests, parts.next_page
Overlay.watches = parts.watches

local M = {}

--- Makes an overlay; called by the layers `plan` and `apply`.
---@param options {base_url: string, read: function, now: function?}   `read`
---  asks the API; `now` returns seconds (default: `sys.monotonic`)
---@return mkio.plan.Overlay
function M.new(options)
  local origin, prefix =
    options.base_url:match "^(%a[%w+.-]*://[^/?#]+)([^?#]*)"
  return setmetatable({
    base = options.base_url, origin = origin:lower(), prefix = prefix,
    read = options.read, pairs = task.once(), made = {},
    seen = {}, now = options.now or sys.monotonic,
  }, Overlay)
end

return M
