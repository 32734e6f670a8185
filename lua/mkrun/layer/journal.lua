--- This layer writes each write request to the journal before the request is
--- sent, and its outcome afterwards.  `mkrun.host.stack` makes the layer.
---
--- If an earlier run sent a write and got no answer, a resumed run must not
--- repeat the write blindly.  For such a write, the layer returns the error
--- code "closed", as if the answer were lost.  Callers then read the API to
--- find out if the write took effect.  After a read the layer sends the write.
--- A successful GET of one of these paths is enough:
--- * the path of the write;
--- * the path of its collection, or a path below the write, unless the write is
---   a POST.
--- If `subject.shown_by` returns a path for the write, only a GET of that path
--- is enough.  For a write to a provider that declares what the write means,
--- `mkrun.journal.lookup` reads the API itself.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local json = require "mkrun.json"

local befores = require "mkrun.journal.before"
local homes = require "mkrun.journal.home"
local marks = require "mkrun.journal.mark"
local places = require "mkrun.journal.place"
local requests = require "mkrun.layer.request"
local retry = require "mkrun.layer.retry"
local scrub = require "mkrun.journal.scrub"

local M = {}

-- Few runs write to a declared provider, and only those need these modules.

local function inverses() return require "mkrun.journal.inverse" end

local function lookups() return require "mkrun.journal.lookup" end

local function write_of(request, place)
  return {
    provider = place.name, method = requests.method(request),
    path = requests.path(request, place.base_url),
    body = places.body(place, request),
    safe = retry.is_safe(request),
  }
end

local function text_of(value)
  return type(value) == "string" and value or nil
end

--- Returns the outcome of a write for the journal.  The outcome includes the id
--- of a created resource, because `undo` and people need the id.
local function outcome_of(write, response, code, place)
  if not response then return { error = code or "failed" } end
  if write.provider then
    return inverses().outcome(place.subject, write, response)
  end
  local document = json.decode(response.body or "")
  local metadata = type(document) == "table"
    and document[config.provider().documents.about]
  local known = type(metadata) == "table"
  return {
    status = response.status,
    created = known
      and { id = text_of(metadata.id), name = text_of(metadata.name) } or nil,
    after = known and write.method == "PUT" and response.status == 201
      and scrub.value(document) or nil,
  }
end

-- Reading before a write is repeated -----------------------------------------

