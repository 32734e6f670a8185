--- Makes a line of the sandbox's log from an answered write, and repeats the
--- writes of a log.  A line contains the write's time and random values, so
--- that a repeated write makes the same state.  `mkio.model.router` and
--- `mkio.sandbox` call this module.
---
--- A line contains no token and no secret, and neither does the state.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local list = require "mkio.model.list"
local operations = require "mkio.operations"
local refusal = require "mkio.model.refusal"

local M = {}

--- Returns a map: digest of a token -> day of its last use.  The map contains
--- only tokens that were used since the last line was written.
local function used_in(world)
  local days = json.object {}
  for token in pairs(world.used) do days[token.digest] = token.lastUsed end
  return days
end

--- Makes the log line of an answered write.  If a handler replaced secrets by
--- digests, the changed body is in `context.kept`.
---@param context mkio.model.Context
---@return table line
function M.line(context)
  local world, kept = context.world, context.kept
  return {
    at = world:now(), drawn = json.array(world.drawn),
    operation = context.operation.key, params = json.object(context.params),
    token = context.token and context.token.digest, used = used_in(world),
    body = kept and json.encode(kept) or context.body and context.request.text,
  }
end

local function context_of(world, line)
  local context = {
    world = world, operation = operations.by_key[line.operation],
    params = line.params, query = {}, redone = true,
    body = line.body and json.decode(line.body),
  }
  local token = line.token
    and list.find(world.state.tokens, "digest", line.token)
  if token then world:take_caller(context, token) end
  for digest, day in pairs(line.used) do
    local other = list.find(world.state.tokens, "digest", digest)
    if other then other.lastUsed = day end
  end
  return context
end

--- Repeats a write to a further provider (see `mkio.sandbox.others`).
local function redo_other(state, line)
  state.providers = state.providers or json.object {}
  local kept = state.providers[line.provider] or json.object {}
  state.providers[line.provider] = kept
  kept[line.path] = line.document ~= json.null and line.document or nil
end

--- Repeats all the writes of a log.  Raises an error if a write cannot be
--- applied to the state.
---@param world mkio.model.World
---@param log mkio.sandbox.Log
---@param handlers table<string, fun(context: mkio.model.Context)>
function M.all(world, log, handlers)
  local tokens = world.state.tokens
  if log.passing then table.insert(tokens, log.passing) end
  for i, line in ipairs(log.lines) do
    world:begin(line.at, line.drawn)
    local ok = pcall(function()
      if line.provider then return redo_other(world.state, line) end
      handlers[line.operation](context_of(world, line))
    end)
    world:finish()
    if not ok then
      refusal.raise("%s: line %d does not go with %s",
        world.store:log_path(), i + 1, world.store.path)
    end
  end
  list.remove(tokens, function(token) return token == log.passing end)
end

return M
