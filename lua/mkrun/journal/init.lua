--- Writes and reads the journal of a run: lines of JSON with each write to the
--- API and its outcome.  A line is on disk before the run continues.  The layer
--- `journal` writes the journal.  `--resume` and the flow `undo` read the
--- journal.
---
---     {"journal":1,"time":...,"words":["onboard","spec.json"],"base_url":...}
---     {"write":1,"time":...,"method":"PUT","path":...,"body":...}
---     {"write":1,"time":...,"status":201}
---     {"note":"replaced token","of":"41aa22bb-..."}
---     {"providers":{"rabbitmq":{"base_url":...,"token_as":"basic"}}}
---     {"inputs":{"spec.json":"9b1c..."}}
---     {"resumed":"...","words":[...]}
---
--- A write has two lines.  The first line is written before the write is sent.
--- The second line has `status`, or `error` if no answer came.  A note contains
--- a fact that a flow needs after a crash.  No line contains a secret, because
--- `mkrun.journal.scrub` removes secrets.  A crash may leave an incomplete last
--- line.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local bearer = require "mkrun.host.bearer"
local belonging = require "mkrun.journal.belonging"
local file = require "mkrun.journal.file"
local harmless = require "mkrun.printable"
local init_code = require "mkrun.host.init_code"
local scrub = require "mkrun.journal.scrub"

local refuse = file.refuse

---@class mkrun.JournalHead
---@field run? string            id of the journal
---@field words string[]         SCRIPT and its arguments
---@field base_url string
---@field sandbox? true|string   value of `sandbox` in `mkrun.config`
---@field options string[]       mkrun's options that a resumed run needs again
---@field project? string        value of --project
---@field started_in? string     working directory of the run
---@field init? string           SHA-256 of LUA_INIT
---@field needs? string[]        words of `@needs` in the script's header
---@field statements? string     SHA-256 of the code of -e
---@field plan? {path: string, digest: string}   file of the plan that the run
---  applied, and its SHA-256
---@field user? string           id of the user that the token's claims name

---@class mkrun.JournalWrite
---@field write integer    number of the write
---@field provider? string   name of the provider; nil: the API of the run
---@field method string
---@field time? string     time of the request, ISO 8601
---@field path string      path of the URL
---@field body? any        body of the request, without secrets
---@field safe boolean     true if the write may be sent twice
---@field before? any      the document before the write, without secrets
---@field status? integer  HTTP status of the answer
---@field error? string    code of the failure if no answer came: "closed", ...
---@field created? table   members "id" and "name" of the resource in the answer
---@field after? any       document of a created resource, without secrets
---@field absent? boolean  there certainly was no document before; of providers
---@field means? table     what the write means to its provider
---@field inverse? table   request that undoes the write: {method, path, body,
---  what}, or { never = reason }; of providers

---@class mkrun.Journal
---@field path string
---@field head mkrun.JournalHead
---@field words string[]   SCRIPT and arguments of the last run
---@field writes mkrun.JournalWrite[]  writes of earlier runs, by number
---@field notes table<string, table<string, true>>  notes of earlier runs: kind
---  of note -> set of texts
---@field inputs table<string, string>  path of an input file -> hash of the
---  file in an earlier run
---@field providers table<string, mkrun.JournalProvider>
---@field count integer   number of writes so far
---@field sizes table<table, integer>  reserved bytes for each write in flight
---@field under_way integer   reserved bytes for all writes in flight
local Journal = {}
Journal.__index = Journal
Journal.__name = "mkrun.Journal"

local M = { Journal = Journal }

-- Writing a journal ----------------------------------------------------------

local function encoded(line)
  return assert(json.encode(line, { sort = true }))
end

--- Appends a line.  The log redacts the secrets of this run.  If redaction
--- would break the line's JSON, this function removes the bodies from the line.
local function append(self, line)
  line.time = clock.iso8601()
  local text = encoded(line)
  if json.decode(secret.redact(text)) == nil then
    line.body, line.before, line.after = scrub.word, nil, nil
    text = encoded(line)
  end
  return self.log:append(text)
end

--- Reserves disk space for the outcome of a write before the write is sent.
--- The outcome may contain a document of the same length as the document before
--- the write.  So the estimate is three times the length of the line of the
--- write.
local function reserve(self, write)
  local size = 4096 + 3 * #encoded(write)
  self.sizes[write], self.under_way = size, self.under_way + size
  return self.log:reserve(self.under_way)
end

--- Numbers a write and appends its line.  A signal between these two steps
--- would leave a gap in the numbers, so `sys.whole` calls this function.
local function number(self, write)
  local ok, message = reserve(self, write)
  if not ok then return nil, message end
  self.count = self.count + 1
  write.write = self.count
  return append(self, write)
