--- Finds tokens that need attention, because they expire soon or were never
--- used.  Also finds a token by its name.  The flows about tokens call this
--- module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local token_facts = require "mkio.token_facts"
local near = require "mkrun.rest.suggestion"
local value = require "mkrun.value"

local M = { is_revoked = token_facts.is_revoked }

--- Only tokens of these types cause warnings.  Login and ephemeral tokens
--- always expire soon.
local LASTING <const> = { ["full-access"] = true, restricted = true }

--- Returns the id of the token that a session sends, or nil if the token does
--- not contain its id.
---@param session mkrun.rest.Session
---@return string?
function M.own_id(session)
  local claims = secret.is(session.token) and session.token:claims()
  local id = claims and claims.jti
  return type(id) == "string" and id or nil
end

--- Returns the number of whole days until the token expires, or nil if the time
--- is unknown.
local function days_left(token)
  local expires = value.dig(token, "spec", "expires")
  local seconds = expires and sys.parse_time(expires)
  return seconds and (seconds - clock.now()) // clock.DAY
end

local function in_days(days)
  if days < 1 then return "expires within a day" end
  return ("expires in %d %s"):format(days, days < 2 and "day" or "days")
end

--- Returns true if at least one of the tokens expires within `within` days.
---@param tokens table[]
---@param within number  the number of days
---@return boolean
---@return string? when  the earliest expiry, such as "expires in 9 days"
function M.is_due(tokens, within)
  local first
  for _, token in ipairs(tokens) do
    local days = days_left(token)
    if days and (not first or days < first) then first = days end
  end
  return first ~= nil and first < within, first and in_days(first)
end

--- Returns the warnings about a token as texts.
---@param token table
---@param within number   the number of days within which an expiry is a warning
---@return string[]  a JSON array even if it is empty
function M.warnings(token, within)
  local list, type_ = json.array {}, token.metadata.type
  if M.is_revoked(token) or not LASTING[type_] then return list end
  local days = days_left(token)
  if days and days < within then list[1] = in_days(days) end
  if value.dig(token, "spec", "lastUsed") == nil then
    list[#list + 1] = "never used"
  end
  return list
end

--- Returns the description of a token, or its id if there is no description.
---@param token table
---@return string
function M.name(token)
  return token_facts.description(token) or token.metadata.id
end

M.columns = { "user", "description", "type", "expires", "lastUsed", "id",
              "note" }

--- Returns the tokens that are not revoked as rows, sorted by the time of
--- expiry.
---@param tokens table[]
---@param own_id? string   the id of the token that this run sends
---@param within number    number of days within which an expiry is a warning
---@return table[] rows
---@return string[] warnings   texts such as "nightly job (ID): never used"
function M.rows(tokens, own_id, within)
  local rows, warnings = {}, {}
  for _, token in ipairs(tokens) do
    if not M.is_revoked(token) then
      local spec, note = token.spec, M.warnings(token, within)
      for _, text in ipairs(note) do
        warnings[#warnings + 1] = ("%s (%s): %s"):format(
          M.name(token), token.metadata.id, text)
      end
      if token.metadata.id == own_id then note[#note + 1] = "of this run" end
      rows[#rows + 1] = {
        user = spec.user, description = spec.description, note = note,
        type = token.metadata.type, expires = spec.expires,
        lastUsed = spec.lastUsed, id = token.metadata.id,
      }
    end
  end
  table.sort(rows, function(a, b)
    return tostring(a.expires) .. a.id < tostring(b.expires) .. b.id
  end)
  return rows, warnings
end

--- Raises an error with the code "missing", because no live token has this
--- description.  The hint is the most similar description.
---@param tokens table[]
---@param what string  the beginning of the message: "there is no live token"
---@param name string  the description that was asked for
---@param otherwise string  the hint if no description is similar
function M.refuse_missing(tokens, what, name, otherwise)
  local names = {}
  for _, token in ipairs(tokens) do
    local description = token_facts.description(token)
    if description and not M.is_revoked(token) then
      names[description] = true
    end
  end
  errors.refuse("missing", ("%s '%s'"):format(what, name),
    near.hint(name, value.names(names)) or otherwise)
end

local function raise_ambiguous(name, tokens)
  local ids = {}
  for i, token in ipairs(tokens) do ids[i] = token.metadata.id end
  errors.refuse("ambiguous", ("%d live tokens are called '%s'")
    :format(#tokens, name), "name one by its id: " .. table.concat(ids, ", "))
end

--- Returns the token with this id, or the only live token with this
--- description.  If only revoked tokens have the description, returns a revoked
--- token.  Raises an error if no token matches, or if several live tokens
--- match.
---@param tokens table[]
---@param name string   an id or a description
---@return table token
function M.choose(tokens, name)
  local live, gone = {}, nil
  for _, token in ipairs(tokens) do
    if token.metadata.id == name then return token end
    if value.dig(token, "spec", "description") == name then
      if M.is_revoked(token) then gone = token else live[#live + 1] = token end
    end
  end
  if #live > 1 then raise_ambiguous(name, live) end
  if not live[1] and not gone then
    M.refuse_missing(tokens, "there is no token", name,
      "mkrun token shows those that there are")
  end
  return live[1] or gone
end

return M
