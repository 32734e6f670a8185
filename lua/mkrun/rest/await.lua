--- Waits, with a bound, until the API shows what a write has made: lists and
--- single reads may be behind for a moment.  The resources call it.
---
--- A resource notes what this run has made (`made`).  For a minute that is
--- young: where the API does not know it, the run waits for it.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local long_wait = require "mkrun.host.long_wait"
local sys = require "mkrun.sys"

local M = {}

--- Seconds of the longest wait.
M.SECONDS = 10

--- Seconds to look for something that perhaps does not exist.
M.SHORT = 0.75

--- Seconds after which what the run has made is no longer young.
local YOUNG <const> = 60

local FIRST_PAUSE <const>, LONGEST_PAUSE <const> = 0.25, 2

--- Calls `look` until it returns something, with pauses that double.
---@param look fun(): any      returns nil or false as long as it sees nothing
---@param what string          which read is behind, and what it lacks: "the
---  list of scopes has no 'x' yet"
---@param seconds? number      the longest wait (default 10)
---@return any? found          nil if the wait has ended without
function M.look(look, what, seconds)
  seconds = seconds or M.SECONDS
  local waited, pause = 0, FIRST_PAUSE
  while true do
    local found = look()
    if found or waited >= seconds then return found or nil end
    if waited >= long_wait.AFTER then
      long_wait.tell(what, seconds - waited, { is_most = true })
    end
    local length = math.min(pause, seconds - waited)
    long_wait.sleep(length)
    waited, pause = waited + length, math.min(2 * pause, LONGEST_PAUSE)
  end
end

--- Raises "behind": the wait has ended.
---@param what string
---@param seconds? number   how long the run has waited (default 10)
function M.give_up(what, seconds)
  errors.raise("behind", ("%s, after %g s"):format(what, seconds or M.SECONDS),
    "the API is behind: run it again in a minute")
end

--- Does the same as `look`, and raises "behind" if the wait has ended.
---@param look fun(): any
---@param what string
---@param seconds? number
---@return any found
function M.need(look, what, seconds)
  return M.look(look, what, seconds) or M.give_up(what, seconds)
end

local function key_of(kind, name) return kind .. "\0" .. name end

--- Notes that this run has made something.
---@param resource mkrun.rest.Resource   its `find` reads one by name
---@param kind string      "team"
---@param name string
---@param alias? string    another name for the same, such as an id
function M.made(resource, kind, name, alias)
  local session = resource.session
  session.young = session.young or {}
  local young = { name = name, at = sys.monotonic(), resource = resource }
  session.young[key_of(kind, name)] = young
  if alias then session.young[key_of(kind, alias)] = young end
end

--- Forgets what this run has made, because it has deleted that.
---@param session mkrun.rest.Session
---@param kind string
---@param name string
function M.gone(session, kind, name)
  if session.young then session.young[key_of(kind, name)] = nil end
end

--- Returns what this run has made lately under this name.
local function young_of(session, kind, name)
  local young = (session.young or {})[key_of(kind, name)]
  local is_young = young and sys.monotonic() - young.at <= YOUNG
  return is_young and young or nil
end

--- Waits until the API shows something young.
local function await_young(young, kind)
  return M.need(function() return young.resource:find(young.name) end,
    ("the API has no %s '%s' yet, which this run has made")
      :format(kind, young.name))
end

--- Reads a resource, and waits for it if it is young.
---@param resource mkrun.rest.Resource
---@param kind string
---@param name string
---@return table? document   nil if it does not exist
function M.find(resource, kind, name)
  local have = resource:find(name)
  if have then return have end
  local young = young_of(resource.session, kind, name)
  return young and await_young(young, kind) or nil
end

--- Statuses of a write that names what the API does not know.
local UNKNOWN <const> = { [400] = true, [404] = true, [422] = true }

--- Sends a write that names other things.  If the API refuses it, and some of
--- them are young, it waits until the API shows those, and sends the write once
--- more.
---@param session mkrun.rest.Session
---@param kind string       of the things
---@param names string[]
---@param write fun(): ...
---@return any ...
function M.naming(session, kind, names, write)
  local result = table.pack(pcall(write))
  if result[1] then return table.unpack(result, 2, result.n) end
  local problem, is_young = result[2], false
  if not errors.is(problem) or not UNKNOWN[problem.status] then
    error(problem, 0)
  end
  for _, name in ipairs(names) do
    local young = young_of(session, kind, name)
    if young then await_young(young, kind) end
    is_young = is_young or young ~= nil
  end
  if not is_young then error(problem, 0) end
  return write()
end

return M
