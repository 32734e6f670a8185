--- Layer for `--dry-run`: catches writes, and shows their effect in later
--- reads.  `mkrun.host.stack` makes it.
---
--- This layer sends only reads.  A model of the API (`options.model`, and that
--- of each further provider) calculates the effect of each write, and changes
--- the answers of later reads.
--- `options.record` keeps the reads and the planned writes.
-- SPDX-License-Identifier: MIT

local basis = require "mkrun.plan.basis"
local order = require "mkrun.host.task_order"
local requests = require "mkrun.layer.request"
local rights = require "mkrun.plan.rights"
local sys = require "mkrun.sys"
local worlds = require "mkrun.plan.worlds"

local M = {}

---@class mkrun.PlanRecord
---@field writes mkrun.PlannedWrite[]  in the script's order
---@field unknown mkrun.UnknownWrite[]  writes that the model cannot plan
---@field reads mkrun.PlanRead[]   what the plan depends on
---@field overlay? mkrun.plan.Worlds   the models' view of the answers
---@field token? mkrun.Secret  the run's token
---@field basis table<string, true|table<string, true>>  URLs of what the
---  script compared; true: all of it, or JSON Pointers
---@field made table<string, true|"any">  ids that only the server can give
---@field organization? string  id of the organization that the writes change
---@field asked? mkrun.AskedRequest[]  all requests of the script, for --rights

---@class mkrun.PlanRead
---@field url string
---@field query? table
---@field digest string     SHA-256 of the answer's essence
---@field place mkrun.Moment   place of the read in the run
---@field request table
---@field response table
---@field start? string     beginning of the URLs of the items of a whole list

---@class mkrun.PlannedWrite  a write that a dry run caught
---@field method string
---@field url string       without its query
---@field provider? string  name of the provider, if it is not the run's API
---@field query? table
---@field line? string   line of the script: "onboard.lua:12"
---@field change table   the model's description of the write

---@class mkrun.UnknownWrite
---@field method string
---@field url string    without its query
---@field why string
---@field line? string

--- Makes an empty record.
---@return mkrun.PlanRecord
function M.record()
  return { writes = {}, unknown = {}, reads = {}, basis = {}, made = {} }
end

--- Returns the innermost line of `source` on a coroutine's stack.  If there is
--- none, returns nil and the innermost line of any file.
local function line_in(thread, source)
  local outermost
  for level = 0, math.huge do
    local info = debug.getinfo(thread, level, "Sl")
    if not info then return nil, outermost end
    if info.currentline > 0 then
      outermost = ("%s:%d"):format(info.short_src, info.currentline)
      if info.source == source then return outermost end
    end
  end
end

--- Returns the script's line that caused this request.  In a task that a
--- library started, this is the line where the script waits for the task.
local function line_of(path, main)
  local source, here = path and "@" .. path, coroutine.running()
  local line, outermost = line_in(here, source)
  if not line and main ~= here then line = line_in(main, source) end
  return line or outermost
end

--- Tells whether a read counts: only those with the run's own token do.
local function is_own(self, request)
  local is_owned = self.overlay:owns(request)
  self.record.token = self.overlay.main.token
  return is_owned
end

--- Notes the first answer to each read, because the plan depends on it.
local function remember(record, seen, overlay, request, response, place)
  local key = requests.key(request)
  local first = seen[key]
  if first then
    if order.is_before(place, first.place) then first.place = place end
    return
  end
  local essence = overlay:essence(request, response)
  if not essence then return end
  local read = { url = request.url, query = request.query,
    digest = sys.sha256(essence), place = place, request = request,
    response = response, start = overlay:covered_by(request, response) }
  seen[key] = read
  if read.start then seen[read.start] = read end
  table.insert(record.reads, read)
end

--- Describes a write that the model cannot plan.  The script may continue after
--- the failure, so the plan lists the write.
local function unknown(request, message, line)
  return {
    method = request.method, line = line,
    why = message:match ": (.*)$", url = requests.url(request),
  }
end

--- Returns the beginning of the URL of the list that an item belongs to.
local function start_of(url) return url:match "^[^?#]*/" end

