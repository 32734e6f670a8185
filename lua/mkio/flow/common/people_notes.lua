--- Says what a reader should know of the persons whom a SPEC names: an address
--- that is probably mistyped, and users whose last day is over.  The flows
--- `onboard` and `drift` call this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local near = require "mkrun.rest.suggestion"
local people = require "mkio.flow.common.unnamed_people"
local value = require "mkrun.value"

local M = {}

--- Returns the addresses of all users by `address.key`.
local function by_key(users)
  local emails = {}
  for _, user in ipairs(users) do
    local email = value.dig(user, "spec", "email")
    if email then emails[address.key(email)] = email end
  end
  return emails
end

--- Calls `visit(email, key)` once for each member of the SPEC.
local function each_member(spec, visit)
  local seen = {}
  for _, team in ipairs(spec.teams or {}) do
    for _, member in ipairs(team.members or {}) do
      local key = address.key(member.email)
      if not seen[key] then visit(member.email, key) end
      seen[key] = true
    end
  end
end

--- Tells of members who are no users and whose address is similar to that of a
--- user whom the SPEC does not name: of two persons whom it names, none is
--- mistyped.
---@param whole table    the whole SPEC
---@param spec table     the part of it that is selected
---@param users table[]  all users
---@return string[]
function M.mistyped(whole, spec, users)
  local known, named = by_key(users), people.named(whole)
  local others, notes = {}, {}
  for key, email in pairs(known) do
    if named[key] == nil then others[#others + 1] = email end
  end
  table.sort(others)
  each_member(spec, function(email, key)
    local meant = not known[key] and near.find(email, others)[1]
    if meant then
      notes[#notes + 1] = ("'%s' is no user: did you mean '%s'?"):format(email,
        meant)
    end
  end)
  return notes
end

--- Tells of users all of whose last days are over: they are still in the
--- organization, in whatever team.
---@param whole table    the whole SPEC
---@param spec table     the part of it that is selected
---@param users table[]  all users
---@return string[]
function M.leavers(whole, spec, users)
  local known, named, notes = by_key(users), people.named(whole), {}
  each_member(spec, function(email, key)
    if known[key] and type(named[key]) == "string" then
      notes[#notes + 1] = ("%s: until %s, which is over, and still a user: "
        .. "mkrun offboard %s"):format(email, named[key], email)
    end
  end)
  return notes
end

return M