end

--- Appends the first line of a write, before the write is sent.
---@param write mkrun.JournalWrite  this method sets its field `write`
---@return true? done
---@return string? message
function Journal:intent(write) return sys.whole(number, self, write) end

--- Appends the second line of a write, with the outcome.
---@param write mkrun.JournalWrite
---@param outcome {status: integer?, error: string?, created: table?,
---  after: any}
---@return true? done
---@return string? message
function Journal:outcome(write, outcome)
  outcome.write = write.write
  self.under_way = self.under_way - (self.sizes[write] or 0)
  self.sizes[write] = nil
  return append(self, outcome)
end

--- Writes a note for a run that is resumed after a crash.
---@param kind string   kind of note: "replaced token"
---@param of string     text of the note, such as an id
---@return true? done
---@return string? message
function Journal:note(kind, of)
  return append(self, { note = kind, of = of })
end

--- Appends a line with the hashes of the run's input files.
---@param digests table<string, string>  path of a file -> SHA-256
---@return true? done
---@return string? message
function Journal:keep_inputs(digests)
  return append(self, { inputs = digests })
end

--- Returns true, or false and the reason why this run may not send requests to
--- a provider: the journal is of a run with another base URL of it.
---@param place mkrun.Place
---@return boolean ok
---@return string? message
function Journal:check_provider(place)
  return belonging.is_provider(self.path, self.providers, place.name,
    place.base_url)
end

--- Writes the facts of a provider that `undo` needs, unless the journal has
--- them.
---@param place mkrun.Place
---@param resource? string   name of the resource that is written
---@return true? done
---@return string? message
function Journal:note_provider(place, resource)
  local known = self.providers[place.name]
  if known and (not resource or known.resources[resource]) then return true end
  local declared = place.subject and place.subject.declared
  local facts = declared and declared(resource) or {}
  facts.base_url, facts.token_as = place.base_url, place.token_as
  local line = { providers = { [place.name] = facts } }
  local done, message = append(self, line)
  if done then file.take_providers(self, line) end
  return done, message
end

--- Opens a journal in which no run has begun a write, as one that was refused
--- leaves it, and empties it.  Returns nil if the file is anything else.
local function open_unused(path)
  local log = sys.log(path, "trusted")
  if not log then return nil end
  local ok, content = pcall(file.read, path, log)
  local is_unused = ok and not content.writes[1] and not next(content.notes)
  if is_unused and log:cut(0) then return log end
  log:close()
end

local function open_fresh(path)
  local log, message, code = sys.log(path, "fresh")
  local unused = code == "exists" and open_unused(path)
  if unused then return unused end
  if not log and code == "exists" then
    refuse("--journal: %s: holds a journal; --resume goes on with it", path)
  elseif not log then
    refuse("--journal: %s", message)
  end
  return log
end

local function check(ok, message)
  if not ok then refuse("%s", message) end
end

--- Returns a copy of `words` without secrets and without texts that look like a
--- token.
local function visible(words)
  return scrub.texts(json.array { table.unpack(words) })
end

--- Returns the script and its arguments.  A script from standard input has the
--- name "-".
local function words_of(settings)
  return visible(settings.words or { "-" })
end

--- Creates a journal.  Ends the run if the file cannot be written or is not
--- empty.  A journal without a write counts as empty.
---@param path string
---@param settings mkrun.Config
---@return mkrun.Journal
function M.create(path, settings)
  local head = {
    journal = file.format, run = sys.uuid(), mkrun = settings.version,
    words = words_of(settings),
    base_url = settings.base_url, sandbox = settings.sandbox or nil,
    options = visible(settings.kept), project = settings.project,
    started_in = settings.folder, user = bearer.subject(settings.token),
    init = init_code.digest(settings), needs = belonging.needs(settings),
    statements = belonging.statements(settings), plan = settings.planned,
  }
  local self = setmetatable({ path = path, head = head, words = head.words,
    writes = {}, notes = {}, inputs = {}, providers = {}, count = 0,
    under_way = 0, sizes = {}, log = open_fresh(path) }, Journal)
  check(append(self, head))
  return self
end

--- Returns the log of an existing journal.  The host may have opened the log
--- already, to read mkrun's options from the journal.
local function held(path, settings, option)
  if settings.held and settings.held_path == path then return settings.held end
  local log, message = sys.log(path, "trusted")
  if not log then refuse("%s%s", option, message) end
  return log
end

--- Locks and reads a whole journal.  No run can resume the journal until the
--- lock is closed.
---@param path string
---@param settings mkrun.Config
---@return mkrun.JournalContent
---@return mkrun.Log  the lock; keep a reference to it
function M.hold(path, settings)
  local log = held(path, settings, "")
  local content = file.read(path, log)
  belonging.check_place(path, content.head, settings)
  belonging.check_providers(path, content.providers, settings)
  return content, log
