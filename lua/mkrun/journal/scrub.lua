--- Removes secrets from bodies, header fields and URLs before mkrun stores
--- them.  `mkrun.journal`, `mkrun.plan` and several layers call this module.
---
--- The functions recognize a secret by the name of its member, by its path in a
--- JSON Patch, by its form, or because `mkrun.secret` holds the secret in this
--- run.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local secret = require "mkrun.secret"

local M = { word = "(secret)" }

local NAMES <const> = {
  authentication = true, authorization = true, cookie = true, jwt = true,
  password = true, ["proxy-authorization"] = true, secret = true, sig = true,
  token = true,
}

--- A header field or a parameter may be secret if its name contains one of
--- these parts.  Examples are "X-Api-Key" and "sasToken".
local PARTS <const> = { "key", "password", "secret", "signature", "token" }

local function is_secret_name(name)
  return type(name) == "string" and NAMES[name:lower()] == true
end

--- Kinds of key that are no secret: "x-dead-letter-routing-key".
local NO_SECRETS <const> = { "routing[-_]?key", "public[-_]?key",
  "partition[-_]?key", "primary[-_]?key", "sort[-_]?key", "keywords?" }

--- Names that `showing` shows although "key" is in them.
local shown = {}

--- Returns true if the value of a header field or parameter with this name may
--- be a secret.
local function is_doubtful_name(name)
  if type(name) ~= "string" then return false end
  if shown[name] then name = name:gsub("[kK][eE][yY]", "") end
  name = name:lower()
  for _, plain in ipairs(name:find("key", 1, true) and NO_SECRETS or {}) do
    name = name:gsub(plain, "")
  end
  for _, part in ipairs(PARTS) do
    if name:find(part, 1, true) then return true end
  end
  return false
end

--- Returns true if a JSON Pointer names a secret, such as
--- "/spec/authentication/headers/X-Key".
local function is_secret_path(path)
  for name in path:gmatch "[^/]+" do
    if is_secret_name(name) then return true end
  end
  return false
end

