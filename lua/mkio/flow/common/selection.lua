--- Selects parts of an organization by patterns such as "teams/legacy-*".
--- The options --only and --except and the list "ignore" of a SPEC are such
--- patterns.
---
--- A pattern is KIND/NAME, and `*` in NAME stands for any characters.  KIND is
--- a key of SPEC.  Some things have the name of what they are in before their
--- own:
---
--- | kind                                        | name                  |
--- |---------------------------------------------|-----------------------|
--- | organization paymentMethods projects teams  | its name              |
--- | tokens                                      | its description       |
--- | invites                                     | e-mail address        |
--- | webhooks                                    | PROJECT/RULE          |
--- | members, scopes                             | TEAM/EMAIL, TEAM/SCOPE |
---
--- A pattern of a project selects its webhooks, too, and a pattern of a team
--- its members and scopes.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local near = require "mkrun.rest.suggestion"

local M = {}

--- All kinds, in the order of SPEC.
M.KINDS = { "organization", "paymentMethods", "projects", "webhooks", "teams",
            "members", "scopes", "invites", "tokens" }

--- The kind of what a thing is in, by the kind of the thing.
M.WHOLE = { webhooks = "projects", members = "teams", scopes = "teams" }

--- Kinds whose names have an address in them.
local FOLDS <const> = { members = true, invites = true }

local is_kind = {}
for _, kind in ipairs(M.KINDS) do is_kind[kind] = true end

local function folded(kind, name)
  return FOLDS[kind] and address.key(name) or name
end

--- Returns the name of a thing as in a pattern: "night-desk/kari@x.y".
---@param name string
---@param owner? string  the name of what it is in
---@return string
function M.full_name(name, owner)
  return owner and owner .. "/" .. name or name
end

