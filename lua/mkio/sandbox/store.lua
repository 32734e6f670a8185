--- Reads and writes the file that keeps a sandbox's state between runs, and the
--- log of the file.  `mkio.model.world` calls this module.
---
--- FILE is replaced at the first write of a run and at the end of the run.  The
--- writes in between are appended to FILE.log, one line each (see
--- `mkio.model.redo`), so that the cost of a write does not grow with the
--- state.  If a run is killed, the next run reads FILE and the log.  The log is
--- not flushed to disk, so a line survives the end of the process, but not a
--- power failure.
---
--- The first line of a log contains the SHA-256 of FILE.  If somebody has
--- changed or restored FILE, the log is ignored.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local machine = require "mkrun.backend".machine
local refusal = require "mkio.model.refusal"
local sys = require "mkrun.sys"

local PRIVATE <const> = tonumber("600", 8)

---@class mkio.sandbox.Store
---@field path string
---@field of? string      the SHA-256 of FILE, if this run has written FILE
---@field handle? file*   the open log; nil if the log has no lines
local Store = {}
Store.__index = Store
Store.__name = "mkio.sandbox.Store"

local M = {}

--- Reads a file of the sandbox.  The content decides the answers to this run,
--- so only the user may have written the file.  The file is not an input of a
--- plan.
local function read(path)
  local text, message, code =
    machine["sys.read_trusted"](path == "-" and "./-" or path)
  if not text and code ~= "missing" then refusal.raise("%s", message) end
  return text
end

--- Returns the path of the log.
---@return string
function Store:log_path() return self.path .. ".log" end

--- Parses the log.  A last line without a line end is ignored: the run was
--- killed while the line was written, so the script got no answer to the
--- request.
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
---@field passing? table  the login token of the killed run, which FILE lacks
---@field lines table[]   the writes, for `redo.all`

--- Returns the log that belongs to FILE, or nil if there is nothing to repeat.
--- `text` is the content of FILE.
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

--- Reads FILE and its log.  Sets `is_other` if the log belongs to another
--- content of FILE.
---@return string? text  nil if there is no FILE
---@return mkio.sandbox.Log? log   the writes to repeat
function Store:read()
  local text = read(self.path)
  if text then return text, log_of(self, text) end
end

--- Writes the last line of the log: the SHA-256 of the new FILE.  If the run is
--- killed before the log is removed, the next run learns from this line that
--- FILE already contains the writes of the log.  The log is opened again,
--- because its handle is already closed when the Lua state closes.
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

--- Adds a line to the log.  If that fails, the next write replaces FILE.
---@param line table      a line that `redo.line` made
---@param passing? table  the login token of this run, which FILE lacks
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

--- Returns true if lines can be added to the log, because this run has written
--- FILE.
---@return boolean
function Store:takes_lines() return self.of ~= nil end

--- Returns true if the log has lines whose writes are not in FILE.
---@return boolean
function Store:has_lines() return self.handle ~= nil end

--- Makes a store.  Reads and writes no file.
---@param path string
---@return mkio.sandbox.Store
function M.new(path) return setmetatable({ path = path }, Store) end

return M
