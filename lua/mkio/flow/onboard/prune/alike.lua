--- Finds typing errors in a SPEC that would make `onboard --prune` remove what
--- was meant to stay: a name of the SPEC that is not there, or a pattern of
--- "ignore" that fits nothing, which differs from what is to go in what people
--- hardly see.  `mkio.flow.onboard.prune` calls this module before the first
--- write.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local names = require "mkio.flow.common.alike"
local part = require "mkio.flow.onboard.part"
local prunable = require "mkio.flow.onboard.prune.kinds"
local selection = require "mkio.flow.common.selection"
local unused = require "mkio.flow.onboard.unused"
local value = require "mkrun.value"

local M = {}

--- Kinds whose names are compared byte by byte, and which `onboard` creates.
local COMPARED <const> = { teams = true, webhooks = true, tokens = true }

local key, full, label = names.key, selection.full_name, prunable.label

-- Names of the SPEC ----------------------------------------------------------

local there = {}

function there.teams(look, name)
  for _, team in ipairs(look.lists:items "teams") do
    if value.dig(team, "metadata", "name") == name then return true end
  end
end

function there.webhooks(look, name, project)
  for _, rule in ipairs(look.lists:rules(project)) do
    if value.dig(rule, "metadata", "name") == name then return true end
  end
end

function there.tokens(look, name)
  for _, token in ipairs(look.lists:items "my_tokens") do
    if value.dig(token, "spec", "description") == name then return true end
  end
end

--- Returns the names in the SPEC by kind and key.  Several can have one key.
local function wishes_of(spec)
  local wishes = {}
  part.each(spec, function(kind, name, owner)
    if not COMPARED[kind] then return end
    local at = kind .. " " .. key(full(name, owner))
    wishes[at] = wishes[at] or {}
    table.insert(wishes[at], { name, owner })
  end)
  return wishes
end

local function name_fault(look, wishes, thing)
  for _, wish in ipairs(wishes[thing.kind .. " " .. key(label(thing))] or {}) do
    local name, owner = table.unpack(wish)
    if owner == thing.project and not there[thing.kind](look, name, owner) then
      return names.text(prunable.word(thing), label(thing), full(name, owner),
        "SPEC")
    end
  end
end

-- Patterns -------------------------------------------------------------------

local function nearly_covers(pattern, thing)
  local matches = selection.matcher(names.pattern_key(pattern.name))
  local owner = thing.team or thing.project
  return pattern.kind == thing.kind
      and matches(names.pattern_key(label(thing)))
    or owner ~= nil and pattern.kind == selection.WHOLE[thing.kind]
      and matches(names.pattern_key(owner))
end

local function pattern_fault(look, thing)
  for _, pattern in ipairs(look.selection and look.selection.except or {}) do
    if nearly_covers(pattern, thing)
      and not unused.fits(look.lists, pattern) then
      return ("the %s '%s' is to go, and %s '%s' does not fit it: %s"):format(
        prunable.word(thing), label(thing), pattern.origin, pattern.text,
        names.DIFFERENCE)
    end
  end
end

--- Ends the run if something is to be removed that was probably meant to stay.
---@param look mkio.PruneLook
---@param things mkio.Unnamed[]
function M.check(look, things)
  local wishes, lines = wishes_of(look.spec), {}
  for _, thing in ipairs(things) do
    lines[#lines + 1] = name_fault(look, wishes, thing)
      or pattern_fault(look, thing)
  end
  if lines[1] then script.refuse(table.unpack(lines)) end
end

return M
