--- Tells the host of the providers that a confined script declares: the plan,
--- the journal and the limits of the run have to know them.
---
--- The script's own tables stay with the script.  The host gets a copy of the
--- declaration, and makes a provider of its own from it.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local providers = require "mkrun.providers"
local reach = require "mkrun.host.world.reach"
local secret = require "mkrun.secret"

local M = {}

--- Deeper tables are no declarations.
local DEEPEST <const> = 30

--- Copies what is plain in a value: no functions, no metatables.
local function plain(value, depth)
  local kind = type(value)
  if kind == "string" or kind == "number" or kind == "boolean" then
    return value
  elseif kind ~= "table" or depth > DEEPEST then
    return nil
  end
  local result = {}
  for key, member in next, value do
    key = plain(key, depth + 1)
    if key ~= nil and type(key) ~= "table" then
      result[key] = plain(member, depth + 1)
    end
  end
  return result
end

local function field(entry, name, kind)
  local value = type(entry) == "table" and rawget(entry, name)
  return type(value) == kind and value or nil
end

--- Returns the token of an entry, if the script may send it to the base URL.
local function token_of(grants, entry, base_url)
  local token = rawget(entry, "token")
  local may_send = secret.is(token) and not reach.is_own(token)
    and reach.may_send_token(grants, token, base_url)
  return may_send and token or nil
end

--- Tells the host of an entry, if the script may send requests to it.  The
--- declaration is right, unless the script made it up without `mkrun.rest`.
local function tell(grants, entry)
  local base_url = field(entry, "base_url", "string")
  local declared = field(field(entry, "provider", "table"), "declared", "table")
  local name = field(declared, "name", "string")
  if not name or name == config.provider().name or not reach.split(base_url)
  then
    return
  elseif not reach.covers(grants, base_url) then
    providers.mention(name)
    return reach.note_beyond(base_url, name)
  elseif reach.path_below(base_url, config.base_url)
    and not reach.named(base_url) then
    return -- or the script could say what the API's own requests mean
  end
  pcall(config.declare, plain(declared, 0), { base_url = base_url,
    token = token_of(grants, entry, base_url) })
end

--- Makes the script's `mkrun.providers` tell the host.
---@param grants mkrun.Grants
---@param own table   the module, loaded for the script
---@return table own
function M.adapt(grants, own)
  local add = own.add
  function own.add(entry)
    local added = add(entry)
    tell(grants, added)
    return added
  end
  return own
end

return M
