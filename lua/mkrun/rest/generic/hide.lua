--- Takes the secrets out of a request body.  The body gets a word in the place
--- of each, so that no layer sees them, and `mkrun.http` puts them in when it
--- sends the request.  A session calls it.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local secret = require "mkrun.secret"
local value = require "mkrun.value"

local M = {}

--- Handles by text.  They are kept, because a collected handle no longer hides
--- its text.
local handles = {}

local function handle_of(item, name)
  if type(item) ~= "string" then return item end
  handles[item] = handles[item] or secret.new(item, name)
  return handles[item]
end

---@class mkrun.rest.Hiding
---@field secrets table<string, mkrun.Secret>   word -> secret
---@field texts table<string, true>   texts of the body that look like words
---@field count integer
local Hiding = {}
Hiding.__index = Hiding

--- Returns true if a text stands for a secret that is not known, as in a
--- recording.
---@param text string
---@return boolean
function M.is_word(text) return text:find "^%(secret[ :)]" ~= nil end

--- Returns the word for a secret, one that is no text of the body.  The words
--- follow from the order of the members' names, so the same request always has
--- the same words.
function Hiding:word(item, name)
  local word
  repeat
    self.count = self.count + 1
    word = self.count == 1 and "(secret)"
      or ("(secret %d)"):format(self.count)
  until not self.texts[word]
  self.secrets[word] = handle_of(item, name)
  return word
end

local function is_secret(shape, item)
  return secret.is(item) or shape.kind == "secret" and type(item) == "string"
    and item ~= "" and not M.is_word(item)
end

local function inner_shape(shape, name)
  return shape.fields and shape.fields[name] or shape.value or {}
end

function Hiding:list(shape, list)
  local copy = {}
  for i, item in ipairs(list) do
    copy[i] = self:hide(shape.item or {}, item, "secret")
  end
  return json.array(copy)
end

--- Copies a value with words in place of its secrets.
function Hiding:hide(shape, item, name)
  if is_secret(shape, item) then return self:word(item, name) end
  if type(item) ~= "table" then return item end
  if json.is_array(item) or item[1] ~= nil then
    return self:list(shape, item)
  end
  local copy = json.object {}
  for _, key in ipairs(value.names(item)) do
    copy[key] = self:hide(inner_shape(shape, key), item[key], key)
  end
  return copy
end

--- Collects the texts of a value that look like words, also its names:
--- `mkrun.http` looks at every string of the body.
local function collect(item, texts)
  if type(item) == "string" and M.is_word(item) then texts[item] = true end
  for name, member in pairs(type(item) == "table" and item or {}) do
    collect(name, texts)
    collect(member, texts)
  end
  return texts
end

--- Takes the secrets out of a body.
---@param shape mkrun.rest.Shape
---@param body any
---@return any body       the same, if it has no secret
---@return table<string, mkrun.Secret>? secrets   word -> secret
function M.secrets(shape, body)
  local hiding = setmetatable({ secrets = {}, count = 0,
    texts = collect(body, {}) }, Hiding)
  local copy = hiding:hide(shape, body, "secret")
  if hiding.count == 0 then return body end
  return copy, hiding.secrets
end

return M