--- Lists the writes that are unsafe to repeat and whose outcome is unknown.
local function doubtful(journal)
  local list = {}
  for _, write in ipairs(journal:unanswered()) do
    if not write.safe then list[#list + 1] = write end
  end
  return list
end

local function starts_with(text, start) return text:sub(1, #start) == start end

local function has_looked(looked, write, place)
  local shown_by = place.subject and place.subject.shown_by
  local list = shown_by and shown_by(write.method, write.path)
  local base = place.name and place.base_url or ""
  local path = base .. write.path
  list = list and base .. list
  if list then return looked[list] end
  -- A POST creates an item of the list whose path is the path of the POST.
  if write.method == "POST" then return looked[path] end
  if looked[path] or looked[path:match "^(.+)/[^/]*$"] then return true end
  for seen in pairs(looked) do
    if starts_with(seen, path .. "/") then return true end
  end
  return false
end

-- The layer ------------------------------------------------------------------

---@class mkrun.JournalLayerOptions
---@field journal mkrun.Journal
---@field note? fun(text: string)  called if an outcome could not be written
---@field subject? table           the provider's module with `home`, `changes`
---  and `shown_by`
---@field token? mkrun.Secret      the run's token
---@field keep_inputs? function    writes the hashes of the run's input files to
---  the journal

---@class mkrun.JournalLayer
---@field journal mkrun.Journal
---@field main mkrun.Place   the API of the run
---@field lookup? mkrun.Lookup
---@field doubts mkrun.JournalWrite[]    earlier runs' writes without an answer
---@field looked table<string, true>     paths that this run has read; those of
---  providers are whole URLs
---@field has_inputs boolean             true after `keep_inputs` was called
local Layer = {}
Layer.__index = Layer

--- Sends a read request, and notes which path this run has read.
function Layer:read(transport, request, place)
  local response, message, code, attempts = transport(request)
  self.before:saw(request, response)
  if not place.name then self.home:saw(request, response) end
  local saw = response and response.status < 300
    and requests.method(request) == "GET"
  if saw and self.doubts[1] then
    local url = place.name and requests.url(request)
    self.looked[url or requests.path(request, self.main.base_url)] = true
  end
  return response, message, code, attempts
end

--- Returns true if this write may be sent.  That is the case if no earlier run
--- sent the same write without an answer, or if this run has read the API in
--- the meantime.
function Layer:is_clear(write, place)
  for i, earlier in ipairs(self.doubts) do
    local is_settled = self.lookup and self.lookup.taken[earlier]
    if not is_settled and lookups().is_same(earlier, write) then
      if not has_looked(self.looked, write, place) then return false end
      table.remove(self.doubts, i)
      return true
    end
  end
  return true
end

function Layer:note_inputs()
  if self.has_inputs or not self.keep_inputs then return true end
  self.has_inputs = true
  return self.keep_inputs(self.journal, self.note)
end

--- Checks that the journal may take writes to this API, and writes the facts to
--- the journal that later runs check.
function Layer:note_place(transport, request, place)
  if not place.name then return self.home:check(transport, request) end
  local meaning = places.meaning(place, request)
  local ok, problem = self.journal:note_provider(place,
    meaning and meaning.resource.name)
  return ok, not ok and "journal " .. problem or nil
end

--- Writes the first line of a write to the journal, with the document that the
--- write will change.
function Layer:note_intent(transport, request, intent, place)
  local ok, problem = self:note_place(transport, request, place)
  if not ok then return nil, problem end
  ok, problem = self:note_inputs()
  if not ok then return nil, "journal " .. problem end
  intent.before, problem, intent.absent = self.before:of(transport, request)
  if problem then -- otherwise --resume and undo could not restore the document
    return nil, "as what it would change could not be read: " .. problem
  end
  if place.name then inverses().prepare(place, request, intent)
  else intent.absent = nil end
  ok, problem = self.journal:intent(intent)
  return ok, not ok and "journal " .. problem or nil
end

--- Sends a write request whose first line is in the journal.  Then writes the
--- second line.
function Layer:send(transport, request, intent, place)
  marks.set(request, self.journal.head.run, intent.write)
  local response, message, code, attempts = transport(request)
  local ok, problem = self.journal:outcome(intent,
    outcome_of(intent, response, code, place))
  if not ok and self.note then
    self.note("what came of a write is not in journal " .. problem)
  end
  if place.name and response and response.status == 404
    and lookups().was_removed(self.journal, intent) then
    response.may_be_done = true -- by the run that this one resumes
  end
  return response, message, code, attempts
end

--- Returns the answer of the API to the same write of an earlier run, or nil
--- and, if the write may not be sent again, the reason.
function Layer:recall(transport, request, intent, place)
  local journal = self.journal
  if not (place.name and journal.writes and journal.writes[1]) then
    return nil
  end
  self.lookup = self.lookup or lookups().new(journal)
  return self.lookup:find { transport = transport, request = request,
    write = intent, place = place,
    has_looked = has_looked(self.looked, intent, place) }
end

function Layer:write(transport, request, place)
  local intent = write_of(request, place)
  local what = intent.method .. " " .. intent.path
  local response, problem = self:recall(transport, request, intent, place)
  if response then return response end
  if problem == nil and not self:is_clear(intent, place) then
    problem = "look before it is sent again"
  end
  if problem then
    return nil, ("%s: an earlier run sent this and saw no answer; %s")
      :format(what, problem), "closed"
  end
  local ok, why = self:note_intent(transport, request, intent, place)
  if ok then return self:send(transport, request, intent, place) end
  return nil, ("%s: not sent, %s"):format(what, why), "journal"
end

--- Sends a request of the script.
function Layer:request(transport, request)
  local place = places.of(request, self.main)
  if place.name then
    local ok, problem = self.journal:check_provider(place)
    if not ok then return nil, problem, "journal" end
  end
  local meaning = places.meaning(place, request)
  local act = places.is_read(request, meaning) and self.read or self.write
  return act(self, transport, request, place)
end

--- Makes the layer.
---@param o mkrun.JournalLayerOptions
---@return fun(transport: function): function layer
function M.new(o)
  local subject, base_url = o.subject, o.journal.head.base_url
  local self = setmetatable({
    journal = o.journal, note = o.note,
    main = { base_url = base_url, subject = subject },
    keep_inputs = o.keep_inputs, has_inputs = false,
    doubts = doubtful(o.journal), looked = {},
    before = befores.new(base_url, subject),
    home = homes.new { journal = o.journal, token = o.token,
      path = subject and subject.home },
  }, Layer)
  return function(transport)
    return function(request)
      return self:request(transport, request)
    end
  end
end

return M
