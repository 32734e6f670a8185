--- Plays a recording on a model of the API: each request in its order, after
--- the model has learned what the recording shows.  `mkio.flow.sandbox_check`
--- compares the answers, and `mkio.sandbox.like` keeps the state at the end.
---
--- Before a read, the model learns what the recorded answer shows, so that its
--- own answer is about the same objects.  Before a write, the model gets the
--- objects that must have been there.  Then the model answers by itself.
-- SPDX-License-Identifier: MIT

local assume = require "mkio.likeness.assume"
local contract = require "mkio.likeness.contract"
local fit = require "mkio.likeness.fit"
local hydrate = require "mkio.plan.hydrate"
local identity = require "mkio.likeness.identity"
local json = require "mkrun.json"
local learn = require "mkio.likeness.learn"
local learner = require "mkio.likeness.learner"
local list = require "mkio.model.list"
local operations = require "mkio.operations"
local patch = require "mkrun.patch"
local router = require "mkio.model.router"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"
local worlds = require "mkio.model.world"
local dig = require "mkrun.value".dig

---@class mkio.likeness.Player
---@field learner mkio.likeness.Learner
---@field world mkio.model.World
---@field next_id? string   the id of the next object that the model makes
---@field doubts mkio.likeness.Entry[]   writes without an answer
---@field rights? table     the rights of the token, from the recording
---@field seen table<string, true>   the operations whose whole lists were read
local Player = {}
Player.__index = Player

--- The model's answer to a recorded request.
---@class mkio.likeness.Answer
---@field status integer
---@field code? string     the code of an error
---@field text string
---@field document any
---@field fault? string    the message of a model that failed

local M = {}

local BEARER <const> = "mkrun.likeness"

-- Making the world ------------------------------------------------------------

local function fitted(operation, document)
  local shape = operation and contract.answers[operation.key]
  if not shape or type(document) ~= "table" then return nil end
  return fit.value(shape, document)
end

--- Returns a function that reads the two documents with which a state begins.
local function first_reads(entries, people)
  local profile, organization = identity.find(entries, people)
  local documents = {
    ["/api/v1/user/profile"] =
      fitted(operations.by_key["profile.get"], profile),
    ["/api/v1/organization"] =
      fitted(operations.by_key["organization.get"], organization),
  }
  return function(path) return documents[path] end
end

local function first_state(entries, digest)
  local people = identity.people(entries)
  local state = hydrate.state(first_reads(entries, people), digest)
  local me = state.users[1].id
  for _, person in pairs(people) do
    if not list.find(state.users, "id", person.id) then
      table.insert(state.users, { id = person.id, email = person.email,
        name = person.name or "", avatar = "", company = "", country = "",
        jobRole = "", phoneNumber = "" })
    end
  end
  return state, me
end

function Player:load(state)
  self.world.state = state
  local me = list.find(state.users, "id", self.me)
  self.learner = learner.new(self.world, me, self.digest)
  local home = self.learner:home()
  home.spec.name = home.spec.name or ""
  learner.complete(self.learner, "organization", home)
end

local function world_for(self)
  return worlds.new { now = function() return self.time end, lenient = true,
    reads = math.huge, writes = math.huge, id = function()
      local id = self.next_id
      self.next_id = nil
      return id or sys.uuid()
    end }
end

--- Makes a player for the entries of a recording.
---@param entries mkio.likeness.Entry[]
---@return mkio.likeness.Player
function M.new(entries)
  local self = setmetatable({ time = sys.now(), doubts = {}, seen = {},
    digest = secret.new(BEARER, "recorded token"):digest() }, Player)
  self.world = world_for(self)
  local state
  state, self.me = first_state(entries, self.digest)
  self:load(state)
  return self
end

-- Asking the model ------------------------------------------------------------

