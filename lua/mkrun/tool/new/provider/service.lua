--- Reads what a document says of the whole service: its address, and how the
--- token is sent.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.tool.new.provider.document"

local M = {}

local MOST_SERVERS <const> = 50

--- Fills the variables of a server's URL with their defaults.
local function filled(server)
  local variables = document.object(server.variables)
  return (server.url:gsub("{([^{}]*)}", function(name)
    local value = document.object(variables[name]).default
    return type(value) == "string" and value or nil
  end))
end

local function is_base(url)
  local host = url:match "^https?://([^/?#%s]+)[^?#%s]*$"
  return host ~= nil and #url <= 200 and not url:find '[{}@%c"\\]'
end

--- Returns the address of the service, and what the document leaves open.
---@param root table
---@return string url
---@return string? mark
function M.base_url(root)
  local servers = document.array(root.servers)
  local server = document.object(servers[1])
  local url = document.text(server.url) and filled(server) or "/"
  url = url:gsub("/+$", "")
  if not is_base(url) then
    local path = url:find "^/[%w%-._~/]*$" and url or ""
    return "https://api.example" .. path,
      "the document names no whole address of the service"
  elseif #servers > 1 then
    return url, ("the first of %d addresses; the others are in 'servers' of "
      .. "the document"):format(math.min(#servers, MOST_SERVERS))
  elseif server.variables ~= nil then
    return url, "with the defaults of the server's variables"
  end
  return url
end

local function header_auth(scheme)
  local name = document.text(scheme.name) or ""
  if not name:find "^%a[%w!#$%%&'*+.^_`|~-]*$" or #name > 80 then
    return "bearer", "the header field of the key has no usable name"
  elseif name:lower() == "authorization" then
    return "bearer", "the document says only: in the field Authorization"
  end
  -- In lower case it would be taken for a word such as "basic".
  return name:find "[%u-]" and name or name:gsub("^%l", string.upper)
end

local HTTP <const> = { bearer = "bearer", basic = "basic" }

local function auth_of(scheme)
  local kind = scheme.type
  if kind == "http" then
    local word = HTTP[tostring(scheme.scheme):lower()]
    return word or "bearer", not word
      and "the document has another scheme of HTTP, which is not there" or nil
  elseif kind == "apiKey" and scheme["in"] == "header" then
    return header_auth(scheme)
  elseif kind == "oauth2" or kind == "openIdConnect" then
    return "bearer", "the document says OAuth: get a token elsewhere"
  end
  return "none", "the document has the key in a query or a cookie, where a "
    .. "token is not sent"
end

--- Returns the names of the schemes that operations ask for, in their order.
local function wanted(root, operations)
  local names, seen = {}, {}
  local function add(list)
    for i, requirement in ipairs(document.array(list)) do
      if i > MOST_SERVERS then break end
      for _, name in ipairs(document.names(requirement, MOST_SERVERS)) do
        if not seen[name] then names[#names + 1], seen[name] = name, true end
      end
    end
  end
  add(root.security)
  for _, operation in ipairs(operations) do add(operation.node.security) end
  return names
end

local RANK <const> = { http = 1, apiKey = 2 }

--- Returns how the token is sent, and what the document leaves open.
---@param root table
---@param operations mkrun.new.Operation[]
---@return string auth   "bearer", "basic", "none", or a header field's name
---@return string? mark
function M.auth(root, operations)
  local components = document.object(root.components)
  local schemes = document.object(components.securitySchemes)
  local names = wanted(root, operations)
  local best, rank
  for _, name in ipairs(names) do
    local scheme = document.resolve(root, schemes[name])
    local own = RANK[scheme.type] or 3
    if scheme.type and (not rank or own < rank) then
      best, rank = scheme, own
    end
  end
  if not best then
    return "none", "no operation asks for a token; \"bearer\", \"basic\" or a "
      .. "header field's name if one does"
  end
  local auth, mark = auth_of(best)
  if not mark and #names > 1 then mark = "the document has other ways, too" end
  return auth, mark
end

--- Returns true if an operation says that it needs no token.
---@param operation mkrun.new.Operation
---@return boolean
function M.is_open(operation)
  local list = operation.node.security
  return type(list) == "table" and #list == 0 and next(list) == nil
end

return M
