--- Finds the patterns of --only, --except and "ignore" that fit nothing,
--- neither in SPEC nor in the organization, or select nothing: they are
--- probably mistyped.  `mkio.flow.onboard` and its `prune.alike` call it.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local near = require "mkrun.rest.suggestion"
local part = require "mkio.flow.onboard.part"
local selection = require "mkio.flow.common.selection"
local value = require "mkrun.value"

local M = {}

local DENIED <const> = { [403] = true }

--- Calls `visit(kind, name, owner)` for the things of one kind that are there.
local there = {}

function there.organization(lists, visit)
  visit("organization", lists:items "organization".spec.name)
end

function there.paymentMethods(lists, visit)
  for _, method in ipairs(lists:items "payment_methods") do
    local name = value.dig(method, "metadata", "displayName")
    visit("paymentMethods", name or method.metadata.id)
  end
end

function there.projects(lists, visit)
  for _, project in ipairs(lists:items "projects") do
    visit("projects", project.metadata.name)
  end
end

--- Reads the rules of the projects that the pattern fits, and of no other.
function there.webhooks(lists, visit, pattern)
  local names = {}
  for _, project in ipairs(lists:items "projects") do
    local name = project.metadata.name
    if selection.reaches(pattern, name) then names[#names + 1] = name end
  end
  lists:begin_rules(names)
  for _, name in ipairs(names) do
    for _, rule in ipairs(lists:rules(name)) do
      visit("webhooks", rule.metadata.name, name)
    end
  end
end

function there.teams(lists, visit)
  for _, team in ipairs(lists:items "teams") do
    visit("teams", team.metadata.name)
  end
end

function there.scopes(lists, visit)
  for _, team in ipairs(lists:items "teams") do
    for _, scope in ipairs(value.names(value.dig(team, "spec", "scopes"))) do
      visit("scopes", scope, team.metadata.name)
    end
  end
end

function there.members(lists, visit)
  local emails = {}
  for _, user in ipairs(lists:items "users") do
    emails[user.metadata.id] = value.dig(user, "spec", "email")
  end
  for _, team in ipairs(lists:items "teams") do
    for _, id in ipairs(value.names(value.dig(team, "spec", "members"))) do
      visit("members", emails[id] or id, team.metadata.name)
    end
  end
  for _, invite in ipairs(lists:items "invites") do -- those who will be some
    local email = value.dig(invite, "spec", "email") or ""
    for _, team in ipairs(value.present(value.dig(invite, "spec", "teams"))
      or {}) do
      visit("members", email, team)
    end
  end
end

function there.invites(lists, visit)
  for _, invite in ipairs(lists:items "invites") do
    visit("invites", value.dig(invite, "spec", "email") or "")
  end
end

function there.tokens(lists, visit)
  for _, token in ipairs(lists:items "my_tokens") do
    visit("tokens", value.dig(token, "spec", "description") or "")
  end
end

--- Returns names that a pattern with a star at its end may mean: those whose
--- beginning is similar.
local function near_start(start, names, kind)
  local meant = {}
  for _, name in ipairs(names) do
    local cuts = {}
    for length = math.max(#start - 1, 1), #start + 1 do
      cuts[#cuts + 1] = name:sub(1, length)
    end
    if near.find(start, cuts)[1] then meant[#meant + 1] = kind .. name end
  end
  return meant[1] and ("did you mean %s?"):format(value.quoted(meant, nil,
    "or"))
end

--- Returns a hint for a pattern that fits nothing, or nil.  The hint names
--- whole patterns.
local function hint_for(pattern, names)
  local start, kind = pattern.name:match "^([^*]+)%*$", pattern.kind .. "/"
  return start and near_start(start, names, kind)
    or near.hint(pattern.name, names, kind)
end

--- Returns a message if the pattern fits nothing that is there, or selects
--- nothing, else nil.
local function fault(lists, spec, pattern)
  local names, is_used, fits = {}, false, false
  local function visit(kind, name, owner)
    is_used = is_used or part.uses(spec, pattern, kind, name, owner)
    fits = fits or selection.covers(pattern, kind, name, owner)
    if kind == pattern.kind and name ~= "" then
      names[selection.full_name(name, owner)] = true
    end
  end
  there[pattern.kind](lists, visit, pattern)
  if is_used then return nil end
  part.each(part.whole(spec), visit)
  if fits then
    return ("%s '%s': selects nothing: --except, or \"ignore\" in SPEC, leaves "
      .. "out all that it fits"):format(pattern.origin, pattern.text)
  end
  local hint = hint_for(pattern, value.names(names))
  return ("%s '%s': fits nothing, neither in SPEC nor in the organization%s")
    :format(pattern.origin, pattern.text, hint and ": " .. hint or "")
end

--- Returns true if a pattern fits something that is there.
---@param lists mkio.Lists
---@param pattern mkio.Pattern
---@return boolean
function M.fits(lists, pattern)
  local found = false
  there[pattern.kind](lists, function(...)
    found = found or selection.covers(pattern, ...)
  end, pattern)
  return found
end

--- Returns a message for each pattern that fits nothing.  Reads a list only if
--- SPEC has nothing that a pattern fits.
---@param lists mkio.Lists
---@param spec table   the part that was selected
---@return string[]
function M.faults(lists, spec)
  local faults = {}
  for _, pattern in ipairs(part.unused(spec)) do
    faults[#faults + 1] = fault(lists, spec, pattern)
  end
  return faults
end

--- Lists whose items a run may do without: an item that the token may not read
--- ends the look at a pattern.
local Tolerant = {}

function Tolerant:items(name)
  return self.lists:checkable(name, "does not say which patterns of \"ignore\" "
    .. "fit nothing") or error(Tolerant, 0)
end

function Tolerant:begin_rules(names) self.lists:begin_rules(names) end

function Tolerant:rules(name)
  return errors.unless(DENIED, self.lists.rules, self.lists, name)
    or error(Tolerant, 0)
end

--- Returns a message for each pattern of "ignore" that fits nothing.  The run
--- goes on without it: what it leaves out may have gone.
---@param lists mkio.Lists
---@param spec table   the part that was selected
---@return string[]
function M.notes(lists, spec)
  local notes = {}
  local tolerant = setmetatable({ lists = lists }, { __index = Tolerant })
  for _, pattern in ipairs(part.unused(spec, true)) do
    local ok, note = pcall(fault, tolerant, spec, pattern)
    if not ok and note ~= Tolerant then error(note, 0) end
    notes[#notes + 1] = ok and note or nil
  end
  return notes
end

return M
