--- Writes and checks the audit file, which contains a line of JSON for each
--- write request.  Each line contains the hash of the line before, so that a
--- changed line is noticed.  `mkrun.host.stack` opens the file,
--- `mkrun.layer.audit` adds lines, and the flow `audit-verify` checks the file.
---
---     {"line":2,"time":"2026-11-22T00:54:09Z","who":"d5421b9e-c215-...",
---      "method":"PATCH","url":"https://api.example/api/v1/organization",
---      "before":{...},"sent":[...],"patch":[...],"status":200,
---      "previous":"9b1c..."}
---
--- `before` is the document before the write.  `patch` is the JSON Patch from
--- that document, or from null, to the document in the server's answer.
--- `patch` is absent if the answer contains no document.  `journal` is the
--- journal's id, and `write` is the write's number in the journal.  `provider`
--- names the API of the URL if that is not the API of the run.  `error`
--- replaces `status` if no answer came.  `previous` is the SHA-256 of the line
--- before, without its line end.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local chain = require "mkrun.journal.audit_chain"
local clock = require "mkrun.clock"

local M = { verify = chain.verify }

---@class mkrun.Audit
---@field path string
---@field log mkrun.Log
---@field line integer    number of the last line
---@field previous string hash of the last line
local Audit = {}
Audit.__index = Audit

-- Writing the audit ----------------------------------------------------------

local function open_log(path)
  local log, message, code = sys.log(path)
  if code == "missing" then log, message = sys.log(path, "fresh") end
  return log, message
end

--- Mends an audit file after an interrupted run.  A log can only append lines,
--- so this function replaces the file and opens the log again.
local function mend(path, log, text, note)
  local mended, what = chain.mend(text, clock.iso8601())
  if not mended then return log, text end
  local done, message = sys.write(path, mended)
  if not done then return nil, message end
  note(("audit %s: mended: %s"):format(path, what))
  log:close()
  return open_log(path), mended
end

--- Opens or creates an audit file to append lines.  Fails if a line was
--- changed, because mkrun never appends to a changed audit.
---@param path string
---@param note? fun(text: string)  if given, `open` mends the damage of an
---  interrupted run, and calls `note` with a description
---@return mkrun.Audit? audit
---@return string? message
function M.open(path, note)
  local log, message = open_log(path)
  if not log then return nil, message end
  local text, why = log:read()
  if not text then return nil, why end
  if note then
    log, text = mend(path, log, text, note)
    if not log then return nil, text end
  end
  local count, what = M.verify(text)
  if not count then
    return nil, ("%s: %s: keep the file, and begin another"):format(path, what)
  end
  return setmetatable({ path = path, log = log, line = count,
    previous = what }, Audit)
end

--- Reserves disk space for lines.
---@param size integer  number of bytes
---@return true? done
---@return string? message
function Audit:reserve(size) return self.log:reserve(size) end

local function add(self, record)
  record.line, record.previous = self.line + 1, self.previous
  record.time = clock.iso8601()
  local line = secret.redact(assert(json.encode(record, { sort = true })))
  local done, message = self.log:append(line)
  if not done then return nil, message end
  self.line, self.previous = record.line, sys.sha256(line)
  return true
end

--- Adds a line.  No signal can interrupt this method between the write of the
--- line and the update of the fields `line` and `previous`.
---@param record table
---@return true? done
---@return string? message
function Audit:add(record) return sys.whole(add, self, record) end

-- Lines that a killed run did not write --------------------------------------

local NOTED <const> = "audited write"

local function line_of(write, journal, who)
  local is_path = write.path:sub(1, 1) == "/"
  local provider = journal.providers and journal.providers[write.provider]
  local base_url = (provider or journal.head).base_url
  if write.provider then who = "user of " .. write.provider end
  return { who = who, method = write.method, before = write.before,
    journal = journal.head.run, write = write.write, provider = write.provider,
    url = is_path and base_url .. write.path or write.path,
    sent = write.body, error = "killed" }
end

--- Returns the numbers of a journal's writes that already have a line in the
--- audit.  A killed run may have added a line to the audit without an outcome
--- in the journal.
local function written(self, id)
  local numbers, text, message = {}, self.log:read()
  if not text then return nil, message end
  for line in text:gmatch "[^\n]+" do
    local record = id and json.decode(line)
    if record and record.journal == id and record.write then
      numbers[record.write] = true
    end
  end
  return numbers
end

local function add_noted(self, journal, number, line)
  local ok, message = add(self, line)
  if ok then ok, message = journal:note(NOTED, tostring(number)) end
  return ok, message
end

--- Adds a line for each write that was in flight when a run was killed.  A
--- resumed run calls this method.  Notes in the journal prevent a second line
--- for the same write.
---@param journal mkrun.Journal
---@param who? string   the id of the token's user
---@return true? done
---@return string? message
function Audit:catch_up(journal, who)
  local noted = journal.notes[NOTED] or {}
  local has_line, why = written(self, journal.head.run)
  if not has_line then return nil, why end
  for number, write in ipairs(journal.writes) do
    local missing = not write.status and not write.error
    if missing and not noted[tostring(number)] and not has_line[number] then
      local line = line_of(write, journal, who)
      local ok, message = sys.whole(add_noted, self, journal, number, line)
      if not ok then return nil, message end
    end
  end
  return true
end

return M
