--- A small REST server in memory that answers as the two providers of
--- `declared_providers` expect: documents by PUT, things with ids of the
--- server's by POST, merge patches, JSON Patches, and items inside documents.

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local M = {}

---@class tests.RestStore
---@field documents table<string, table>   path -> document
---@field requests string[]    "PUT /api/vhosts/news"
---@field last integer         the last id
local World = {}
World.__index = World

--- The paths whose POST makes something, and the member with its id.
local MAKES <const> = { ["/api/v1/servers/localhost/zones"] = "id",
  ["/api/v1/hosts"] = "uuid" }

--- Members that answers never show, or show in another form.
local function stored(path, body)
  if path:find "^/api/users/" then
    return { name = path:match "[^/]+$", tags = body.tags,
      password_hash = "hash of " .. tostring(body.password) }
  end
  body.name = body.name or path:match "[^/]+$"
  return body
end

local function put(self, path, body)
  local have = self.documents[path]
  if path:find "/zones/" and not path:find "/api/vhosts" then -- a merge
    if not have then return 404 end
    self.documents[path] = patch.merge(have, body)
    return 204
  end
  self.documents[path] = stored(path, body)
  return have and 204 or 201
end

local function post(self, path, body)
  local member = MAKES[path]
  if not member then return 404 end
  self.last = self.last + 1
  local id = ("id%d"):format(self.last)
  body[member] = id
  self.documents[path .. "/" .. id] = body
  return 201, body
end

local function is_item(item, other)
  return item.name == other.name and item.type == other.type
end

local function patch_items(zone, items)
  zone.rrsets = zone.rrsets or json.array {}
  for _, item in ipairs(items) do
    for i = #zone.rrsets, 1, -1 do
      if is_item(zone.rrsets[i], item) then table.remove(zone.rrsets, i) end
    end
    local change = item.changetype
    item.changetype = nil
    if change == "REPLACE" then table.insert(zone.rrsets, item) end
  end
end

local function change(self, path, body)
  local have = self.documents[path]
  if not have then return 404 end
  if json.is_array(body) then
    local after = patch.apply(have, body)
    if not after then return 409 end
    self.documents[path] = after
    return 200, after
  end
  if not body.rrsets then
    self.documents[path] = patch.merge(have, body)
    return 200, self.documents[path]
  end
  patch_items(have, body.rrsets)
  return 204
end

local function list(self, path)
  local found, names = json.array {}, {}
  for name in pairs(self.documents) do
    local inner = name:sub(1, #path + 1) == path .. "/"
    if inner and not name:find("/", #path + 2, true) then
      names[#names + 1] = name
    end
  end
  table.sort(names)
  for i, name in ipairs(names) do found[i] = self.documents[name] end
  return found
end

local LISTS <const> = { ["/api/vhosts"] = true, ["/api/users"] = true,
  ["/api/v1/servers/localhost/zones"] = true, ["/api/v1/hosts"] = true }

local function get(self, path)
  if self.documents[path] then return 200, self.documents[path] end
  if not LISTS[path] and not path:find "^/api/queues/[^/]+$" then
    return 404, { error = "not found" }
  end
  local items = list(self, path)
  if path == "/api/v1/hosts" then items = { data = { items = items } } end
  return 200, items
end

local function delete(self, path)
  local status = self.documents[path] and 204 or 404
  self.documents[path] = nil
  return status
end

local ACTS <const> = { GET = get, PUT = put, POST = post, PATCH = change,
  DELETE = delete }

--- Answers a request.
---@param method string
---@param path string    from the root of the server
---@param text? string   the body
---@return integer status
---@return string body
function World:answer(method, path, text)
  path = path:match "^[^?#]*"
  self.requests[#self.requests + 1] = method .. " " .. path
  local body = text and text ~= "" and json.decode(text) or json.object {}
  local status, document = ACTS[method](self, path, body)
  return status, document and json.encode(document) or ""
end

--- Returns a transport that answers from this server.
---@return fun(request: table): table?, string?, string?
function World:transport()
  return function(request)
    local text = request.body
    if request.json ~= nil then text = json.encode(request.json) end
    local status, body = self:answer((request.method or "GET"):upper(),
      request.url:match "^%a+://[^/]*(.*)$", text)
    return { status = status, body = body,
      headers = { ["content-type"] = "application/json" } }
  end
end

--- Returns the documents, without what two equal runs may have different.
---@return table
function World:state() return json.decode(json.encode(self.documents)) end

--- Lists the writes so far.
---@return string[]
function World:writes()
  local found = {}
  for _, request in ipairs(self.requests) do
    if not request:find "^GET " then found[#found + 1] = request end
  end
  return found
end

--- Makes a server.
---@param documents? table<string, table>
---@return tests.RestStore
function M.new(documents)
  return setmetatable({ documents = documents or {}, requests = {}, last = 0 },
    World)
end

return M
