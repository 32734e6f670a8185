--- The audit file: one line of JSON for each write, each with the hash of the
--- line before it, so that a change is seen.
---
---     {"line":2,"time":"2026-11-22T00:54:09Z","who":"d5421b9e-c215-...",
---      "method":"PATCH","url":"https://app.mk.io/api/v1/organization",
---      "before":{...},"sent":[...],"patch":[...],"status":200,
---      "previous":"9b1c..."}
---
--- `before` is what was there and `patch` leads from it to what the server
--- answered, where both are documents, or from nothing to what was made.
--- `error` stands for a `status` that never came.  The hash is the SHA-256 of
--- a line without its line end.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

--- What the first line has for the hash of a line before it.
M.NOTHING = ("0"):rep(64)

---@class mkrun.Audit
---@field path string
---@field log mkrun.Log
---@field line integer    the last one
---@field previous string its hash
local Audit = {}
Audit.__index = Audit

-- Reading --------------------------------------------------------------------

--- The whole lines of a text, and where the last one ends.
local function lines_of(text)
  local lines, good = {}, 0
  for line, after in text:gmatch "([^\n]*)\n()" do
    lines[#lines + 1], good = line, after - 1
  end
  return lines, good
end

--- What is wrong between line `i` and the one before it, or nil.
local function fault_at(i, line, previous)
  local value = json.decode(line)
  if type(value) ~= "table" or type(value.previous) ~= "string" then
    return ("line %d was changed: it is no line of an audit"):format(i)
  elseif value.line ~= i then
    return math.type(value.line) == "integer" and value.line > i
      and ("line %d was removed"):format(i)
      or ("line %d was changed or put in"):format(i)
  elseif value.previous == previous then
    return nil
  elseif i == 1 then
    return "line 1 was changed: it does not begin an audit"
  end
  return ("line %d was changed: line %d has another hash of it")
    :format(i - 1, i)
end

--- Look for the first line that was changed or removed.  What was cut off at
--- the end shows only in the hash of the last line, to who has kept it.
---@param text string     of the file
---@param last? string    the hash of a line that must be there
---@return integer? count of lines
---@return string what    the hash of the last one, or what is wrong
function M.verify(text, last)
  local lines, good = lines_of(text)
  local previous, found = M.NOTHING, last == nil
  for i, line in ipairs(lines) do
    local fault = fault_at(i, line, previous)
    if fault then return nil, fault end
    previous = sys.sha256(line)
    found = found or previous == last
  end
  if good < #text then
    return nil, ("line %d is cut off"):format(#lines + 1)
  elseif not found then
    return nil, ("lines were removed after line %d, or the last one was "
      .. "changed: none has the hash %s"):format(#lines, last)
  end
  return #lines, previous
end

-- Writing --------------------------------------------------------------------

local function open_log(path)
  local log, message, code = sys.log(path)
  if code == "missing" then log, message = sys.log(path, true) end
  return log, message
end

--- Open a file to go on with it, or a new one.  Nothing is added to one of
--- which a line was changed.
---@param path string
---@return mkrun.Audit? audit
---@return string? message
function M.open(path)
  local log, message = open_log(path)
  if not log then return nil, message end
  local text, why = sys.read(path)
  if not text then return nil, why end
  local count, what = M.verify(text)
  if not count then
    return nil, ("%s: %s: keep the file, and begin another"):format(path, what)
  end
  return setmetatable({ path = path, log = log, line = count,
    previous = what }, Audit)
end

--- See to it that there is room for lines of so many bytes.
---@param size integer
---@return true? done
---@return string? message
function Audit:reserve(size) return self.log:reserve(size) end

--- Add a line.
---@param record table
---@return true? done
---@return string? message
function Audit:add(record)
  record.line, record.previous = self.line + 1, self.previous
  record.time = sys.iso8601()
  local line = secret.redact(assert(json.encode(record, { sort = true })))
  local done, message = self.log:append(line)
  if not done then return nil, message end
  self.line, self.previous = record.line, sys.sha256(line)
  return true
end

-- After a crash --------------------------------------------------------------

local NOTED <const> = "audited write"

local function line_of(write, base_url, who)
  local is_path = write.path:sub(1, 1) == "/"
  return { who = who, method = write.method, before = write.before,
    url = is_path and base_url .. write.path or write.path,
    sent = write.body, error = "killed" }
end

--- A run that was killed had no time for lines about the writes that were
--- under way: they get theirs when it is resumed, once.
---@param journal mkrun.Journal
---@param who? string   whose token it is
---@return true? done
---@return string? message
function Audit:catch_up(journal, who)
  local noted = journal.notes[NOTED] or {}
  for number, write in ipairs(journal.writes) do
    local missing = not write.status and not write.error
    if missing and not noted[tostring(number)] then
      local ok, message =
        self:add(line_of(write, journal.head.base_url, who))
      if ok then ok, message = journal:note(NOTED, tostring(number)) end
      if not ok then return nil, message end
    end
  end
  return true
end

return M