end

--- Returns the first line of a journal.  Ends the run if the file is no journal
--- that this user's runs wrote.
---@param path string
---@param settings mkrun.Config
---@return mkrun.JournalHead
function M.head(path, settings)
  local log = held(path, settings, "--resume: ")
  local content = file.read(path, log)
  if log ~= settings.held then log:close() end
  return content.head
end

--- Returns the providers that a journal names.  Ends the run if the file is no
--- journal that this user's runs wrote.
---@param path string
---@param settings mkrun.Config
---@return table<string, mkrun.JournalProvider>
function M.providers(path, settings)
  local log = held(path, settings, "")
  local content = file.read(path, log)
  if log ~= settings.held then log:close() end
  return content.providers
end

--- Opens the journal of an interrupted run to resume it.  Ends the run if the
--- journal does not belong to this run.
---@param path string
---@param settings mkrun.Config
---@param note fun(text: string)  called with each difference between the runs
---@return mkrun.Journal
function M.reopen(path, settings, note)
  local log = held(path, settings, "--resume: ")
  local self = setmetatable(file.read(path, log), Journal)
  belonging.check_place(path, self.head, settings)
  belonging.check_providers(path, self.providers, settings)
  if self.head.init ~= init_code.digest(settings) then
    refuse("--resume: %s: its run had %s LUA_INIT", path,
      self.head.init and (settings.init and "another" or "a") or "no")
  end
  if self.words[1] ~= "-" then
    belonging.check_statements(path, self.head, settings, note)
  end
  check(log:cut(self.length))
  self.path, self.log, self.count = path, log, #self.writes
  self.under_way, self.sizes = 0, {}
  if settings.words then
    local words = visible(settings.words)
    belonging.check_words(self, words, settings.folder, note)
    self.words = words
  end
  check(append(self, { resumed = settings.version, words = self.words }))
  return self
end

--- Lists the writes of earlier runs whose effect is unknown.
---@return mkrun.JournalWrite[]
function Journal:unanswered()
  local list = {}
  for _, write in ipairs(self.writes) do
    if file.is_doubtful(write) then list[#list + 1] = write end
  end
  return list
end

-- The journal of this run ----------------------------------------------------

local current

local function note(text)
  io.stderr:write("mkrun: ", harmless.line(text), "\n")
end

--- Returns the journal of this run.  The first call opens the journal.
---@return mkrun.Journal?  nil without `--journal` and `--resume`
function M.current()
  if current then return current end
  if config.resume then
    current = M.reopen(config.resume, config, note)
  elseif config.journal then
    current = M.create(config.journal, config)
  end
  return current
end

--- Writes a note to the journal of this run, if the run has a journal.  The
--- note is on disk when this function returns.  Raises if the note cannot be
--- written.
---@param kind string   kind of note: "replaced token"
---@param of string     text of the note, such as an id
function M.note(kind, of)
  local self = M.current()
  if not self then return end
  local ok, message = self:note(kind, of)
  if not ok then error("journal " .. message, 0) end
end

--- Returns the notes of earlier runs of this journal.
---@param kind string   kind of note: "replaced token"
---@return table<string, true>  set of the notes' texts
function M.notes(kind)
  local self = M.current()
  return self and self.notes[kind] or {}
end

--- Lists the writes that earlier runs of this journal sent to a path.
---@param method string
---@param path string
---@return mkrun.JournalWrite[]
function M.earlier(method, path)
  local self, list = M.current(), {}
  for _, write in ipairs(self and self.writes or {}) do
    if write.method == method and write.path == path then
      list[#list + 1] = write
    end
  end
  return list
end

--- Returns SCRIPT and arguments of the run that `--resume` continues.  The host
--- calls this function if the command line names no script.
---@return string[]?  nil if -e replaces the script
function M.recall()
  local words, folder = M.current().words, M.current().head.started_in
  if words[1] == "-" and config.statements then
    return nil
  elseif folder and folder ~= config.folder then
    refuse("--resume: %s: its run was started in %s: go there, or give SCRIPT "
      .. "and its arguments again", config.resume, folder)
  elseif words[1] == "-" then
    refuse("--resume: %s: its script came from standard input or -e: give it "
      .. "again",
      config.resume)
  elseif scrub.hides(words) then
    refuse("--resume: %s: its arguments had a secret: give SCRIPT and its "
      .. "arguments again", config.resume)
  end
  for i = 2, #words do
    if words[i] == "-" then
      note(config.resume .. ": the run read standard input, and does so again")
    end
  end
  return words
end

return M
