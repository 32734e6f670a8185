--- Layer for `--apply`: sends the writes of a saved plan, each once, and no
--- others.
---
--- Before the first request it reads again everything that the plan depends on,
--- from each provider with that provider's token.  If an answer has changed,
--- the run ends.  A write is sent as it was planned (see `mkrun.plan.pending`).
--- After the script, what was written to a provider with declared operations is
--- read back.  A resumed run is held to the plan, too (`mkrun.plan.resumed`).
-- SPDX-License-Identifier: MIT

local check = require "mkrun.plan.check"
local json = require "mkrun.json"
local pending = require "mkrun.plan.pending"
local places = require "mkrun.journal.place"
local requests = require "mkrun.layer.request"
local stale = require "mkrun.plan.stale"
local task = require "mkrun.task"
local worlds = require "mkrun.plan.worlds"

local place, STALE <const> = check.place, check.STALE

local M = {}

--- An error that a script cannot ignore: each later request raises the same
--- error again.
local Refusal = {}
Refusal.__name = "mkrun.PlanRefusal"
Refusal.__tostring = function(self) return self.message end

local function refusal(message, ...)
  return setmetatable({ message = "--apply: " .. message:format(...) },
    Refusal)
end

--- Says that a write is not in the plan.
---@param request table
---@param is_begun boolean  true if other writes were sent
---@param near? table   the planned write to the same place
---@param body any      the body of the request, without secrets
local function unplanned_text(request, is_begun, near, body)
  local how = near and " like this: " .. stale.changes(near.body, body)
    or ", or not like this"
  return ("%s is not in the plan%s; it was not sent%s"):format(
    place(request.method, requests.url(request)), how,
    is_begun and "" or "; nothing was written: make a new plan")
end

local function with_body(request, body)
  local copy = {}
  for name, given in pairs(request) do copy[name] = given end
  if body then
    copy.json = body
    copy.body = assert(json.encode(body, { sort = true }))
  end
  return copy
end

---@class mkrun.ApplyOptions
---@field plan table       as `mkrun.plan.saved` reads it
---@field model table      as for `mkrun.layer.plan`
---@field base_url string
---@field token? mkrun.Secret   the token of the run, if it has one
---@field tokenless? boolean     true: no provider needs a token
---@field journal? mkrun.Journal   of a resumed run
---@field subject? table          ... as for `mkrun.layer.journal`

--- The state of a run that applies a plan.
---@class mkrun.Applying
---@field options mkrun.ApplyOptions
---@field writes mkrun.PendingWrites
---@field checks table      answers of `mkrun.task.once`
---@field stopped? table    the error that each later request raises
---@field kept table<string, table>  answers that were checked, by request
---@field worlds mkrun.plan.Worlds
---@field is_begun boolean  true if a write was sent
---@field lost {planned: table, request: table}[]   writes that make something,
---  whose answers were lost
---@field resumed? mkrun.plan.Resumed
local Applying = {}
Applying.__index = Applying

function Applying:stop(message, ...)
  self.stopped = refusal(message, ...)
  self.stopped.exit_code = not self.is_begun and STALE or nil
  error(self.stopped, 0)
end

--- Returns why the plan cannot be checked yet, or nil.  A script may load a
--- provider, or give its token or base URL, after its first request.
function Applying:not_ready()
  local plan = self.options.plan
  for _, named in ipairs(plan.providers or {}) do
    local world = self.worlds:named(named.name)
    if not world then
      return ("the plan is about the provider '%s', which the script has not "
        .. "loaded"):format(named.name)
    elseif world.base ~= named.base_url then
      return ("the plan is for %s of the provider '%s', this run for %s (see "
        .. "--base-url)"):format(named.base_url, named.name, world.base)
    elseif not self.worlds:is_ready(world) then
      return ("there is no token for the provider '%s'"):format(named.name)
    end
  end
  if not self.worlds:is_ready(self.worlds.main) and self:rests_on_main() then
    return "a write without a token is in no plan"
  end
end

--- Tells whether the plan is about the API of the run.
function Applying:rests_on_main()
  local plan = self.options.plan
  if not (plan.providers and plan.providers[1]) then return true end
  for _, list in ipairs { plan.reads, plan.writes } do
    for _, item in ipairs(list) do
      if self.worlds:at(item.url) == self.worlds.main then return true end
    end
  end
  return false
end

--- Says that this run has written nothing.
function Applying:nothing()
  return self.resumed and "nothing more was written" or "nothing was written"
end