--- Replaces each JWT in a long word that contains dots.  The function reads
--- each part between two dots once, so the time is linear in the word's length.
local function without_token(word)
  local parts, kept, i = {}, {}, 1
  for part in (word .. "."):gmatch "([^.]*)%." do parts[#parts + 1] = part end
  while i <= #parts do
    local before = parts[i]:match "^(.-)eyJ."
    local is_token = before and i + 2 <= #parts and parts[i + 1] ~= ""
    kept[#kept + 1] = is_token and before .. M.word or parts[i]
    i = i + (is_token and 3 or 1)
  end
  return table.concat(kept, ".")
end

--- Replaces each JWT and each secret of this run in a text.  A JWT has three
--- parts in base64url, and the first part is a JSON object.
local function without_tokens(text)
  return (secret.redact(text):gsub("eyJ[%w_.-]*", without_token))
end

--- Removes secrets from a text.  A URL also loses its user and its query.
local function clean_text(text)
  text = without_tokens(text)
  local scheme, rest = text:match "^(https?://)(.*)$"
  if not scheme then return text end
  rest = rest:gsub("^[^/?#]*@", M.word .. "@")
  return scheme .. rest:gsub("[?#].*", "?" .. M.word)
end

--- Removes secrets from a text.  Also removes the user part of URLs, and the
--- values of secret names in queries and forms.
local function without_values(text)
  return (without_tokens(text):gsub("(://)[^/?#%s\"]*@", "%1" .. M.word .. "@")
    :gsub("%f[%w%-_.]([%w%-_.]+)=([^&#%s\"'<>]+)", function(name)
      return M.is_name(name) and name .. "=" .. M.word
    end))
end

local clean

--- Copies a table without its secrets: an object, an array, or an operation of
--- a JSON Patch.
local function clean_table(value)
  local result = json.is_array(value) and json.array {} or json.object {}
  local hide = type(value.path) == "string" and is_secret_path(value.path)
  for name, member in pairs(value) do
    local secret_member = is_secret_name(name) and member ~= json.null
      or is_doubtful_name(name) and type(member) == "string"
      or hide and name == "value"
    result[name] = secret_member and M.word or clean(member)
  end
  return result
end

function clean(value)
  if secret.is(value) then return M.word end
  if type(value) == "table" then return clean_table(value) end
  return type(value) == "string" and clean_text(value) or value
end

--- Copies a value with "(secret)" in place of every text.  Numbers and booleans
--- are kept.
local function hidden(value)
  if type(value) == "string" or secret.is(value) then return M.word end
  if type(value) ~= "table" then return value end
  local result = json.is_array(value) and json.array {} or json.object {}
  for name, member in pairs(value) do result[name] = hidden(member) end
  return result
end

--- Returns true if a member lists rights, such as {"core.token": ["get",
--- "revoke"]}.  Such a member is not a secret, although its name contains
--- "token".
local function is_rights(name, member)
  return type(member) == "table" and name:find("%l%.%l") ~= nil
end

--- Returns true if a value with this name may be a secret.
---@param name any   name of a member, a header field or a parameter
---@return boolean
function M.is_name(name)
  return is_secret_name(name) or is_doubtful_name(name)
end

--- Returns the value of a header field or parameter without its secrets, or
--- "(secret)" if the name is secret.
---@param name string
---@param value string
---@return string
function M.member(name, value)
  return M.is_name(name) and M.word or without_values(value)
end

--- Copies a JSON value without its secrets.  The copy has the same members and
--- types.  URLs keep their queries, but a secret in a query is replaced.
---@param value any
---@return any
function M.texts(value)
  if secret.is(value) then return M.word end
  if type(value) == "string" then return without_values(value) end
  if type(value) ~= "table" then return value end
  local result = json.is_array(value) and json.array {} or json.object {}
  local hide = type(value.path) == "string" and is_secret_path(value.path)
  for name, member in pairs(value) do
    local is_secret = M.is_name(name) and not is_rights(name, member)
      or hide and name == "value"
    result[name] = (is_secret and hidden or M.texts)(member)
  end
  return result
end

--- Returns true if a value contains a text that this module has replaced.
---@param value any
---@return boolean
function M.hides(value)
  if type(value) == "string" then
    return value:find("(secret", 1, true) ~= nil
  elseif type(value) ~= "table" then
    return false
  end
  for _, member in pairs(value) do
    if M.hides(member) then return true end
  end
  return false
end

--- Copies a JSON value without its secrets.  URLs lose their queries.
---@param value any
---@return any
function M.value(value) return clean(value) end

--- Calls a function of this module.  It hides no member of these names only
--- because "key" is in the name: a provider declares that the member is no
--- secret.
---@param names table<string, true>
---@param call fun(value: any): any
---@param value any
---@return any
function M.showing(names, call, value)
  local before = shown
  shown = names
  local ok, result = pcall(call, value)
  shown = before
  return ok and result or nil
end

--- Returns true if a JSON Pointer leads to a member of one of these names, or
--- into it.  "~1" stands for a slash in a name.
local function leads_to(pointer, names)
  for name in pointer:gmatch "[^/]+" do
    if names[(name:gsub("~1", "/"):gsub("~0", "~"))] then return true end
  end
  return false
end

--- Copies a JSON value without the members of these names ("*": of any), and
--- without the values that a JSON Patch gives them.
---@param value any
---@param names table<string, true>
---@return any
function M.named(value, names)
  if type(value) ~= "table" then return value end
  local result = json.is_array(value) and json.array {} or json.object {}
  local hide = type(value.path) == "string" and leads_to(value.path, names)
  for name, member in pairs(value) do
    local is_secret = names[name] or name == "value" and hide
      or names["*"] and type(member) ~= "table"
    result[name] = is_secret and member ~= json.null and M.word
      or M.named(member, names)
  end
  return result
end

--- Decodes a body and removes its secrets.  Returns only the size of a body
--- that is not JSON.
---@param text? string
---@return any
function M.body(text)
  if text == nil or text == "" then return nil end
  local value = json.decode(text)
  if value == nil then return ("(%d bytes)"):format(#text) end
  return clean(value)
end

return M
