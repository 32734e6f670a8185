--- The file that keeps a sandbox's world between runs, and the log beside it.
---
--- FILE is replaced whole at the first write of a run and at its end.  The
--- writes between go into FILE.log, a line for each (see `redo`), so that many
--- take no longer than few.  A run that is killed leaves the log, and the next
--- one starts from both.  No line waits for the disk: what a killed process
--- wrote is there all the same.
---
--- A log goes with the one FILE whose SHA-256 is in its first line.  A FILE
--- that somebody has changed or put back counts as it is, without the log.
-- SPDX-License-Identifier: MIT

local files = require "mkrun.plan.files"
local json = require "mkrun.json"
local refusal = require "mkio.model.refusal"
local sys = require "mkrun.sys"

local PRIVATE <const> = tonumber("600", 8)

---@class mkio.sandbox.Store
---@field path string
---@field of? string      SHA-256 of what this run last wrote into FILE
---@field handle? file*   the log, while there are lines in it
local Store = {}
Store.__index = Store
Store.__name = "mkio.sandbox.Store"

local M = {}

--- It says what this run is answered: nobody else may have a hand in it.
local function read(path)
  local text, message, code =
    files.read_apart(path == "-" and "./-" or path)
  if not text and code ~= "missing" then refusal.raise("%s", message) end
  return text
end

function Store:log_path() return self.path .. ".log" end

--- A last line without an end was torn: nobody was answered.
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
---@field passing? table  the token that died with the run
---@field lines table[]   what `redo` takes

--- What the log has for a FILE with this text; nil when that is nothing.
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

--- What FILE holds, and what is to be done again on it; nil when there is no
--- FILE.  `is_other` tells that there is a log of another one.
---@return string? text
---@return mkio.sandbox.Log? log
function Store:read()
  local text = read(self.path)
  if text then return text, log_of(self, text) end
end

--- The log takes no more lines.  Without its end the next run would take FILE
--- for another one, should this one be killed right here.  When the Lua state
--- closes, the handle was closed before.
local function end_log(self, sum)
  if not self.handle then return end
  self.handle = nil
  local handle <close> = io.open(self:log_path(), "ab")
  if handle then handle:write(json.encode { into = sum }, "\n") end
end

--- Replace FILE, and drop the log.
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

--- Add a line to the log.  After a failure FILE is replaced by the next write.
---@param line table
---@param passing? table
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

--- Does FILE hold what this run began with, so that lines can be added?
function Store:takes_lines() return self.of ~= nil end

--- Are there lines that FILE does not have?
function Store:has_lines() return self.handle ~= nil end

---@param path string
---@return mkio.sandbox.Store
function M.new(path) return setmetatable({ path = path }, Store) end

return M
