--- Small REST servers as transports, for specs of declared providers: a broker
--- whose items are made by PUT, and a name server whose items are made by POST
--- and changed by PATCH.

local json = require "mkrun.json"
local patch = require "mkrun.patch"
local secret = require "mkrun.secret"

local M = {}

local function answer(status, document)
  return { status = status, headers = { ["content-type"] =
    "application/json" }, body = document ~= nil
      and assert(json.encode(document)) or "", attempts = 1 }
end

local function not_found()
  return answer(404, { error = "Object Not Found", reason = "Not Found" })
end

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

local function parts_of(path)
  local parts = {}
  for part in path:gmatch "[^/]+" do parts[#parts + 1] = unescape(part) end
  return parts
end

--- Returns the body as the server gets it.
local function body_of(request)
  if request.body then return json.decode(request.body) end
  local function plain(item)
    if secret.is(item) then return "(a secret)" end
    if type(item) ~= "table" then return item end
    local copy = json.is_array(item) and json.array {} or json.object {}
    for name, member in pairs(item) do copy[name] = plain(member) end
    return copy
  end
  return request.json ~= nil and plain(request.json) or nil
end

--- Makes a transport that notes what it saw, and answers by `handle(method,
--- parts, body, request)`.
---@param base string
---@param handle function
---@return {request: function, seen: table[], writes: function}
local function transport(base, handle)
  local world = { seen = {}, faults = {} }
  function world.request(request)
    local url = request.url:match "^[^?#]*"
    assert(url:sub(1, #base) == base, url)
    local body = body_of(request)
    world.seen[#world.seen + 1] = { method = request.method,
      path = url:sub(#base + 1), body = body, request = request,
      query = request.query }
    local fault = world.faults[#world.seen]
      or world.faults[request.method .. " " .. url:sub(#base + 1)]
    if fault == "before" then return nil, "no answer", "closed" end
    if fault == "nothing" then return answer(204) end
    local response = handle(request.method, parts_of(url:sub(#base + 1)),
      body, request)
    if fault == "after" then
      world.faults[request.method .. " " .. url:sub(#base + 1)] = nil
      return nil, "no answer", "closed"
    end
    return type(fault) == "table" and fault or response
  end
  --- Returns "METHOD PATH" of each request that is no read.
  function world.writes()
    local list = {}
    for _, seen in ipairs(world.seen) do
      if seen.method ~= "GET" then
        list[#list + 1] = seen.method .. " " .. seen.path
      end
    end
    return list
  end
  --- Returns the number of reads.
  function world.reads() return #world.seen - #world.writes() end
  return world
end

local function list_of(items)
  local list = json.array {}
  for _, item in pairs(items) do list[#list + 1] = item end
  table.sort(list, function(a, b)
    return tostring(a.name or a.id) < tostring(b.name or b.id)
  end)
  return list
end

local function below(items, prefix)
  local found = {}
  for key, item in pairs(items) do
    if key:sub(1, #prefix) == prefix then found[key] = item end
  end
  return found
end

--- Makes a broker: /KIND/NAME or /KIND/VHOST/NAME.
---@param base string
function M.broker(base)
  local world
  local function put(store, key, kind, names, body)
    local is_new = store[key] == nil
    local item = patch.copy(body)
    item.name, item.state = names[#names], "running"
    if names[2] then item.vhost = names[1] end
    if kind == "users" then
      item.password, item.password_hash, item.hashing = nil, "hash of it", "x"
    end
    store[key] = item
    return answer(is_new and 201 or 204)
  end
  world = transport(base, function(method, parts, body)
    local kind = table.remove(parts, 1)
    local depth = math.min(kind == "queues" and 2 or 1, #parts)
    local store = world.state[kind] or {}
    local key = table.concat(parts, "\0", 1, depth)
    world.state[kind] = store
    if kind == "overview" then return answer(200, { version = "1" }) end
    local is_list = not parts[kind == "queues" and 2 or 1]
    if is_list and method == "GET" then
      local prefix = parts[1] and parts[1] .. "\0" or ""
      return answer(200, list_of(below(store, prefix)))
    elseif method == "PUT" then
      return put(store, key, kind, parts, body)
    elseif not store[key] then
      return not_found()
    elseif method == "DELETE" then
      if parts[3] then return answer(204) end
      store[key] = nil
      return answer(204)
    end
    return answer(200, store[key])
  end)
  world.state = {}
  return world
end

local function change_rrsets(zone, changes)
  for _, change in ipairs(changes) do
    local kept = json.array {}
    for _, set in ipairs(zone.rrsets) do
      if set.name ~= change.name or set.type ~= change.type then
        kept[#kept + 1] = set
      end
    end
    if change.changetype == "REPLACE" then
      local item = patch.copy(change)
      item.changetype, item.comments = nil, json.array {}
      kept[#kept + 1] = item
    end
    zone.rrsets = kept
  end
end

--- Makes a name server: zones with record sets, and hosts.
---@param base string
function M.names(base)
  local world
  local function zones(method, id, body)
    local store = world.state.zones
    if not id and method == "GET" then return answer(200, list_of(store)) end
    if not id then
      if store[body.name] then return answer(409, { error = "Conflict" }) end
      local zone = patch.copy(body)
      zone.id, zone.rrsets = body.name, json.array {}
      store[body.name] = zone
      return answer(201, zone)
    elseif not store[id] then
      return answer(404, { error = "no such zone" })
    elseif method == "GET" then
      return answer(200, store[id])
    elseif method == "DELETE" then
      store[id] = nil
    elseif method == "PUT" then
      store[id] = patch.merge(store[id], body)
    else
      change_rrsets(store[id], body.rrsets)
    end
    return answer(204)
  end
  local function hosts(method, id, body)
    local store = world.state.hosts
    if not id and method == "GET" then
      return answer(200, { data = { items = list_of(store) } })
    elseif not id then
      world.last = world.last + 1
      local host = patch.copy(body)
      host.id = tostring(world.last)
      host.uuid = host.id
      store[host.id] = host
      return answer(201, host)
    elseif not store[id] then
      return answer(404, { error = "no such host" })
    elseif method == "PATCH" then
      store[id] = assert(patch.apply(store[id], body))
    elseif method == "DELETE" then
      store[id] = nil
      return answer(204)
    end
    return answer(200, store[id])
  end
  world = transport(base, function(method, parts, body)
    if parts[1] == "hosts" then return hosts(method, parts[2], body) end
    return zones(method, parts[4], body)
  end)
  world.state, world.last = { zones = {}, hosts = {} }, 0
  return world
end

M.answer, M.transport = answer, transport

return M