local function request_of(entry)
  local query = {}
  for name, value in pairs(entry.query) do
    query[#query + 1] = { name, value }
  end
  return {
    method = entry.method, url = "https://app.mk.io" .. entry.path,
    query = query, body = entry.body, headers = {
      ["Content-Type"] = entry.body and entry.content_type,
      Authorization = entry.has_token and "Bearer " .. BEARER or nil,
    },
  }
end

--- Lets the model answer a request.  The token stays valid, because the
--- recording does not tell one token from another.
---@return mkio.likeness.Answer
function Player:ask(entry)
  local own = self.learner:own()
  if own then own.revoked = json.null end
  local ok, response, message = pcall(router.answer, self.world,
    request_of(entry))
  self.next_id = nil
  if not ok or not response then
    return { status = 0, text = "", fault = tostring(message or response) }
  end
  local document = response.body ~= "" and json.decode(response.body) or nil
  local code = response.status >= 400 and dig(document, "error", "code") or nil
  return { status = response.status, text = response.body,
    document = document, code = code }
end

--- Calls `act`, and takes its changes back unless it returns true.
function Player:try(act)
  local before = assert(json.encode(self.world.state))
  local done = act()
  if not done then self:load(json.decode(before)) end
  return done
end

-- Learning --------------------------------------------------------------------

local PAGING <const> = { "$top", "$skiptoken", "$filter" }

local function is_whole(entry)
  if not entry.operation.list then return false end
  for _, name in ipairs(PAGING) do
    if entry.query[name] then return false end
  end
  return dig(entry.document, "@odata.nextLink") == nil
end

local function is_good(entry)
  return entry.status >= 200 and entry.status < 300
end

--- Leaves out the items of a list from which nothing can be learned.  Returns
--- false if there were any, and nil if nothing is left.
local function keep_framed(operation, document, raw)
  local shape = contract.answers[operation.key]
  if not operation.list then
    return fit.is_framed(shape, raw) or nil
  elseif type(document.value) ~= "table" or not json.is_array(raw.value) then
    return nil
  end
  local kept, all_good = json.array {}, true
  for i, item in ipairs(raw.value) do
    if fit.is_framed(shape.fields.value.item, item) then
      kept[#kept + 1] = document.value[i]
    else
      all_good = false
    end
  end
  document.value = kept
  return all_good
end

function Player:learn(entry)
  local operation = entry.operation
  if operation.key == "rbac.get" then
    self.rights = dig(fitted(operation, entry.document), "rbac")
  end
  local document = fitted(operation, entry.document)
  if not document then return end
  local all_good = keep_framed(operation, document, entry.document)
  if all_good == nil then return end
  local whole = all_good and is_whole(entry)
  if whole then
    self.seen[operation.key] = true
    self.seen[operation.key .. (entry.params.project_name or "")] = true
  end
  learn.learn(self.learner, operation, document, { params = entry.params,
    is_whole = whole, shows_hidden = entry.query.show_hidden ~= nil })
end

--- Gives the object that the model makes the id that the service gave it.
function Player:give_id(entry)
  local id = dig(entry.document, "metadata", "id")
  self.next_id = type(id) == "string" and entry.method ~= "GET" and id or nil
end

--- Operations after which the rights of the token may be others.
local CHANGES_RIGHTS <const> = {
  ["teams.put"] = true, ["teams.patch"] = true, ["teams.delete"] = true,
  ["users.remove"] = true, ["organization.create"] = true,
  ["projects.put"] = true, ["my_tokens.create"] = true,
  ["my_organizations.patch"] = true, ["my_organizations.leave"] = true,
}

-- Playing ---------------------------------------------------------------------

local function is_write(entry) return entry.method ~= "GET" end

--- Returns true if an answer has nothing that the contract does not have.  From
--- another answer to a write nothing is learned, because the model has done the
--- write itself.
local function fits(entry)
  local document = fitted(entry.operation, entry.document)
  return document ~= nil and patch.equal(document, entry.document)
end

--- Plays a request that the service has carried out.
local function play_done(self, entry)
  if entry.operation then
    assume.done(self.learner, entry.operation, entry.params, entry.body,
      entry.status, self.seen)
    if not is_write(entry) then self:learn(entry) end
    self:give_id(entry)
  end
  local answer = self:ask(entry)
  if entry.operation and is_write(entry) then
    if not is_good(answer) or fits(entry) then self:learn(entry) end
    if CHANGES_RIGHTS[entry.operation.key] then self.rights = nil end
  end
  return answer
end

--- Plays a request that the service has refused.  The model may not change.
local function play_refused(self, entry)
  if not is_write(entry) then return self:ask(entry) end
  local answer
  self:try(function()
    answer = self:ask(entry)
    return false
  end)
  return answer
end

local function play(self, entry)
  local act = is_good(entry) and play_done or play_refused
  return act(self, entry)
end

local function is_same_request(a, b)
  return a.method == b.method and a.path == b.path and a.body == b.body
end

--- Returns the write without an answer that the entry repeats, or nil.
local function doubt_of(self, entry)
  for i, doubt in ipairs(self.doubts) do
    if is_same_request(doubt, entry) then return i, doubt end
  end
end

--- Plays a request again, after the write that may have arrived before it.
--- Keeps the change only if the model then answers as the service did.
local function play_again(self, entry, place, doubt, answer)
  local again
  self:try(function()
    self:ask(doubt)
    again = play(self, entry)
    return again.status == entry.status
  end)
  if again.status ~= entry.status then return answer end
  table.remove(self.doubts, place)
  return again
end

--- Plays a request, with and without a write before it that had no answer.
---@param entry mkio.likeness.Entry
---@return mkio.likeness.Answer
function Player:play(entry)
  self.time = entry.time
  local place, doubt = doubt_of(self, entry)
  if not doubt then return play(self, entry) end
  local answer
  local is_right = self:try(function()
    answer = play(self, entry)
    return answer.status == entry.status
  end)
  if is_right then return answer end
  answer = play_again(self, entry, place, doubt, answer)
  if answer.status ~= entry.status then play(self, entry) end
  return answer
end

--- Notes a write whose answer did not come, so that nobody knows whether it was
--- carried out.
---@param entry mkio.likeness.Entry
function Player:doubt(entry)
  if is_write(entry) and entry.operation then
    self.doubts[#self.doubts + 1] = entry
  end
end

return M
