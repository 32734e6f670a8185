--- Runs inside mkrun on the sandbox, by LUA_INIT: what was just created is
--- unknown for a while, as behind a cache.
---
--- YOUNG is a number.  Each project and team that a PUT creates is missing from
--- so many reads that would show it: a read of it is a 404, and a list leaves
--- it out, as the list of scopes leaves out those of a project.  Until then a
--- write that names it is refused with 404, or 400 if its body has the name.

local json = require "mkrun.json"
local sandbox = require "mkio.sandbox"

local READS <const> = assert(tonumber(os.getenv "YOUNG"))

local left = {} -- name -> reads that do not show it yet
local names_of = {} -- name or id of what was made -> its name

local function path_of(request)
  return request.url:match "^%a+://[^/]+([^?]*)" or ""
end

--- The name of the project or team that a path is of or below.
local function owner_of(path)
  return path:match "/organization/teams/([^/]+)"
    or path:match "/projects/([^/]+)"
end

local function refusal(status)
  return { status = status, headers = {},
    body = assert(json.encode { error = { code = "unknown",
      detail = "unknown" }, status = status, ref = "young" }) }
end

local function is_young(name) return name ~= nil and (left[name] or 0) > 0 end

--- Tells whether a body names something young.
local function names_young(request)
  local text = request.json and json.encode(request.json) or ""
  for word, name in pairs(names_of) do
    if is_young(name) and text:find('"' .. word .. '"', 1, true) then
      return true
    end
  end
  return false
end

local function count_down(name)
  if is_young(name) then left[name] = left[name] - 1 end
end

--- Leaves out of a list what is young.
local function shorten(response)
  local document = json.decode(response.body or "")
  local items = type(document) == "table" and document.value
  if type(items) ~= "table" then return end
  local kept, hidden = json.array {}, {}
  for _, item in ipairs(items) do
    local name = (item.metadata or {}).name
    local owner = name and (is_young(name) and name or name:match "^(.*)Scope$")
    if is_young(owner) then hidden[owner] = true
    else kept[#kept + 1] = item end
  end
  for name in pairs(hidden) do count_down(name) end
  document.value = kept
  response.body = assert(json.encode(document))
end

local function note_made(path, response)
  local name = path:match "/organization/teams/([^/]+)$"
    or path:match "/projects/([^/]+)$"
  if not name or response.status ~= 201 then return end
  left[name], names_of[name] = READS, name
  local id = json.decode(response.body).metadata.id
  if id then names_of[id] = name end
end

local function refused(request, method, path)
  local owner = owner_of(path)
  if is_young(owner) then
    if method == "GET" then count_down(owner) end
    return refusal(404)
  end
  return method ~= "GET" and names_young(request) and refusal(400) or nil
end

local function behind(transport)
  return function(request)
    local method, path = request.method or "GET", path_of(request)
    local answer = refused(request, method, path)
    if answer then return answer end
    local response, message, code = transport(request)
    if not response then return nil, message, code end
    if method == "GET" then shorten(response) end
    if method == "PUT" then note_made(path, response) end
    return response
  end
end

local open = sandbox.open
function sandbox.open(config)
  local transport, clock = open(config)
  return behind(transport), clock
end