--- Notes that the script compared a thing, or parts of it.
local function compared(record, url, ...)
  local known = record.basis[url]
  if known == true or select("#", ...) == 0 then
    record.basis[url] = true
    return
  end
  known = known or {}
  for _, pointer in ipairs { ... } do
    if utf8.len(pointer) then known[pointer] = true end
  end
  record.basis[url] = known
end

---@class mkrun.PlanOptions
---@field model table       has `new{base_url, read}`, which returns `get`,
---  `write`, `essence`, `whose` and `made`
---@field base_url string
---@field record mkrun.PlanRecord
---@field script? string    path of the script that `line` refers to

---@class mkrun.PlanLayer
---@field options mkrun.PlanOptions
---@field record mkrun.PlanRecord
---@field overlay table   the model's view of the answers
---@field seen table<string, table>   reads by their key, and whole lists by the
---  beginning of the URLs of their items
---@field main thread   the coroutine that made the layer
---@field transport fun(request: table): table?, string?, string?
local Layer = {}
Layer.__index = Layer

--- Answers a read and notes the answer.
---@param request table
---@param is_told? boolean  true if the script gets the answer
function Layer:look(request, is_told)
  local place = order.moment()
  local response, message, code = self.overlay:ask(request, is_told)
  if response and is_own(self, request) then
    self.overlay:saw(request, response, is_told)
    remember(self.record, self.seen, self.overlay, request, response, place)
  end
  return response, message, code
end

--- Reads the document that a write changes.  A plan depends on this document
--- even if the script did not read it.  Returns nil, message and code if it
--- cannot be read.
function Layer:depend(request, change)
  if not (change.target and is_own(self, request)) then return true end
  local target = { method = "GET", token = request.token,
    token_as = request.token_as,
    url = self.overlay:at(request.url).base .. change.target,
    headers = { Accept = "application/json" } }
  if self.seen[requests.key(target)] or self.seen[start_of(target.url)] then
    return true
  end
  return self:look(target)
end

--- Notes a write that the model has performed.  Returns nil, message and code
--- if the document that the write changes cannot be read.
function Layer:note(request, change, line, place)
  local record, world = self.record, self.overlay:at(request.url)
  local is_owned = is_own(self, request)
  local is_read, message, code = self:depend(request, change)
  if not is_read then return nil, message, code end
  if is_owned and world == self.overlay.main then
    record.organization = record.organization
      or self.overlay:whose(record.token)
  end
  order.insert(record.writes, { request = request, provider = world.name,
    method = request.method, url = request.url, query = request.query,
    line = line, change = change,
    target = change.target and world.base .. change.target }, place)
  return true
end

--- Answers a write, which is not sent.
function Layer:write(request)
  local line, place = line_of(self.options.script, self.main), order.moment()
  local response, change, code, is_report = self.overlay:write(request)
  if not response then
    -- The rights of what follows depend on the report, which changes nothing.
    if is_report and self.record.asked then return self.transport(request) end
    if code == "plan" and not is_report then
      order.insert(self.record.unknown, unknown(request, change, line), place)
    end
    return nil, change, code
  elseif change then
    local ok, message, why = self:note(request, change, line, place)
    if not ok then return nil, message, why end
  end
  return response
end

--- Makes the layer.
---@param options mkrun.PlanOptions
---@return fun(transport: function): function layer
function M.new(options)
  local record, main = options.record, coroutine.running()
  return function(transport)
    local self = setmetatable({ options = options, record = record, seen = {},
      main = main, transport = transport, overlay = worlds.new {
        model = options.model, base_url = options.base_url, read = transport },
    }, Layer)
    record.made, record.overlay = self.overlay.made, self.overlay
    basis.listen(function(url, ...) compared(record, url, ...) end)

    local function live(request) return self:look(request, true) end

    local function answer(request)
      local method = request.method or "GET"
      if method == "HEAD" then return transport(request) end
      if method == "GET" then return self.overlay:get(request, live) end
      return self:write(request)
    end

    if not record.asked then return answer end
    return function(request)
      local response, message, code = answer(request)
      rights.note(record, request, response)
      return response, message, code
    end
  end
end

return M
