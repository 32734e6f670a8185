--- Finds the secrets in a provider's answer to a confined script, by what the
--- provider declares.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local json = require "mkrun.json"

local M = {}

--- Returns the declared secrets of an answer: names such as "login.key".
local function places_of(provider, method, path)
  local meaning = config.meaning(provider, method, path)
  if meaning and meaning.resource then return meaning.resource.secrets or {} end
  local all = {}
  for _, resource in pairs(provider.resources or {}) do
    for _, place in ipairs(resource.secrets or {}) do all[#all + 1] = place end
  end
  return all
end

--- Replaces all texts in a value.
---@return any value
---@return boolean found
local function replaced(value, replace)
  if type(value) == "string" and value ~= "" then
    return replace(value), true
  end
  if type(value) ~= "table" then return value, false end
  local found = false
  for name, member in pairs(value) do
    local is_found
    value[name], is_found = replaced(member, replace)
    found = found or is_found
  end
  return value, found
end

--- Replaces the texts at a place of a document, and of all tables in it.  A
--- list on the way stands for each of its elements.
local function replace_at(document, names, i, replace)
  if type(document) ~= "table" then return false end
  if names[i] == "*" then return select(2, replaced(document, replace)) end
  local name, found = names[i], false
  local value = document[name]
  if value == nil and i > 1 then
    for _, element in ipairs(document) do
      found = replace_at(element, names, i, replace) or found
    end
  elseif i == #names then
    document[name], found = replaced(value, replace)
  else
    found = replace_at(value, names, i + 1, replace)
  end
  if i > 1 then return found end
  for _, member in pairs(document) do
    found = replace_at(member, names, 1, replace) or found
  end
  return found
end

local function parts_of(place)
  local names = {}
  for name in place:gmatch "[^.]+" do names[#names + 1] = name end
  return names
end

--- Replaces the secrets in the body of an answer.
---@param entry mkrun.ProviderEntry   whose answer it is
---@param request {url: string, method: string?}
---@param body any
---@param replace fun(text: string): string
---@return any body
function M.replaced(entry, request, body, replace)
  if type(body) ~= "string" or not entry.provider then return body end
  local path = request.url:sub(#entry.base_url + 1):match "^[^?#]*"
  local places = places_of(entry.provider, request.method or "GET", path)
  local document = places[1] and json.decode(body)
  if type(document) ~= "table" then return body end
  local found = false
  for _, place in ipairs(places) do
    local parts = parts_of(place)
    found = replace_at(document, parts, 1, replace) or found
    -- A name may itself have a dot.
    if parts[2] then
      found = replace_at(document, { place }, 1, replace) or found
    end
  end
  return found and json.encode(document) or body
end

return M
