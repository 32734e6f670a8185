--- The file that keeps a sandbox's state between runs, and the log beside it.
--- `mkio.model.world` calls it.
---
--- FILE is replaced at the first write of a run and at the end of the run.  The
--- writes between go into FILE.log, one line each (see `mkio.model.redo`), so
--- that the cost of a write does not grow with the state.  If a run is killed,
--- the next run reads FILE and the log.  The log is not flushed to disk: a line
--- survives the death of the process, not a power failure.
---
--- The first line of a log has the SHA-256 of its FILE.  If somebody has
--- changed or restored FILE, the log is ignored.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local machine = require "mkrun.backend".machine
local refusal = require "mkio.model.refusal"
local sys = require "mkrun.sys"

local PRIVATE <const> = tonumber("600", 8)

---@class mkio.sandbox.Store
---@field path string
---@field of? string      SHA-256 of the FILE that this run wrote last
---@field handle? file*   the log, if it has lines
local Store = {}
Store.__index = Store
Store.__name = "mkio.sandbox.Store"

local M = {}

--- It says what this run is answered: nobody else may have a hand in it, and it
--- is no input of a plan.
local function read(path)
  local text, message, code =
    machine["sys.read_trusted"](path == "-" and "./-" or path)
  if not text and code ~= "missing" then refusal.raise("%s", message) end
  return text
end

--- Returns the path of the log.
---@return string
function Store:log_path() return self.path .. ".log" end

--- Parses the log.  A last line without a line end was torn when the run was
--- killed, so no request got its answer; it is ignored.
local function lines_of(text, path)
  local lines = {}
  for line in text:gmatch "([^\n]*)\n" do
    local value = json.decode(line)
    if type(value) ~= "table" then
      refusal.raise("%s: line %d is not of a sandbox's log", path, #lines + 1)
    end
    lines[#lines + 1] = value
  end
  return lines
end

---@class mkio.sandbox.Log
---@field passing? table  the token that lived only in the killed run
---@field lines table[]   for `redo.all`

--- Returns the log of a FILE with this text, or nil if there are no lines to
--- repeat.
local function log_of(self, text)
  local kept = read(self:log_path())
  local lines = kept and lines_of(kept, self:log_path()) or {}
  local head = table.remove(lines, 1)
  if not head then return nil end
  local sum, last = sys.sha256(text), lines[#lines]
  if last and last.into == sum then return nil end
  if last and last.into then lines[#lines] = nil end
  self.is_other = head.of ~= sum
  if self.is_other or #lines == 0 then return nil end
  return { passing = head.passing, lines = lines }
end

--- Reads FILE and its log.  Sets `is_other` if the log belongs to another FILE.
---@return string? text  nil if there is no FILE
---@return mkio.sandbox.Log? log   the writes to repeat
function Store:read()
  local text = read(self.path)
  if text then return text, log_of(self, text) end
end

--- Writes the last line of the log: the SHA-256 of the new FILE.  If the run is
--- killed before the log is removed, the next run sees that FILE contains the
--- log.  It opens the log anew, because the handle is already closed when the
--- Lua state closes.
local function end_log(self, sum)
  if not self.handle then return end
  self.handle = nil
  local handle <close> = io.open(self:log_path(), "ab")
  if handle then handle:write(json.encode { into = sum }, "\n") end
end

--- Replaces FILE and removes the log.
---@param text string
---@return true? ok
---@return string? message
---@return string? code
function Store:replace(text)
  local sum = sys.sha256(text)
  end_log(self, sum)
  local ok, message, code = sys.write(self.path, text, PRIVATE)
  self.of = ok and sum or nil
  if ok then os.remove(self:log_path()) end
  return ok, message, code
end

local function begin_log(self, passing)
  local path = self:log_path()
  local head = json.encode { of = self.of, passing = passing }
  local ok, message, code = sys.write(path, head .. "\n", PRIVATE)
  if not ok then return nil, message, code end
  self.handle, message = io.open(path, "ab")
  if not self.handle then return nil, message, "io" end
  self.handle:setvbuf "no"
  return true
end

--- Adds a line to the log.  After a failure the next write replaces FILE.
---@param line table      from `redo.line`
---@param passing? table  the token that lives only in this run
---@return true? ok
---@return string? message
---@return string? code
function Store:add(line, passing)
  local ok, message, code = true, nil, nil
  if not self.handle then ok, message, code = begin_log(self, passing) end
  if ok then
    ok, message = self.handle:write(json.encode(line) .. "\n")
    if ok then return true end
    message, code = ("%s: %s"):format(self:log_path(), message), "io"
  end
  if self.handle then self.handle:close() end
  self.handle, self.of = nil, nil
  return nil, message, code
end

--- Tells whether lines can be added: this run has written FILE.
---@return boolean
function Store:takes_lines() return self.of ~= nil end

--- Tells whether the log has lines that FILE lacks.
---@return boolean
function Store:has_lines() return self.handle ~= nil end

--- Makes a store; reads and writes nothing.
---@param path string
---@return mkio.sandbox.Store
function M.new(path) return setmetatable({ path = path }, Store) end

return M
