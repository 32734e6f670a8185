--- Checks the identity of the caller: token, organization, rights.
--- `mkio.flow.doctor` calls these checks.
---
--- They have the form of the checks in `mkio.flow.doctor.network`.  `seen.org`
--- is set if the token works.  All that they need is asked for at once.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local jwt = require "mkio.model.jwt"
local mkio = require "mkio"
local reads = require "mkrun.rest.reads"
local sys = require "mkrun.sys"
local token_facts = require "mkio.token_facts"
local value = require "mkrun.value"

local M = {}

--- Warn when a token expires in fewer than this many seconds.  Login and
--- ephemeral tokens always expire soon, so their limit SOON_ANYWAY is lower.
local SOON <const> = 7 * clock.DAY
local SOON_ANYWAY <const> = 15 * 60
local BRIEF <const> = { login = true, ephemeral = true }

local UNAUTHORIZED <const> = 401

--- Returns a text: the reason why the API refuses a token that has not expired.
local function refusal(org, claims)
  local ok, answer = pcall(org.session.call, org.session, "well_known.revoked")
  local revoked = ok and value.dig(answer, "revokedTokens")
  if claims and value.set(revoked or {})[claims.jti] then
    return "it has been revoked"
  elseif claims and claims.iss == jwt.issuer then
    return "it is of a sandbox, not of this server"
  end
  return "the server does not know it"
end

local function read_organization(org) return org:get { needs = "name" } end

--- Begins to read all that the checks need.  The id of a token is its claim
--- `jti`.
local function begin_reads(org, claims)
  local asked = reads.new()
  asked:begin("rbac", function() return org.me:rbac() end)
  asked:begin("token", function()
    if type(value.dig(claims, "jti")) ~= "string" then return nil end
    return org.me.tokens:get(claims.jti)
  end)
  asked:begin("organization", function() return read_organization(org) end)
  return asked
end

--- Returns the API's document of the token, or nil.
local function look_up(asked)
  local ok, token = pcall(asked.get, asked, "token")
  return ok and token or nil
end

--- Describes a token, for example as "restricted, 'nightly job', until
--- 2026-12-22T10:00:00Z".
local function describe(token, expires)
  local facts = { value.dig(token, "metadata", "type") or "accepted" }
  local description = token_facts.description(token)
  if description then
    facts[#facts + 1] = ("'%s'"):format(description)
  end
  if expires then
    facts[#facts + 1] = "until " .. sys.iso8601(math.floor(expires))
  end
  return table.concat(facts, ", ")
end

local function finding(asked, claims)
  local expires = claims and tonumber(claims.exp)
  local token = look_up(asked)
  local detail = describe(token, expires)
  local brief = BRIEF[value.dig(token, "metadata", "type")]
  local soon = brief and SOON_ANYWAY or SOON
  if not expires or expires - clock.now() >= soon then return "ok", detail end
  return "warning", detail, brief and "it ends soon"
    or "it ends soon, rotate-tokens replaces it"
end

--- Checks that the run has a token and that the API accepts the token.
function M.token(seen)
  local ok, org = pcall(mkio.connect)
  if not ok then
    return "failed", "there is none", "set MKIO_TOKEN or use --token-file"
  end
  local claims = org.session.token:claims()
  local expires = claims and tonumber(claims.exp)
  if expires and expires <= clock.now() then
    return "failed", "it expired at " .. sys.iso8601(math.floor(expires)),
      "make a new one"
  elseif not seen.response then
    return "skipped", "there is one, but no answer"
  end
  seen.asked = begin_reads(org, claims)
  local answered, result = pcall(seen.asked.get, seen.asked, "rbac")
  if not answered and value.dig(result, "status") == UNAUTHORIZED then
    return "failed", refusal(org, claims), "make a new one, or use that of "
      .. "this server"
  elseif not answered then
    error(result, 0)
  end
  seen.org, seen.rbac = org, result
  return finding(seen.asked, claims)
end

--- Checks that the organization can be read and is active.
function M.organization(seen)
  if not seen.org then return "skipped", "needs a token that works" end
  local asked = seen.asked or reads.new()
  local here = asked:get("organization",
    function() return read_organization(seen.org) end)
  local name = ("%s (%s)"):format(here.spec.name,
    value.dig(here, "metadata", "id") or "no id")
  if value.dig(here, "metadata", "isActive") == false then
    return "failed", name .. " is not active", "ask MK.IO's support"
  end
  return "ok", name
end

--- Returns the number of permissions, and the number of resources on which
--- there are permissions.
local function count(rbac)
  local permissions, resources = 0, 0
  for _, by_id in pairs(rbac) do
    for _, families in pairs(by_id) do
      resources = resources + 1
      for _, verbs in pairs(families) do permissions = permissions + #verbs end
    end
  end
  return permissions, resources
end

--- Checks that the token has permissions.
function M.rbac(seen)
  if not seen.org then return "skipped", "needs a token that works" end
  local permissions, resources = count(seen.rbac)
  if permissions == 0 then
    return "failed", "the token may do nothing",
      "its user needs a team with a role, or the token its permissions"
  end
  return "ok", ("%d permission%s on %d resource%s"):format(permissions,
    permissions == 1 and "" or "s", resources, resources == 1 and "" or "s")
end

return M
