--- The functions with which a confined script tells the host of something: what
--- it rests on, what it refuses, what it has read.  `mkrun.host.world.modules`
--- calls this module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local files = require "mkrun.host.world.files"

local coroutine, pcall = coroutine, pcall

local M = {}

--- Returns a function that passes texts on to the host.  Another value could
--- make the host fail when it sorts or prints the value.
---@param call function
---@return function
function M.telling(call)
  return function(...)
    files.not_in_finalizer "tell the host"
    for i = 1, select("#", ...) do files.text_of(select(i, ...), "tell", i) end
    return call(...)
  end
end

local openers = {}
M.openers = openers

openers["mkrun.host.refusals"] = function()
  local refusals = require "mkrun.host.refusals"
  -- The listener runs in a coroutine, so that it cannot stop the host by an
  -- error or by a yield.
  local function listen(tell)
    refusals.listen(function(messages)
      pcall(coroutine.wrap(tell), { table.unpack(messages) })
    end)
  end
  return { tell = refusals.tell, listen = listen }
end

local KINDS <const> = { file = true, variable = true }

openers["mkrun.host.sources"] = function()
  local sources = require "mkrun.host.sources"
  return { note = M.telling(function(kind, ...)
    if not KINDS[kind] then error("'file' or 'variable' expected", 0) end
    sources.note(kind, ...)
  end) }
end

openers["mkrun.plan.basis"] = function()
  return { note = M.telling(require "mkrun.plan.basis".note) }
end

openers["mkrun.plan.format"] = function()
  return { note = M.telling(require "mkrun.plan.format".note) }
end

openers["mkrun.layer.approved"] = function()
  local approved = require "mkrun.layer.approved"
  -- The host asks for a script of the user's: a script that may ask itself
  -- could ask something else.
  local question = config.script.is_flow and approved.question
    or function() end
  return { LATER = approved.LATER, allow = approved.allow,
    question = question }
end

return M
