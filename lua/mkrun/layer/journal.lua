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
--- is enough.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local json = require "mkrun.json"

local befores = require "mkrun.journal.before"
local homes = require "mkrun.journal.home"
local marks = require "mkrun.journal.mark"
local requests = require "mkrun.layer.request"
local retry = require "mkrun.layer.retry"
local scrub = require "mkrun.journal.scrub"
local timeless = require "mkrun.journal.timeless"

local M = {}

local function write_of(request, base_url)
  return {
    method = requests.method(request), path = requests.path(request, base_url),
    body = requests.body(request), safe = retry.is_safe(request),
  }
end

local function text_of(value)
  return type(value) == "string" and value or nil
end

--- Returns the outcome of a write for the journal.  The outcome includes the id
--- of a created resource, because `undo` and people need the id.
local function outcome_of(write, response, code)
  if not response then return { error = code or "failed" } end
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

--- Returns true if two writes are the same.  If the journal could not store the
--- body of `a`, the bodies count as equal.
local function is_same(a, b)
  return a.method == b.method and a.path == b.path
    and (a.body == scrub.word or timeless.equal(a.body, b.body))
end

--- Lists the writes that are unsafe to repeat and whose outcome is unknown.
local function doubtful(journal)
  local list = {}
  for _, write in ipairs(journal:unanswered()) do
    if not write.safe then list[#list + 1] = write end
  end
  return list
end

local function starts_with(text, start) return text:sub(1, #start) == start end

local function has_looked(looked, write, subject)
  local path = write.path
  local list = subject and subject.shown_by(write.method, path)
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
---@field base_url string
---@field doubts mkrun.JournalWrite[]    earlier runs' writes without an answer
---@field looked table<string, true>     paths that this run has read
---@field has_inputs boolean             true after `keep_inputs` was called
local Layer = {}
Layer.__index = Layer

--- Sends a read request, and notes which path this run has read.
function Layer:read(transport, request)
  local response, message, code, attempts = transport(request)
  self.before:saw(request, response)
  self.home:saw(request, response)
  local saw = response and response.status < 300
    and requests.method(request) == "GET"
  if saw and self.doubts[1] then
    self.looked[requests.path(request, self.base_url)] = true
  end
  return response, message, code, attempts
end

--- Returns true if this write may be sent.  That is the case if no earlier run
--- sent the same write without an answer, or if this run has read the API in
--- the meantime.
function Layer:is_clear(write)
  for i, earlier in ipairs(self.doubts) do
    if is_same(earlier, write) then
      if not has_looked(self.looked, write, self.subject) then return false end
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

--- Writes the first line of a write to the journal, with the document that the
--- write will change.
function Layer:note_intent(transport, request, intent)
  local ok, problem = self.home:check(transport, request)
  if not ok then return nil, problem end
  ok, problem = self:note_inputs()
  if not ok then return nil, "journal " .. problem end
  intent.before, problem = self.before:of(transport, request)
  if problem then -- otherwise --resume and undo could not restore the document
    return nil, "as what it would change could not be read: " .. problem
  end
  ok, problem = self.journal:intent(intent)
  return ok, not ok and "journal " .. problem or nil
end

--- Sends a write request whose first line is in the journal.  Then writes the
--- second line.
function Layer:send(transport, request, intent)
  marks.set(request, self.journal.head.run, intent.write)
  local response, message, code, attempts = transport(request)
  local ok, problem =
    self.journal:outcome(intent, outcome_of(intent, response, code))
  if not ok and self.note then
    self.note("what came of a write is not in journal " .. problem)
  end
  return response, message, code, attempts
end

function Layer:write(transport, request)
  local intent = write_of(request, self.base_url)
  local what = intent.method .. " " .. intent.path
  if not self:is_clear(intent) then
    return nil, what .. ": an earlier run sent this and saw no answer; look "
      .. "before it is sent again", "closed"
  end
  local ok, problem = self:note_intent(transport, request, intent)
  if ok then return self:send(transport, request, intent) end
  return nil, ("%s: not sent, %s"):format(what, problem), "journal"
end

--- Makes the layer.
---@param o mkrun.JournalLayerOptions
---@return fun(transport: function): function layer
function M.new(o)
  local subject, base_url = o.subject, o.journal.head.base_url
  local self = setmetatable({
    journal = o.journal, base_url = base_url, subject = subject, note = o.note,
    keep_inputs = o.keep_inputs, has_inputs = false,
    doubts = doubtful(o.journal), looked = {},
    before = befores.new(base_url, subject),
    home = homes.new { journal = o.journal, token = o.token,
      path = subject and subject.home },
  }, Layer)
  return function(transport)
    return function(request)
      local act = requests.is_read(request) and self.read or self.write
      return act(self, transport, request)
    end
  end
end

return M