--- Checks what the plan depends on, once.  Returns nil, and why, if it cannot
--- be checked yet.
function Applying:is_checked(transport)
  if self.checks:get "reads" then return true end
  local why = self:not_ready()
  if why then return nil, why end
  return self.checks:get("reads", not self.stopped and function()
    local what, code, hint =
      check.run { plan = self.options.plan, transport = transport,
        overlay = self.worlds, kept = self.kept, resumed = self.resumed }
    if what then
      self.stopped = refusal("%s; %s%s", what, self:nothing(), hint or "")
      self.stopped.exit_code = code
    elseif self.resumed then
      self:look(transport)
    end
    return true
  end)
end

--- Notes the id that the server gave to what a planned write has made.
function Applying:learn(planned, request, response)
  planned.id_given = self.writes:learn(planned, response,
    self.worlds:id_of(request))
end

--- Stands for the answer to a write that the server may have done.
local NO_ANSWER <const> = { status = 200, body = "" }

--- Finds the planned write for a request.  It may name what another write has
--- made whose answer was lost: the script has found that in a list, and so does
--- the model.
function Applying:find(request)
  local planned, body = self.writes:find(request)
  local is_new = false
  for _, lost in ipairs(planned and {} or self.lost) do
    if lost.planned.id_given == nil then
      self:learn(lost.planned, lost.request, NO_ANSWER)
      is_new = is_new or lost.planned.id_given ~= nil
    end
  end
  if is_new then return self.writes:find(request) end
  return planned, body
end

--- Looks for what the run before may have made.
function Applying:look(transport)
  self.resumed:look(function(url)
    return transport(check.read_of(self.worlds, { url = url }))
  end, function(planned, response)
    self:learn(planned, { method = planned.method, url = planned.url },
      response)
  end)
end

function Applying:write(transport, request)
  local planned, body = self:find(request)
  if not planned and self.resumed and self.resumed:is_own_removal(request) then
    self.kept, self.is_begun = {}, true
    return transport(request)
  elseif not planned then
    self:stop("%s", unplanned_text(request, self.is_begun or self.resumed,
      self.writes:near(request)))
  elseif self.resumed
    and not self.resumed:may_repeat(transport, request, planned) then
    self:stop("%s: the run before has sent it, and what is there is not as it "
      .. "left it; it was not sent again", place(request.method,
        requests.url(request)))
  end
  planned.is_sent, self.kept, self.is_begun = true, {}, true
  local response, message, code = transport(with_body(request, body))
  if response then
    self:learn(planned, request, response)
  elseif planned.id then
    table.insert(self.lost, { planned = planned, request = request })
  end
  return response, message, code
end

--- Sends a read.  The first of its kind gets the answer that was checked,
--- unless a write was sent since.
function Applying:read(transport, request)
  local key = requests.key(request)
  local response = self.kept[key] and self.worlds:owns(request)
    and self.kept[key]
  if not response then return transport(request) end
  self.kept[key] = nil
  return response
end

--- Tells whether a request changes nothing, though it may be a POST.
function Applying:is_read(request)
  local api = places.of(request, self.options)
  return places.is_read(request, places.meaning(api, request))
end

function Applying:send(transport, request)
  self.worlds:begin(request)
  local is_checked, why = self:is_checked(transport)
  if self.stopped then error(self.stopped, 0) end
  local method = request.method or "GET"
  if method == "GET" then return self:read(transport, request) end
  if self:is_read(request) then return transport(request) end
  if not is_checked then
    self:stop("%s: %s; %s", place(method, request.url:gsub("[?#].*", "")), why,
      self:nothing())
  end
  return self:write(transport, request)
end

local applying -- the run that applies a plan

--- Reads back what the plan has written to providers whose operations are
--- declared.  Returns sentences about what is not as it was declared.
---@return string[]
function M.differences()
  return applying and applying.worlds:differences(applying.options.plan.writes)
    or {}
end

--- Makes the layer.  `mkrun.host.stack` calls this.
---@param options mkrun.ApplyOptions
---@return fun(transport: function): function layer
function M.new(options)
  local self = setmetatable({ options = options, kept = {}, is_begun = false,
    lost = {}, writes = pending.new(options.plan.writes),
    checks = task.once() }, Applying)
  self.resumed = options.journal and require "mkrun.plan.resumed".new(
    options.journal, options.plan, self.writes, options.subject)
  applying = self
  return function(transport)
    self.worlds = worlds.new { model = options.model, read = transport,
      base_url = options.base_url, token = options.token,
      tokenless = options.tokenless }
    return function(request) return self:send(transport, request) end
  end
end

return M
