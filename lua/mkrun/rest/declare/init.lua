--- Makes a provider from a declaration, the table of `rest.provider`.
---
--- The checks are strict: an unknown field is refused with the nearest name,
--- because a typo in `safe` or `undo` would otherwise be ignored.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.rest.generic.answers"
local fault = require "mkrun.rest.declare.fault"
local goes_with = require "mkrun.rest.declare.goes_with"
local hide = require "mkrun.rest.generic.hide"
local resources = require "mkrun.rest.declare.resources"
local rows = require "mkrun.rest.declare.rows"
local secret = require "mkrun.secret"
local shape = require "mkrun.rest.shape"

---@class mkrun.rest.DeclaredProvider: mkrun.rest.Provider
---@field declared mkrun.rest.Declaration
---@field base_url string
---@field auth string
---@field token_as? string    as for a request; nil: bearer, or no token
---@field rates? {reads: integer?, writes: integer?}
---@field error {code: string?, detail: string?, ref: string?,
---  absent: string[]?}   `absent`: codes of a 404 that say "it is not there"
---@field refusal fun(method: string, path: string, response: table):
---  mkrun.rest.Error?   the error for an answer that shows nothing: 401, 403,
---  429 and 5xx
---@field is_absent fun(response: table?): boolean   it says "it is not there"
---@field hints table<integer|string, string>
---@field resources table<string, mkrun.rest.DeclaredResource>

local M = {}

local FIELDS <const> = { name = "string", base_url = "string", auth = "string",
  rates = "table", list = "table", error = "table", hints = "table",
  resources = "table", operations = "table" }

local RATES <const> = { reads = "integer", writes = "integer" }
local ERROR <const> = { code = "string", detail = "string", ref = "string",
  absent = "table string" }

local function check_name(name)
  if type(name) ~= "string" or not name:find "^%l[%l%d_]*$" then
    error(("rest.provider: 'name': [a-z][a-z0-9_]* expected, got %s")
      :format(type(name) == "string" and "'" .. name .. "'" or type(name)), 0)
  end
end

local function check_url(where, url)
  local host = url:match "^https?://([^/?#%s%c]+)[^?#%s%c]*$"
  if not host then
    fault.raise(where, "'base_url': a URL without a query expected, got '%s'",
      (url:gsub("//[^/]*@", "//")))
  elseif host:find "@" then
    fault.raise(where, "'base_url': a user in it (auth = \"basic\" and a "
      .. "token, USER:PASSWORD)")
  end
end

--- Returns the field `token_as` of the provider's requests.
local function token_as(where, auth)
  if auth == nil or auth == "bearer" or auth == "none" then return nil end
  if auth == "basic" then return auth end
  if not auth:find "^[%w!#$%%&'*+.^_`|~-]+$" then
    fault.raise(where, "'auth': \"bearer\", \"basic\", \"none\" or the name of "
      .. "a header field expected")
  elseif not auth:find "[%u-]" then
    fault.unknown(where, "value of 'auth'", auth,
      { bearer = 1, basic = 1, none = 1, ["X-API-Key"] = 1 })
  end
  local wrong = secret.field_fault(auth)
  if wrong then fault.raise(where, "'auth': %s, got '%s'", wrong, auth) end
  return auth
end

local function check_rates(where, rates)
  fault.fields(where, rates, RATES, "field of 'rates'")
  for name, rate in pairs(rates) do
    if rate < 1 then
      fault.raise(where, "'rates': '%s' is less than 1 a minute", name)
    end
  end
end

local function check_hints(where, hints)
  for key, hint in pairs(hints) do
    if type(hint) ~= "string"
      or type(key) ~= "string" and math.type(key) ~= "integer" then
      fault.raise(where, "'hints': status or code = text expected")
    end
  end
end

--- Reads `error`.  Raises if it is wrong.
local function error_of(where, declared)
  local places = {}
  for name, field in pairs(declared or {}) do places[name] = field end
  places.absent = fault.texts(where, "absent", places.absent)
  if places.absent and not places.code then
    fault.raise(where, "'absent' of 'error' needs its 'code', the member with "
      .. "the codes")
  elseif places.absent and not places.absent[1] then
    fault.raise(where, "'absent' of 'error' has no code")
  end
  return places
end

local function check(where, declared)
  fault.fields(where, declared, FIELDS)
  for _, name in ipairs { "base_url", "operations" } do
    if declared[name] == nil then fault.raise(where, "no '%s'", name) end
  end
  check_url(where, declared.base_url)
  check_rates(where, declared.rates or {})
  check_hints(where, declared.hints or {})
  fault.fields(where, declared.error or {}, ERROR, "field of 'error'")
  fault.fields(where, declared.list or {}, rows.LIST, "field of 'list'")
  if next(declared.operations) == nil then
    fault.raise(where, "no operations")
  end
  fault.list(where, "operations", declared.operations)
end

--- Fills in how each list answers: the row's words over the provider's.
local function complete_lists(where, operations, list)
  for _, operation in ipairs(operations.all) do
    local pages = goes_with.lists(list, operation.list)
    if operation.verb == "list" then
      goes_with.check_list(("%s, row '%s'"):format(where, operation.key), pages)
    end
    operation.pages, operation.list = pages, nil
  end
end

--- Checks request bodies by their shapes, which are the operations' `body`.
local SCHEMA <const> = {
  mark = shape.mark, check = shape.check, newer = function() return {} end,
}

local function json_patch_is_safe() return false end

--- Makes the provider.  Raises if the declaration is wrong.
---@param declared mkrun.rest.Declaration
---@return mkrun.rest.DeclaredProvider
function M.provider(declared)
  if type(declared) ~= "table" then
    error(("bad argument #1 to 'provider' (table expected, got %s)")
      :format(type(declared)), 3)
  end
  check_name(declared.name)
  local where = ("provider '%s'"):format(declared.name)
  check(where, declared)
  local operations = rows.operations(where, declared.operations)
  complete_lists(where, operations, declared.list)
  local provider = {
    name = declared.name, declared = declared,
    base_url = declared.base_url:gsub("/+$", ""),
    auth = declared.auth or "bearer",
    token_as = token_as(where, declared.auth), rates = declared.rates,
    error = error_of(where, declared.error), hints = declared.hints or {},
    operations = operations,
    resources = resources.of(where, operations, declared.resources),
    schema = SCHEMA, repeatable = json_patch_is_safe, arguments = {},
    secrets = {}, hide = hide.secrets,
  }
  answers.add(provider)
  return provider
end

return M
