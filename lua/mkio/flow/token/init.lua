--- Makes a restricted token with a part of the caller's rights, for a file or a
--- command.  The script `token` calls this module.
---
--- A run can read a file to learn whether the file contains the token.  A run
--- cannot learn what a command did with a token.  So a used token with the same
--- description and permissions counts as the command's token.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local commands = require "mkio.flow.common.command"
local errors = require "mkrun.rest.error"
local minting = require "mkio.flow.common.spec_token"
local own_tokens = require "mkio.flow.common.own_tokens"
local permissions = require "mkio.permissions"
local resumed = require "mkio.flow.common.resumed"
local token_facts = require "mkio.token_facts"
local token_file = require "mkio.resource.token_file"
local token_left = require "mkio.resource.token_left"
local token_record = require "mkio.flow.common.token_record"
local token_rivals = require "mkio.flow.common.token_rivals"
local token_watch = require "mkio.flow.common.token_watch"
local value = require "mkrun.value"

local M = {}

--- Ends the run with a usage error if the options of `token create` do not fit
--- together.
---@param options table<string, any>
function M.check_options(options)
  if not options.allow and not options.permissions then
    script.usage "one of --allow and --permissions is needed"
  elseif options.permissions and (options.allow or options.deny) then
    script.usage "--permissions does not go with --allow and --deny"
  elseif options.file and options.exec then
    script.usage "--file and --exec: not both"
  elseif not (options.file or options.exec) then
    script.usage "one of --file and --exec is needed"
  elseif options.again and options.file then
    script.usage "--again goes with --exec"
  elseif options.new_file and options.exec then
    script.usage "--new-file goes with --file"
  end
  if options.exec then commands.check(options.exec) end
end

--- Returns a token with the wanted permissions that was used at least once, or
--- nil.  A run uses a token right after giving the token to the command.  So an
--- unused token is from a run that failed, and the command may not have the
--- token.
local function find_equal(tokens, wish)
  for _, token in ipairs(tokens) do
    if token.metadata.type == "restricted"
      and value.dig(token, "spec", "lastUsed") and permissions.equal(
      wish.permissions, value.dig(token, "spec", "permissions")) then
      return token
    end
  end
end

--- Passes the token to the command.  If the command fails, revokes the token,
--- because the command has not stored the token.
local function hand_over(org, token, command)
  local ok, message = token.metadata.JWT:pipe(command)
  if ok then return end
  errors.raise("exec", message,
    (token_left.take_back(org.me.tokens, token.metadata.id)))
end

local function ids_but(tokens, current)
  local ids = {}
  for _, token in ipairs(tokens) do
    if token ~= current then ids[#ids + 1] = token.metadata.id end
  end
  return ids
end

--- Removes from `tokens` the tokens that an interrupted run made and neither
--- stored nor gave to a command.  Returns the ids of these tokens.
local function take_orphans(tokens, record)
  local orphans = {}
  for i = #tokens, 1, -1 do
    if resumed.is_orphan(tokens[i])
      or record and record:is_left(tokens[i]) then
      orphans[#orphans + 1] = table.remove(tokens, i).metadata.id
    end
  end
  return orphans
end

--- Gives a new token to the command, unless a used token has the permissions.
local function by_command(org, wish, organization_id)
  local tokens = wish.tokens
  local older = token_facts.named(tokens, wish.description, organization_id)
  local orphans = take_orphans(older)
  local there = not wish.again and find_equal(older, wish)
  if there then
    return there, "unchanged",
      { there.metadata.id .. " has it; --again makes another" },
      ids_but(older, there)
  end
  local token = minting.mint(org, wish, organization_id,
    token_facts.named(tokens, wish.description))
  if not wish.again then
    token_rivals.settle(org.me.tokens, token, older, value.set(orphans))
  end
  hand_over(org, token, wish.command)
  resumed.hand_over(token.metadata.id)
  org.me.tokens:prove(token.metadata.id, token.metadata.JWT)
  for _, id in ipairs(orphans) do org.me.tokens:revoke(id) end
  return token, "created", { token.metadata.id }, ids_but(older)
end

--- Ensures that the file contains the token.  Raises an error if a live token
--- of this description exists but is not in the file.  Either that token is in
--- use elsewhere, or the name of the file is misspelt.
local function by_file(org, wish, organization_id)
  local live =
    token_facts.named(wish.tokens, wish.description, organization_id)
  take_orphans(live, token_record.read(wish.file))
  local _, held = token_file.read(wish.file)
  local ids, there = {}, wish.again or not live[1]
  for i, token in ipairs(live) do
    ids[i] = token.metadata.id
    there = there or ids[i] == held
  end
  if not there then
    errors.raise("file", ("%s: does not hold the live token '%s' (%s)")
      :format(wish.file, wish.description, table.concat(ids, ", ")),
      "--new-file makes another one, and leaves that as it is")
  end
  local own = own_tokens.new(org.me.tokens, false, wish.tokens)
  own.rights = wish.permissions -- `M.ensure` gets only rights that they hold
  return minting.ensure(org, wish, organization_id, own)
end

local REFUSED <const> = { [403] = true }

--- Returns the organization's id for the token that this run sends, or nil.
local function organization_id_of(org)
  local here = errors.unless(REFUSED, org.get, org, { needs = "id" })
  if here then return here.metadata.id end
  local id = token_watch.own_id(org.session)
  local own = id and org.me.tokens:call("my_tokens.get", { token_id = id },
    nil, { needs = "home" })
  return value.dig(own, "spec", "organizationId")
end

--- Ensures that the file or the command has a live token with the wanted
--- permissions.
---@param org mkio.Organization
---@param wish {description: string, permissions: table, days: integer?,
---  file: string?, command: string?, again: boolean?,
---  organization_id: string?, tokens: table[]?}   permissions: a part of the
---  rights of the token of this run; again: make a token even if there is one;
---  organization_id: of the organization of that token, if known; tokens: all
---  own tokens, if the caller has just listed them
---@return table token
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
---@return string[] kept   the ids of other live tokens with the description
function M.ensure(org, wish)
  -- The user need not approve: an earlier run of this command made the tokens
  -- that are revoked.
  script.approve("the token in its place is replaced", true)
  local organization_id = wish.organization_id or organization_id_of(org)
  wish.keep_others = true
  wish.tokens = wish.tokens or org.me.tokens:list()
  return (wish.command and by_command or by_file)(org, wish, organization_id)
end

return M