--- Returns the texts between the stars of a pattern.
local function pieces_of(text)
  local pieces = {}
  for piece in (text .. "*"):gmatch "([^*]*)%*" do
    pieces[#pieces + 1] = piece
  end
  return pieces
end

--- Returns true if a name has the pieces in their order, the first at its
--- beginning and the last at its end.  Looks at each place of the name once for
--- each piece: a Lua pattern with many `.*` could take forever.
local function has_pieces(name, pieces)
  local first, last = pieces[1], pieces[#pieces]
  if #pieces == 1 then return name == first end
  local from, to = #first + 1, #name - #last
  if name:sub(1, #first) ~= first or to < #first
    or name:sub(to + 1) ~= last then
    return false
  end
  for i = 2, #pieces - 1 do
    local _, ends = name:find(pieces[i], from, true)
    if not ends or ends > to then return false end
    from = ends + 1
  end
  return true
end

--- Returns a function that says whether a name matches a pattern with `*`.
---@param text string  "nightly-*"
---@return fun(name: string): boolean
function M.matcher(text)
  local pieces = pieces_of(text)
  return function(name) return has_pieces(name, pieces) end
end

--- Returns a message if a pattern is wrong, else nil.
---@param pattern string
---@return string? fault
function M.fault(pattern)
  local kind = pattern:match "^([^/]+)/."
  if not kind then
    return ("KIND/NAME expected, such as 'teams/legacy-*', got '%s'")
      :format(pattern)
  elseif not is_kind[kind] then
    local hint = near.hint(kind, M.KINDS)
      or "there is " .. table.concat(M.KINDS, ", ")
    return ("there is no kind '%s' (%s)"):format(kind, hint)
  end
end

---@class mkio.Pattern
---@field text string     "teams/legacy-*"
---@field kind string     one of `KINDS`
---@field name string     what follows the kind
---@field origin string   where it is from: "--only", "--except" or "ignore"
---@field matches fun(name: string): boolean

--- Splits the values of an option into patterns.  Only a comma before a kind
--- separates two patterns, because the description of a token may have commas.
--- Commas that are left over count for nothing.
---@param values? string[]  "teams/a,projects/b"
---@return string[]
function M.split(values)
  local patterns = {}
  local function add(pattern, whole)
    pattern = pattern:gsub("[%s,]+$", "")
    if pattern ~= "" or not whole:find "/" then
      patterns[#patterns + 1] = pattern
    end
  end
  for _, text in ipairs(values or {}) do
    local from = 1
    for comma, kind in text:gmatch "(),%s*(%a+)/" do
      if is_kind[kind] then
        add(text:sub(from, comma - 1), text)
        from = text:find("%S", comma + 1)
      end
    end
    add(text:sub(from), text)
  end
  return patterns
end

--- Parses patterns.  All must be right, see `fault`.
local function parse(patterns, origin)
  local list = {}
  for i, text in ipairs(patterns or {}) do
    local kind, name = text:match "^([^/]*)/(.+)$"
    list[i] = { text = text, kind = kind, name = name, origin = origin,
      matches = M.matcher(folded(kind, name)) }
  end
  return list
end

---@class mkio.Selection
---@field only mkio.Pattern[]    empty: everything is selected
---@field except mkio.Pattern[]  of what is not selected
local Selection = {}
Selection.__index = Selection

--- Returns true if a pattern can cover something in `owner`: then a beginning
--- of the pattern matches the owner with the slash.
---@param pattern mkio.Pattern   of the kind "webhooks", "members" or "scopes"
---@param owner string   the name of the project or team
---@return boolean
function M.reaches(pattern, owner)
  local head = owner .. "/"
  for length = 1, #pattern.name do
    if M.matcher(pattern.name:sub(1, length))(head) then return true end
  end
  return false
end

--- Returns true if a pattern covers a thing.  Case counts in the name of a
--- team, and not in the address of its member.
---@param pattern mkio.Pattern
---@param kind string    as for `Selection:has`, like the next two
---@param name string
---@param owner? string
---@return boolean
function M.covers(pattern, kind, name, owner)
  local own = folded(kind, M.full_name(name, owner))
  return pattern.kind == kind and pattern.matches(own)
      and (kind ~= "members" or M.reaches(pattern, owner))
    or owner ~= nil and pattern.kind == M.WHOLE[kind] and pattern.matches(owner)
end

--- Returns the first pattern that covers a thing, or nil.
local function covering(patterns, kind, name, owner)
  for _, pattern in ipairs(patterns) do
    if M.covers(pattern, kind, name, owner) then return pattern end
  end
end

--- Returns true if a thing is selected.
---@param kind string   one of `KINDS`
---@param name string   its own name: the e-mail address of a member
---@param owner? string  the name of what it is in: the team of a member or a
---  scope, the project of a webhook rule
---@return boolean
function Selection:has(kind, name, owner)
  return (not self.only[1]
      or covering(self.only, kind, name, owner) ~= nil)
    and not covering(self.except, kind, name, owner)
end

--- Returns true if something in `owner` can be selected.
---@param kind string   "webhooks", "members" or "scopes"
---@param owner string  the name of the project or team
---@return boolean
function Selection:may_have(kind, owner)
  local whole, is_in = M.WHOLE[kind], not self.only[1]
  if covering(self.except, whole, owner) then return false end
  for _, pattern in ipairs(self.only) do
    is_in = is_in or M.covers(pattern, whole, owner)
      or pattern.kind == kind and M.reaches(pattern, owner)
  end
  return is_in
end

--- Returns true if an invite that is there is selected.  A pattern of --only
--- for members selects the invite of somebody who will be one.  An invite whose
--- teams are all left out is left out.
---@param email string
---@param teams string[]   the teams that it is to
---@param joins string[]   those of them whose members SPEC names
---@return boolean
function Selection:has_invite(email, teams, joins)
  local is_in = not self.only[1] or covering(self.only, "invites", email)
  local is_joined, is_out = {}, teams[1] ~= nil
  for _, team in ipairs(joins) do
    is_joined[team] = true
    is_in = is_in or covering(self.only, "members", email, team)
  end
  for _, team in ipairs(teams) do
    is_out = is_out and (covering(self.except, "teams", team)
      or is_joined[team] and covering(self.except, "members", email, team))
  end
  return is_in and not is_out and not covering(self.except, "invites", email)
end

--- Says what has to change so that a thing is selected.
---@param kind string   as for `has`, like the next two
---@param name string
---@param owner? string
---@return string? advice  nil if it is selected
function Selection:advice(kind, name, owner)
  local pattern = covering(self.except, kind, name, owner)
  if pattern and pattern.origin == "ignore" then
    return ("\"ignore\" in SPEC leaves it out by '%s'"):format(pattern.text)
  elseif pattern then
    return ("it is left out by --except '%s'"):format(pattern.text)
  elseif not self:has(kind, name, owner) then
    return ("add --only '%s/%s'"):format(kind,
      M.full_name(name, owner))
  end
end

--- Returns true if something is left out by a pattern.
---@return boolean
function Selection:is_part()
  return self.only[1] ~= nil or self.except[1] ~= nil
end

--- Makes a selection.  The patterns must be right, see `fault`.
---@param patterns {only: string[]?, except: string[]?, ignore: string[]?}
---@return mkio.Selection
function M.new(patterns)
  local except = parse(patterns.except, "--except")
  local ignored = parse(patterns.ignore, "ignore")
  table.move(ignored, 1, #ignored, #except + 1, except)
  return setmetatable({ only = parse(patterns.only, "--only"),
    except = except }, Selection)
end

return M
