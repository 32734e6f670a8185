--- Reads a journal.  `mkrun.journal`, `mkrun.journal.belonging` and the flow
--- `undo` call this module.  A malformed or missing line ends the run, because
--- a damaged journal is no proof of the earlier run's writes.  Only the last
--- line may be incomplete.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = { format = 1 }

local Problem = { __tostring = function(self) return self.detail end }

--- Ends the run with an error message and exit code 2.
---@param format string  the message, as a format for string.format
---@param ... any        values for the format
function M.refuse(format, ...)
  error(setmetatable({ detail = format:format(...), exit_code = 2 },
    Problem), 0)
end

--- Decodes the complete lines of `text`.  Returns the values and the number of
--- bytes of these lines.  A malformed last line is left out, because a crash
--- may have cut the line off.
local function lines_of(text, path)
  local list, good = {}, 0
  for line, after in text:gmatch "([^\n]*)\n()" do
    local value = json.decode(line)
    if type(value) ~= "table" then
      if after <= #text then
        M.refuse("%s: line %d is not of a journal", path, #list + 1)
      end
      break
    end
    list[#list + 1], good = value, after - 1
  end
  return list, good
end

local function is_list_of_texts(list)
  if type(list) ~= "table" or not list[1] then return false end
  for _, text in ipairs(list) do
    if type(text) ~= "string" then return false end
  end
  return true
end

-- Lines of a journal ---------------------------------------------------------

local function is_text(value) return type(value) == "string" end

--- The checks of what a journal says of providers.  Few journals have any.
local function facts() return require "mkrun.journal.facts" end

local function is_intent(line)
  return is_text(line.method) and is_text(line.path)
    and (line.provider == nil or facts().is_intent(line))
    and (line.safe == nil or type(line.safe) == "boolean")
end

local function is_outcome(line)
  return math.type(line.status) == "integer" or is_text(line.error)
end

--- Maps each kind of line to a function that adds such a line to the journal's
--- content.  The function returns true if the line is valid at its position.
local takes = {}

--- Adds the first or the second line of a write to the content.
function takes.write(content, line)
  local writes, number = content.writes, line.write
  if is_intent(line) and number == #writes + 1 then
    writes[number] = line
    return true
  end
  local write = math.type(number) == "integer" and writes[number]
  if not write or write.status or not is_outcome(line)
    or write.error and not (write.provider and line.status)
    or write.provider and not facts().is_outcome(line) then
    return false
  end
  for _, name in ipairs { "status", "error", "created", "after" } do
    write[name] = line[name]
  end
  write.inverse = line.inverse or write.inverse
  return true
end

--- Adds members to those of a provider's earlier lines.
local function add_all(known, more)
  for key, member in pairs(more or {}) do known[key] = member end
end

local function take_provider(providers, name, line)
  local known = providers[name]
  if not is_text(name) or not facts().is_provider(line)
    or known and known.base_url ~= line.base_url then
    return false
  end
  known = known or { base_url = line.base_url, token_as = line.token_as,
    auth = line.auth, list = line.list, error = line.error,
    hints = line.hints, operations = {}, resources = {} }
  providers[name] = known
  add_all(known.operations, line.operations)
  add_all(known.resources, line.resources)
  return true
end

--- Adds facts of providers: each line has the rows of resources that were not
--- written before.
function takes.providers(content, line)
  if type(line.providers) ~= "table" then return false end
  for name, each in pairs(line.providers) do
    if not take_provider(content.providers, name, each) then return false end
  end
  return true
end

M.take_providers = takes.providers

function takes.note(content, line)
  if not is_text(line.note) or not is_text(line.of) then return false end
  content.notes[line.note] = content.notes[line.note] or {}
  content.notes[line.note][line.of] = true
  return true
end

function takes.inputs(content, line)
  if type(line.inputs) ~= "table" then return false end
  for path, digest in pairs(line.inputs) do
    if not is_text(path) or not is_text(digest) then return false end
    content.inputs[path] = content.inputs[path] or digest
  end
  return true
end

--- Stores the arguments of a resumed run, which may differ from the arguments
--- of the first run.
function takes.resumed(content, line)
  content.words = line.words
  return is_list_of_texts(line.words)
end

local function takes_line(content, line)
  for kind, take in pairs(takes) do
    if line[kind] ~= nil then
      return (line.time == nil or is_text(line.time)) and take(content, line)
    end
  end
  return false
end

local function is_plan(plan)
  return plan == nil or type(plan) == "table" and is_text(plan.path)
    and is_text(plan.digest)
end

local function is_head(line)
  return line.journal == M.format and is_list_of_texts(line.words)
    and is_text(line.base_url) and is_plan(line.plan)
    and (line.sandbox == nil or line.sandbox == true or is_text(line.sandbox))
end

--- Codes of the failures that happen before a request is sent.
local UNSENT <const> = { audit = true, connect = true, insecure = true,
  origin = true, proxy = true, resolve = true, token = true, url = true }

--- Returns true if a write succeeded.
---@param write mkrun.JournalWrite
---@return boolean
function M.is_done(write)
  return math.type(write.status) == "integer" and write.status < 300
end

--- Returns true if the effect of a write is unknown.  A write that is safe to
--- repeat may have been sent several times, and an earlier attempt than the
--- failed last attempt may have taken effect.
---@param write mkrun.JournalWrite
---@return boolean
function M.is_doubtful(write)
  if write.status then return write.status >= 500 end
  return write.safe == true or not UNSENT[write.error]
end

---@class mkrun.JournalProvider   facts of a provider that a run has written to
---@field base_url string
---@field token_as? string   "basic", "none", or the name of a header field;
---  nil: bearer
---@field auth? string        as in its declaration
---@field list? table         shape of its lists
---@field error? table        members of an error answer
---@field hints? table<string, string>   by status or code
---@field operations table<string, table>   key -> row, of the resources that
---  were written
---@field resources table<string, table>

---@class mkrun.JournalContent
---@field head mkrun.JournalHead
---@field words string[]   SCRIPT and arguments of the last run
---@field writes mkrun.JournalWrite[]
---@field notes table<string, table<string, true>>  kind of note -> set of texts
---@field inputs table<string, string>  path of an input file -> first hash
---@field providers table<string, mkrun.JournalProvider>
---@field length integer   number of bytes of the complete lines

--- Reads a journal.  Ends the run if the file is damaged.
---@param path string
---@param log mkrun.Log  opened log of the file
---@return mkrun.JournalContent
function M.read(path, log)
  local text, message = log:read()
  if not text then M.refuse("%s", message) end
  local list, length = lines_of(text, path)
  local head = list[1]
  if not head and text:find "^{[^\n]*$" then
    M.refuse("%s: its only line is torn: nothing was sent, begin another", path)
  elseif not head or not is_head(head) then
    M.refuse("%s: not a journal of mkrun", path)
  end
  local content = { head = head, words = head.words, writes = {}, notes = {},
    inputs = {}, providers = {}, length = length }
  for i = 2, #list do
    if not takes_line(content, list[i]) then
      M.refuse("%s: line %d is not what a run wrote there", path, i)
    end
  end
  return content
end

return M
