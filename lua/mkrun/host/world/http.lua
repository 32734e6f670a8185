--- Makes `mkrun.http` for a confined script: requests to the API that the
--- script may send, and to the other servers that are granted.
---
--- An answer can contain a token, which the API shows once.  The script gets a
--- word in its place, and `secret.new` turns the word into the secret.
-- SPDX-License-Identifier: MIT

local debug = debug

local config = require "mkrun.config"
local files = require "mkrun.host.world.files"
local providers = require "mkrun.providers"
local reach = require "mkrun.host.world.reach"
local secret = require "mkrun.secret"
local shown = require "mkrun.host.world.shown"
local sys = require "mkrun.sys"

local M = {}

--- Raises an error unless the script may send the request to the API, however
--- the server reads the path.
local function check_api(grants, method, path)
  if grants.api.write or grants.api.read and method == "GET" then return end
  local operation = config.needs().operation
  local key, other = operation(method, path),
    operation(method, reach.with_slashes(path))
  grants:check_api(method, path, key)
  if other and other ~= key then grants:check_api(method, path, other) end
end

local READS <const> = { GET = true, HEAD = true, OPTIONS = true }

--- Raises an error unless the script may send the request to a server that is
--- not the API.
local function check_other(grants, url, request)
  local authority = reach.split(url)
  if not authority then
    grants:refuse(("send a request to '%s'"):format(tostring(url)), "net",
      "HOST")
  end
  if authority == reach.split(config.base_url) then
    grants:refuse(("send a request to '%s', which is not the base URL, or is "
      .. "spelled in another way"):format(url), "api", "write")
  end
  if not grants:allows_net(authority) then
    grants:refuse("send a request to " .. reach.told(url, authority), "net",
      authority)
  end
  if (request.redirects or 0) ~= 0 then
    grants:refuse_always "follow redirects of other servers"
  end
  request.redirects = 0
end

--- Raises an error unless the script may send the token to the server of a URL.
local function check_token(grants, token, url)
  local may, name = reach.may_send_token(grants, token, url)
  if may then return end
  local authority = reach.split(url)
  local what = ("send the token of %s to '%s'"):format(name, authority)
  if grants:allows_net(authority) then grants:check_token(what) end
  grants:refuse(what, "net", authority)
end

--- Copies a table of options, so that the script cannot change it after the
--- check.
local function own_copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for name, member in next, value do
    result[name] = type(member) == "table" and own_copy(member) or member
  end
  return result
end

--- Raises an error if the token of the run would leave in a body for a server
--- that is not the API.  Its rights are the user's, so no word allows this.
local function check_login(grants, each, url)
  local login, authority = config.token, reach.split(url)
  if login and login == each -- a secret with the same bytes is equal
    and authority ~= reach.split(config.base_url) then
    grants:refuse_always(("send the token of the run in a body to '%s'")
      :format(authority or "?"))
  end
end

--- Returns what is sent in a body in the place of a secret.  Whoever may read
--- the object that it becomes a part of could read it there, so the secret of
--- an answer needs the word `token`.  With that, a copy of it goes to this
--- request's origin alone.
local function to_send(grants, each, url, kept)
  check_token(grants, each, url)
  check_login(grants, each, url)
  if kept.known[each] then return each end
  grants:check_token(("send a secret in the body of a request to '%s'")
    :format(reach.split(url) or "?"))
  local answer = kept.answers[each]
  return answer and secret.new(answer, "secret of an answer"):bind(url) or each
end

--- Raises an error unless the script may send the secrets of the body.
local function check_secrets(grants, request, kept)
  local secrets = own_copy(request.secrets)
  request.secrets = secrets
  for word, each in next, type(secrets) == "table" and secrets or {} do
    secrets[word] = to_send(grants, each, request.url, kept)
  end
end

--- Returns true if a token is one of the API's: the run's, or one that an
--- answer showed.
local function is_of_api(kept, token)
  return reach.is_own(token) or token ~= nil and kept.own[token] == true
end

