-- Reaching the host: its C modules, its metatables, its functions.
-- luacheck: globals try place gone
-- luacheck: ignore 122 142

local config, http = require "mkrun.config", require "mkrun.http"
local json, sys, task = require "mkrun.json", require "mkrun.sys",
  require "mkrun.task"

local function get() return http.get(config.base_url .. "/api/ready") end

-- C and debug

for _, name in ipairs { "mkrun.backend", "mkrun.cage", "mkrun.task.core",
  "mkrun.host.confine", "mkrun.host.close_cage", "mkrun.host.grants",
  "mkrun.host.world", "mkrun.plan" } do
  try("require " .. name, function() return require(name) end)
end
try("a C module with a zero byte", function()
  return require "mkrun.backend\0x".use
end)
try("backend.use", function()
  return not require "mkrun.backend".use { ["sys.read"] = print }
end)
try("package.loaded", function() return package.loaded["mkrun.backend"] end)
try("package.loadlib", function() return package.loadlib end)
try("package.searchers", function()
  return package.searchers[2] "mkrun.backend"
end)
for _, name in ipairs { "getregistry", "getlocal", "getupvalue", "setupvalue",
  "upvaluejoin", "upvalueid", "sethook", "gethook", "setmetatable",
  "getmetatable", "getuservalue", "setlocal", "setcstacklimit" } do
  try("debug." .. name, function() return debug[name] end)
end
for _, what in ipairs { "f", "nSlutfrL" } do
  try("debug.getinfo of a level, " .. what, function()
    return debug.getinfo(1, what).func
  end)
  try("debug.getinfo of a coroutine, " .. what, function()
    local co = coroutine.create(function() coroutine.yield() end)
    coroutine.resume(co)
    return debug.getinfo(co, 1, what).func
  end)
end
try("bytecode", function()
  return load(string.dump(function() return 1 end), "x", "b")()
end)
try("bytecode with an environment", function()
  return load(string.dump(function() return 1 end), "x", "b", {})()
end)
try("bytecode in pieces", function()
  local text, i = string.dump(function() return 1 end), 0
  return load(function()
    i = i + 1
    return text:sub(i, i)
  end, "x", "b")()
end)

-- Metatables that all values of a type share

local response = http.get(config.base_url .. "/api/ready")
  or http.get(config.base_url .. "/api/v1/user/profile")
--- Unconfined, `debug` shows what is sealed.
local meta_of = debug.getmetatable or getmetatable

for name, value in pairs {
  ["a text"] = "", ["a file"] = io.stdout, null = json.null,
  ["an array"] = json.array {}, ["a decoded array"] = json.decode "[1]",
  ["an object"] = json.object {},
  ["a response"] = response, headers = response.headers,
  ["a task"] = task.spawn(function() end), once = task.once(),
  finally = sys.finally(print), ["null of cjson"] = require "cjson".null,
  ["a secret"] = config.token,
} do
  try("metatable of " .. name, function()
    local meta = meta_of(value)
    meta.__len = meta.__len
    return true
  end)
  if type(value) ~= "table" then goto continue end
  try("metatable of " .. name .. " replaced", function()
    local old = meta_of(value)
    return (debug.setmetatable or setmetatable)(value, old)
  end)
  ::continue::
end
for name, value in pairs { ["a task"] = task.spawn(function() end),
  once = task.once() } do
  try("methods of " .. name, function()
    return type(meta_of(value).__index) == "table"
  end)
  try("__index of " .. name, function() return value.__index end)
  try("__gc of " .. name, function() return value.__gc end)
end
try("cjson.array_mt", function() return require "cjson".array_mt end)
try("cjson.new().array_mt", function()
  return require "cjson".new().array_mt
end)
try("cjson.safe.new().array_mt", function()
  return require "cjson.safe".new().array_mt
end)
try("a response's __index", function()
  local seen
  local meta = meta_of(response)
  local old = meta.__index
  meta.__index = function(it, name)
    seen = rawget(it, "body")
    return old(it, name)
  end
  local _ = get().absent
  meta.__index = old
  return seen
end)

-- Functions that the host calls, too

try("string.gsub replaced", function()
  local seen
  local gsub <const> = string.gsub
  getmetatable "".__index.gsub = function(...)
    seen = true
    return gsub(...)
  end
  get()
  getmetatable "".__index.gsub = gsub
  return seen
end)
for _, place_of in ipairs { { "string", "find" }, { "string", "match" },
  { "string", "gsub" }, { "math", "min" } } do
  local library, name = place_of[1], place_of[2]
  try(library .. "." .. name .. " replaced", function()
    local old, seen = _G[library][name], false
    _G[library][name] = function(...)
      seen = true
      return old(...)
    end
    task.map({ 1, 2 }, function() return get() end)
    require "mkrun.clock".difference()
    require "mkrun.host.sources".note("file", "x", "/x")
    _G[library][name] = old
    return seen
  end)
end
for _, name in ipairs { "ipairs", "pairs", "type" } do
  try(name .. " replaced", function()
    local old, seen = _G[name], false
    _G[name] = function(...)
      seen = true
      return old(...)
    end
    task.map({ 1, 2 }, function() end, {})
    get()
    _G[name] = old
    return seen
  end)
end
try("a method of once replaced", function()
  local seen
  local methods = meta_of(task.once()).__index
  methods.get = function() seen = true end
  task.once():get()
  return seen
end)
