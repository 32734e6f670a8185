--- Reads the answers of a declared provider: checks them, seals their secrets,
--- and tells what an error says.  `mkrun.rest.declare` calls it.
-- SPDX-License-Identifier: MIT

local errors = require "mkrun.rest.error"
local foreign = require "mkrun.foreign"
local hide = require "mkrun.rest.generic.hide"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local secret = require "mkrun.secret"
local shape = require "mkrun.rest.shape"
local value = require "mkrun.value"

local M = {}

--- Checks that a read has a document, and a list an array.
local function check(provider, operation, document)
  if operation.act == "list" then
    if meaning.items(provider, operation, document) then return true end
    local place = operation.pages.items
    return nil, place and "/" .. place:gsub("%.", "/") or "",
      "array expected"
  elseif operation.act == "read" and type(document) ~= "table" then
    return nil, "", shape.mismatch("object", document)
  end
  return true
end

--- Returns the text at a place, or the first one of a list there.
local function text_at(document, place)
  local said = place and meaning.member(document, place)
  if type(said) == "table" then said = said[1] end
  if type(said) == "number" then said = tostring(said) end
  return type(said) == "string" and said or nil
end

--- Returns an error answer in the form that a session reads.
local function read_error(places, document)
  return { ref = text_at(document, places.ref), error = {
    code = text_at(document, places.code),
    detail = text_at(document, places.detail),
  } }
end

--- Returns true if a code of an error is one that says "it is not there".
--- Without such codes, each is.
local function is_absent_code(absent, code)
  if not absent then return true end
  for _, known in ipairs(absent) do
    if known == code then return true end
  end
  return false
end

--- Returns true if an answer says that a thing is not there: the API itself,
--- and not a proxy, answers 404, with one of the declared codes.
local function is_absent(provider, response)
  if response == nil or response.status ~= 404 or foreign.page(response) then
    return false
  end
  local places = provider.error
  local document = places.absent and json.decode(response.body or "")
  return is_absent_code(places.absent,
    document and text_at(document, places.code))
end

local function label_of(resource, item, name)
  local words = {}
  for _, key in ipairs(resource.keys) do
    local word = meaning.member(item, resource.members[key])
    if type(word) == "string" then words[#words + 1] = word end
  end
  return ("%s of %s '%s'"):format(name, resource.kind,
    table.concat(words, "/"))
end

--- Returns a value with secrets in place of its texts.  A recording has a word
--- in place of each.
local function sealed(item, label)
  if type(item) == "table" then
    for name, member in pairs(item) do item[name] = sealed(member, label) end
  elseif type(item) == "string" and item ~= "" and not hide.is_word(item) then
    return secret.new(item, label)
  end
  return item
end

--- Replaces what is at a path of names by secrets.  A list on the path stands
--- for each of its elements.
local function seal_at(object, names, i, label)
  if type(object) ~= "table" then return end
  if names[i] == "*" then return sealed(object, label) end
  for _, element in ipairs(object) do seal_at(element, names, i, label) end
  local member = object[names[i]]
  if i < #names then
    seal_at(member, names, i + 1, label)
  elseif member ~= nil then
    object[names[i]] = sealed(member, label)
  end
end

local function seal_item(resource, item)
  for _, place in ipairs(resource.secrets) do
    local names = {}
    local label = label_of(resource, item, place == "*" and "secret" or place)
    for name in place:gmatch "[^.]+" do names[#names + 1] = name end
    seal_at(item, names, 1, label)
    -- A name may itself have a dot.
    if names[2] then seal_at(item, { place }, 1, label) end
  end
end

local function seal_all(resource, items)
  for _, item in ipairs(type(items) == "table" and items or {}) do
    seal_item(resource, item)
  end
end

--- Replaces the secrets of an answer by `mkrun.Secret` objects.
local function seal(provider, operation, document)
  if type(document) ~= "table" then return end
  local resource = provider.resources[operation.resource]
  if operation.act == "list" then
    seal_all(resource, meaning.items(provider, operation, document))
  else
    seal_item(resource, document)
  end
  for _, other in pairs(provider.resources) do
    if other.inside and other.path == operation.path then
      seal_all(other, value.dig(document, other.inside))
    end
  end
end

--- Returns the hint for a failed request: by its code, or by its status.
local function hint(provider, _, _, problem)
  local hints = provider.hints
  if hints[problem.code] or hints[problem.status] then
    return hints[problem.code] or hints[problem.status]
  elseif problem.status == 401 and provider.auth ~= "none" then
    return ("is the token of %s right? (--token-file %s=FILE, "
      .. "MKRUN_TOKEN_%s)"):format(provider.name, provider.name,
      provider.name:upper())
  end
end

local REFUSED <const> = { [401] = "unauthorized", [403] = "forbidden",
  [429] = "too many requests" }

--- Returns the error for an answer that shows nothing, as a session raises it,
--- or nil: the token may not have it, or the server has failed.
local function refusal(provider, method, path, response)
  local word = REFUSED[response.status]
    or response.status >= 500 and "the server has failed"
  if not word then return nil end
  local document = json.decode(response.body or "")
  local said = read_error(provider.error, document)
  local problem = errors.new { method = method, path = path,
    status = response.status, code = said.error.code,
    detail = said.error.detail or foreign.page(response) or word,
    ref = said.ref, response = response }
  problem.hint = hint(provider, nil, nil, problem)
  return problem
end

--- Adds to a provider what a session calls to read answers.
---@param provider mkrun.rest.DeclaredProvider
function M.add(provider)
  provider.answers = { check = function(operation, document)
    return check(provider, operation, document)
  end }
  function provider.read_error(document)
    return read_error(provider.error, document)
  end
  function provider.is_absent(response)
    return is_absent(provider, response)
  end
  function provider.refusal(method, path, response)
    return refusal(provider, method, path, response)
  end
  function provider.seal(operation, document)
    seal(provider, operation, document)
  end
  function provider.hint(session, call, problem)
    return hint(provider, session, call, problem)
  end
end

return M
