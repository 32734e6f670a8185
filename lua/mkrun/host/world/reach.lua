--- Says to which servers beside the API a confined script may send requests:
--- those of `net:HOST`, and the providers whose base URL the user named.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local M = {}

local PORTS <const> = { http = "80", https = "443" }

--- Splits a URL into "host:port" and the path.  Returns nil for a URL that two
--- parsers could read in two ways.
---@param url any
---@return string? authority  in lower case
---@return string? path
---@return string? scheme
function M.split(url)
  if type(url) ~= "string" or url:find "[^!-~]" then return nil end
  local scheme, authority, path = url:match "^(%a+)://([%w.:%-%[%]]+)(.*)$"
  if not scheme or path:find "\\" or not path:find "^[/?#]" and path ~= "" then
    return nil
  end
  scheme = scheme:lower()
  if not authority:find ":%d+$" then
    authority = authority .. ":" .. (PORTS[scheme] or "")
  end
  return authority:lower(), path:match "^[^?#]*", scheme
end

--- Returns the path as a server could read it that decodes slashes too early.
---@param path string
---@return string
function M.with_slashes(path)
  return (path:gsub("%%2[fF]", "/"):gsub("%%5[cC]", "/"))
end

--- Returns true if a server, or libcurl, could leave out parts of the path:
--- "/a/%2e%2E/b" is "/b".
local function is_ambiguous(path)
  local text = M.with_slashes(path):gsub("%%2[eE]", ".")
  for part in text:gmatch "[^/]+" do
    if part:find "^%.%.?$" or part:find "^%.%.?;" then return true end
  end
  return false
end

--- Returns the path below a base URL, or nil if the URL leads elsewhere.
--- Layers compare URLs with the base URL, so its spelling must be the same.
---@param url any
---@param base string
---@return string?
function M.path_below(url, base)
  base = base:gsub("/+$", "")
  if not M.split(url) or url:sub(1, #base) ~= base then return nil end
  local path = url:sub(#base + 1):match "^[^?#]*"
  if path ~= "" and path:sub(1, 1) ~= "/" or is_ambiguous(path) then
    return nil
  end
  return path
end

--- Returns the longest base URL that the user named for a provider and that the
--- URL lies below.  Somebody else's script may use none of them by itself.
---@param url any
---@return string? base
function M.named(url)
  local found
  for _, base in pairs(config.script.doubt and {} or config.base_urls) do
    if M.path_below(url, base) and (not found or #base > #found) then
      found = base
    end
  end
  return found
end

--- Providers that the script has declared and may not send requests to: base
--- URL -> name.
local beyond = {}

--- Notes such a provider, for `told`.
---@param base_url string
---@param name string
function M.note_beyond(base_url, name) beyond[base_url] = name end

--- Returns a server for the message that a request to it is not allowed.
---@param url string
---@param authority string
---@return string   "'host:80', the base URL of mq (--base-url mq=URL names it)"
function M.told(url, authority)
  local told = ("'%s'"):format(authority)
  for base, name in pairs(config.script.doubt and {} or beyond) do
    if M.path_below(url, base) then
      -- A misspelled option may be why nobody named it.
      if config.named then require "mkrun.layer.named".check() end
      return ("%s, the base URL of %s that nobody named (--base-url %s=%s)")
        :format(told, name, name, base)
    end
  end
  return told
end

--- Returns true if the script may send requests to a provider's base URL.
---@param grants mkrun.Grants
---@param base_url string
---@return boolean
function M.covers(grants, base_url)
  local authority = M.split(base_url)
  return M.named(base_url) ~= nil
    or authority ~= nil and grants:allows_net(authority)
end

--- Returns the name of the provider whose token this is, or nil.
local function owner_of(token)
  for name, other in pairs(config.tokens) do
    if rawequal(token, other) then return name end
  end
end

--- Returns true if a token is the run's own, which is for the API alone.
---@param token any
---@return boolean
function M.is_own(token)
  return token ~= nil and (rawequal(token, config.token)
    or rawequal(token, config.login))
end

--- Returns true if the script may send the token to the server of a URL: to the
--- base URL that the user named for the token's provider, or with the word
--- `token`, where net:HOST says.  The first server that it goes to is then its
--- only one.  If it may not, also returns the name of the provider.
---@param grants mkrun.Grants
---@param token any
---@param url string
---@return boolean
---@return string? name
function M.may_send_token(grants, token, url)
  local name, authority = owner_of(token), M.split(url)
  local base = config.base_urls[name]
  local may_reach = authority ~= nil and grants.token
    and grants:allows_net(authority)
  if not name or not base and not may_reach then return not name, name end
  pcall(token.bind, token, base or url) -- and C looks at the origin
  return true
end

return M