--- Raises an error unless the script may send the request.  What the script may
--- ask of a provider on the API's server, it may not do with the API's token.
local function check(grants, request, kept)
  local url = request.url
  local path = reach.path_below(url, config.base_url)
  local named = reach.named(url)
  local method = type(request.method) == "string" and request.method:upper()
    or "GET"
  local is_own = is_of_api(kept, request.token)
  if named and not (path and (is_own or #config.base_url >= #named)) then
    if is_own then grants:refuse_always "send the API's token to a provider" end
    path = nil
  elseif path then
    check_api(grants, method, path)
  else
    check_other(grants, url, request)
  end
  check_token(grants, request.token, url)
  if not READS[method] and (path or named or providers.of_url(url)) then
    shown.keep(url)
  end
end

--- Raises an error unless the script may read the files of the request.
local function check_files(grants, request)
  for _, name in ipairs { "client_cert", "client_key" } do
    local path = request[name]
    if path ~= nil then
      request[name] = files.text_of(path, "request", 1)
      grants:check("read", request[name])
    end
  end
end

--- Header fields that would make an answer unreadable for `without_tokens`:
--- packed, in another alphabet, or a part of it.  Those below, and those with
--- "override", name another method or path than the one that was checked.
local FORBIDDEN <const> = { ["accept-encoding"] = true, te = true,
  ["accept-charset"] = true, range = true, ["if-range"] = true,
  ["x-http-method"] = true, ["x-method"] = true, ["x-original-url"] = true,
  ["x-rewrite-url"] = true }

local function check_header(grants, name)
  name = type(name) == "string" and name:lower():gsub("_", "-") or ""
  if FORBIDDEN[name] or name:find("override", 1, true) then
    grants:refuse_always(("send the header field '%s'"):format(name))
  end
end

--- Raises an error unless the script may send the header fields.  A field is a
--- name with a value, or a list of both.
local function check_headers(grants, request)
  request.headers, request.query =
    own_copy(request.headers), own_copy(request.query)
  check_header(grants, request.token_as)
  if type(request.headers) ~= "table" then return end
  for name, value in next, request.headers do
    if type(value) == "table" then check_header(grants, value[1]) end
    check_header(grants, name)
  end
end

--- A JSON Web Token.
local JWT <const> = "eyJ[%w_-]+%.[%w_-]+%.[%w_-]*"

--- The member of an answer that the API calls a token, and the member with its
--- value.
local MEMBER <const> = ('"%s"'):format(config.provider().documents.token)
local TOKEN <const> = "(" .. MEMBER .. '%s*:%s*")([^"]+)'

--- Keeps the tokens of answers.
---@class mkrun.KeptTokens
---@field texts table<string, string>   word -> token
---@field bases table<string, string>   word -> URL to whose origin it belongs
---@field held userdata[]   secrets, so that redaction knows them
---@field known table<userdata, true>   secrets whose bytes the script knows
---@field answers table<userdata, string>   secret of an answer -> its text
---@field own table<userdata, true>   tokens of the API that answers showed

local function keep(kept, text, base)
  local word = "mkrun-secret-" .. sys.uuid()
  kept.texts[word], kept.bases[word] = text, base or config.base_url
  kept.held[#kept.held + 1] = secret.new(text, "token of an answer")
  return word
end

--- Replaces the tokens in a text: what looks like one, and what the API calls
--- one.
local function replaced(kept, text)
  if text:find("eyJ", 1, true) then
    text = text:gsub(JWT, function(token) return keep(kept, token) end)
  end
  if text:find(MEMBER, 1, true) then
    text = text:gsub(TOKEN, function(name, token)
      return not kept.texts[token] and name .. keep(kept, token) or nil
    end)
  end
  return text
end

--- Returns a copy of an answer, or of a part of it, with words in place of the
--- tokens.
local function without_tokens(kept, part)
  if type(part) == "string" then return replaced(kept, part) end
  if type(part) ~= "table" then return part end
  local result = {}
  for name, member in pairs(part) do
    if type(name) == "string" then name = replaced(kept, name) end
    result[name] = without_tokens(kept, member)
  end
  return setmetatable(result, debug.getmetatable(part))
end

--- Replaces the secrets that a provider declares in the body of its answer.
local function hide_declared(kept, request, response)
  local entry = providers.of_url(request.url)
  if not entry or entry.name == config.provider().name then return end
  response.body = require "mkrun.host.world.answer_secrets".replaced(entry,
    request, response.body, function(text)
      return kept.texts[text] and text or keep(kept, text, entry.base_url)
    end)
end

local METHODS <const> = { "get", "head", "post", "put", "patch", "delete" }

--- Makes the module.
---@param grants mkrun.Grants
---@param kept mkrun.KeptTokens
---@return table
function M.new(grants, kept)
  local http = require "mkrun.http"
  local own = { trust = http.trust }
  function own.request(options)
    files.not_in_finalizer "send a request"
    if type(options) ~= "table" then return http.request(options) end
    local request = {}
    for name, value in next, options do request[name] = value end
    check(grants, request, kept)
    check_files(grants, request)
    check_headers(grants, request)
    check_secrets(grants, request, kept)
    local response, message, code = http.request(request)
    if not response then return nil, replaced(kept, message), code end
    hide_declared(kept, request, response)
    return without_tokens(kept, response)
  end
  for _, name in ipairs(METHODS) do
    own[name] = function(url, options)
      if type(url) ~= "string"
        or options ~= nil and type(options) ~= "table" then
        return http[name](url, options) -- raises
      end
      local request = {}
      for key, value in next, options or {} do request[key] = value end
      if request.url ~= nil or request.method ~= nil then
        return http[name](url, options) -- raises
      end
      request.url, request.method = url, name:upper()
      return own.request(request)
    end
  end
  return own
end

return M
