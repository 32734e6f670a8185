--- The journal of a run: what it meant to write to the API, and what came of
--- it, as lines of JSON that are on disk before the run goes on.
---
---     {"journal":1,"time":...,"words":["onboard","spec.json"],"base_url":...}
---     {"write":1,"time":...,"method":"PUT","path":...,"body":...}
---     {"write":1,"time":...,"status":201}
---     {"note":"replaced token","of":"41aa22bb-..."}
---     {"inputs":{"spec.json":"9b1c..."}}
---     {"resumed":"...","words":[...]}
---
--- A write has its first line before it is sent.  Its second one has `status`
--- or, when there was no answer, `error`.  A note is what a flow wants to know
--- after a crash.  No line holds a secret: bodies go
--- through `mkrun.journal.scrub`.  The last line of a file may be torn.
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
---@field run? string            tells it from all other journals
---@field words string[]         SCRIPT and its arguments
---@field base_url string
---@field sandbox? true|string   as `mkrun.config` has it
---@field options string[]       mkrun's own, which the host reads
---@field project? string        likewise
---@field started_in? string     a folder
---@field init? string           digest of LUA_INIT
---@field statements? string     digest of what -e gave
---@field user? string           whose token, where that tells

---@class mkrun.JournalWrite
---@field write integer    its number
---@field method string
---@field time? string     when it was sent
---@field path string      of the URL
---@field body? any        scrubbed
---@field safe boolean     may it be sent twice?
---@field before? any      what was at that path, scrubbed
---@field status? integer  of the answer
---@field error? string    why there is none: "closed", ...
---@field created? table   "id" and "name" in the answer
---@field after? any       the answer to a write that made something, scrubbed

---@class mkrun.Journal
---@field path string
---@field head mkrun.JournalHead
---@field words string[]   SCRIPT and its arguments, of the last run
---@field writes mkrun.JournalWrite[]  those of earlier runs, by number
---@field notes table<string, table<string, true>>  those of earlier runs
---@field inputs table<string, string>  hashes of files, of earlier runs
---@field count integer
---@field sizes table<table, integer>  room that is kept, for each write
---@field under_way integer            all of it
local Journal = {}
Journal.__index = Journal
Journal.__name = "mkrun.Journal"

local M = { Journal = Journal }

-- Writing --------------------------------------------------------------------

local function encoded(line)
  return assert(json.encode(line, { sort = true }))
end

--- The log covers the secrets of this run.  When that would leave a line that
--- nobody can read, the bodies go as a whole.
local function append(self, line)
  line.time = clock.iso8601()
  local text = encoded(line)
  if json.decode(secret.redact(text)) == nil then
    line.body, line.before, line.after = scrub.word, nil, nil
    text = encoded(line)
  end
  return self.log:append(text)
end

--- What came of a write has room before the write is sent: about as many bytes
--- as its lines take, as the answer may be as long as what was there.
local function reserve(self, write)
  local size = 4096 + 3 * #encoded(write)
  self.sizes[write], self.under_way = size, self.under_way + size
  return self.log:reserve(self.under_way)
end

--- No signal comes between the number and its line: the next one would lack
--- one before it.
local function number(self, write)
  local ok, message = reserve(self, write)
  if not ok then return nil, message end
  self.count = self.count + 1
  write.write = self.count
  return append(self, write)
end

--- Note a write before it is sent.
---@param write mkrun.JournalWrite  gets its number
---@return true? done
---@return string? message
function Journal:intent(write) return sys.whole(number, self, write) end

--- Note what came of a write.
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

--- Note something for a run that goes on after a crash.
---@param kind string
---@param of string
---@return true? done
---@return string? message
function Journal:note(kind, of)
  return append(self, { note = kind, of = of })
end

--- Note the hashes of the files that the run works by.
---@param digests table<string, string>  by path
---@return true? done
---@return string? message
function Journal:keep_inputs(digests)
  return append(self, { inputs = digests })
end

local function open_fresh(path)
  local log, message, code = sys.log(path, "fresh")
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

--- Without secrets of this run, and without what looks like a token.
local function visible(words)
  return scrub.texts(json.array { table.unpack(words) })
end

--- What a run is started with; a script on standard input has the name "-".
local function words_of(settings)
  return visible(settings.words or { "-" })
end

--- Begin a journal in a new file.
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
    init = init_code.digest(settings),
    statements = belonging.statements(settings),
  }
  local self = setmetatable({ path = path, head = head, words = head.words,
    writes = {}, notes = {}, inputs = {}, count = 0, under_way = 0,
    sizes = {}, log = open_fresh(path) }, Journal)
  check(append(self, head))
  return self
end

--- The log of a journal that is there: the one that the host opened for its
--- options, when it is that.
local function held(path, settings, option)
  if settings.held and settings.held_path == path then return settings.held end
  local log, message = sys.log(path, "trusted")
  if not log then refuse("%s%s", option, message) end
  return log
end

--- Hold a journal that is complete: no run goes on with it meanwhile.
---@param path string
---@param settings mkrun.Config
---@return mkrun.JournalContent
---@return mkrun.Log  hold on to it
function M.hold(path, settings)
  local log = held(path, settings, "")
  local content = file.read(path, log)
  belonging.check_place(path, content.head, settings)
  return content, log
end

--- Go on with the journal of a run that was cut short.
---@param path string
---@param settings mkrun.Config
---@param note fun(text: string)  told of other arguments
---@return mkrun.Journal
function M.reopen(path, settings, note)
  local log = held(path, settings, "--resume: ")
  local self = setmetatable(file.read(path, log), Journal)
  belonging.check_place(path, self.head, settings)
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

--- The writes of earlier runs of which nobody knows whether they took effect.
---@return mkrun.JournalWrite[]
function Journal:unanswered()
  local list = {}
  for _, write in ipairs(self.writes) do
    if file.is_doubtful(write) then list[#list + 1] = write end
  end
  return list
end

-- Of this run ----------------------------------------------------------------

local current

local function note(text)
  io.stderr:write("mkrun: ", harmless.line(text), "\n")
end

--- The journal of this run, opened when it is first asked for; nil without
--- `--journal` and `--resume`.
---@return mkrun.Journal?
function M.current()
  if current then return current end
  if config.resume then
    current = M.reopen(config.resume, config, note)
  elseif config.journal then
    current = M.create(config.journal, config)
  end
  return current
end

--- Note something where there is a journal.  It is on disk when this returns;
--- when it cannot be, the run ends.
---@param kind string
---@param of string
function M.note(kind, of)
  local self = M.current()
  if not self then return end
  local ok, message = self:note(kind, of)
  if not ok then error("journal " .. message, 0) end
end

--- What earlier runs of this journal noted.
---@param kind string
---@return table<string, true>
function M.notes(kind)
  local self = M.current()
  return self and self.notes[kind] or {}
end

--- What earlier runs of this journal sent.
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

--- SCRIPT and arguments of the run that `--resume` goes on with; the host asks
--- when the command line has none.
---@return string[]?  nil when that has the statements of a run without a script
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
