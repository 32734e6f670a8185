--- Sets up the tokens of a SPEC.  `mkio.flow.onboard.phases` calls it.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local spec_token = require "mkio.flow.common.spec_token"

local M = {}

--- What all tokens of one organization need, by organization.  The keys are
--- weak, so an entry goes away when nothing else refers to its organization.
local tokens_of = setmetatable({}, { __mode = "k" })

local function shared_by_tokens(org)
  tokens_of[org] = tokens_of[org]
    or { projects = {}, ids = {}, own = own_tokens.new(org.me.tokens) }
  return tokens_of[org]
end

--- Lists the projects if one of the wanted names is not known yet.  A project
--- is never deleted and keeps its id, so a known name is never stale.
local function read_projects(org, shared, wanted)
  for name in pairs(wanted or {}) do
    if not shared.projects[name] and not shared.ids[name] then
      for project in org.projects:each { needs = "names" } do
        local metadata = project.metadata
        shared.projects[metadata.name] = metadata.id
        shared.ids[metadata.id] = true
      end
      return
    end
  end
end

--- Returns a token of the SPEC in which ids replace the names of resources.
local function resolve_token(org, here, wish, shared)
  read_projects(org, shared, wish.permissions["core.project"])
  local resolved = { permissions = permissions.resolve(wish.permissions, {
    ["core.customer"] = { [here.spec.name] = here.metadata.id },
    ["core.project"] = shared.projects,
  }) }
  return setmetatable(resolved, { __index = wish })
end

--- Notes what has been read for the tokens of a run.
---@param org mkio.Organization
---@param ids table<string, string>  of the projects, by name
---@param items table[]   the own tokens
---@param rights table    what the token of this run may do
function M.know(org, ids, items, rights)
  local shared = shared_by_tokens(org)
  shared.own = own_tokens.new(org.me.tokens, false, items)
  shared.own.rights = rights
  for name, id in pairs(ids) do
    shared.projects[name], shared.ids[id] = id, true
  end
end

--- Creates or keeps a token of the SPEC.  Prints the ids of other valid tokens
--- with the same description, because another program may use them.
---@param org mkio.Organization
---@param here table  the document of the organization
---@param wish table  the token in the SPEC
---@return string outcome
---@return string[] details
function M.ensure(org, here, wish)
  local shared = shared_by_tokens(org)
  local _, outcome, details, kept = spec_token.ensure(org,
    resolve_token(org, here, wish, shared), here.metadata.id, shared.own)
  for _, id in ipairs(kept) do
    script.say(("mkrun: '%s' is also the description of the token %s, which is "
      .. "still valid; mkrun token revoke %s revokes it")
      :format(wish.description, id, id))
  end
  return outcome, details
end

--- The same, and a step of the report.
---@param org mkio.Organization
---@param here table  the organization
---@param wish table
---@param out mkrun.Report
function M.step(org, here, wish, out)
  local outcome, details = M.ensure(org, here, wish)
  out:step(outcome, "token", wish.description, details)
end

return M
