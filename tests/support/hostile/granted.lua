-- A run that may read and write one folder, which holds the run's own files
-- and links to other places.
-- luacheck: globals try place gone

local config = require "mkrun.config"
local http, sys = require "mkrun.http", require "mkrun.sys"
local granted = place .. "/granted"

assert(http.put(config.base_url .. "/api/v1/org/teams/x", {
  token = config.token, json = { spec = { description = "x" } } }))
assert(io.open(granted .. "/mine", "w")):close() -- is allowed

-- Out of the folder

for name, path in pairs { ["a link"] = "/out", ["a link to a folder"] =
  "/folder/secret", ["a link to a link"] = "/out2", [".."] = "/../secret",
  ["a link and .."] = "/folder/other/../secret" } do
  try("read by " .. name, function() return gone(io.open(granted .. path)) end)
  try("sys.read by " .. name, function() return sys.read(granted .. path) end)
  try("secret.read by " .. name, function()
    return require "mkrun.secret".read(granted .. path)
  end)
  try("write by " .. name, function()
    return io.open(granted .. path, "a")
  end)
  try("sys.write by " .. name, function()
    return sys.write(granted .. path, "SECRET OF ANOTHER")
  end)
end
try("write by a link to nothing", function()
  return io.open(granted .. "/dangling", "w")
end)
try("sys.reserve by a link to nothing", function()
  return sys.reserve(granted .. "/dangling2", { overwrite = true })
end)
try("a link, moved", function()
  return os.rename(granted .. "/out3", granted .. "/out4")
    and gone(io.open(granted .. "/out4"))
end)
try("remove a link elsewhere", function()
  return os.remove(place .. "/into")
end)
try("replace a link elsewhere", function()
  return os.rename(granted .. "/mine", place .. "/into2")
end)
try("move a link elsewhere", function()
  return os.rename(place .. "/into3", granted .. "/x")
end)
try("move a file out", function()
  return os.rename(granted .. "/mine2", place .. "/x")
end)
try("move a file in", function()
  return os.rename(place .. "/a", granted .. "/a")
end)
try("move a folder in", function()
  return os.rename(place .. "/folder", granted .. "/folder3")
end)

-- The run's own files

for _, name in ipairs { "journal", "audit", "har", "world" } do
  local path = granted .. "/" .. name
  for _, mode in ipairs { "a", "r+" } do
    try(("io.open %s %s"):format(name, mode), function()
      return io.open(path, mode)
    end)
  end
  try("a link to " .. name, function()
    return io.open(granted .. "/to-" .. name, "a")
  end)
  try("lock of " .. name, function()
    return io.open(path .. ".lock", "a")
  end)
  try("sys.write " .. name, function()
    return sys.write(path, sys.read(path))
  end)
  try("rename of " .. name, function()
    return os.rename(path, path .. "2") and os.rename(path .. "2", path)
  end)
  try("rename onto " .. name, function()
    return os.rename(granted .. "/mine-" .. name, path)
  end)
  try("remove of " .. name, function() return os.remove(path) end)
end
try("rename of the folder", function()
  return os.rename(granted, granted .. "2")
    and os.rename(granted .. "2", granted)
end)

local own = place .. "/run/x.lua"

try("write the own script", function() return io.open(own, "a") end)
try("sys.write the own script", function()
  return sys.write(own, sys.read(own))
end)
try("rename the own script", function()
  return os.rename(own, own .. "2") and os.rename(own .. "2", own)
end)
try("rename onto the own script", function()
  return os.rename(place .. "/run/7", own)
end)

-- Tokens, which the grants do not give

try("secret:write in the folder", function()
  return config.token:write(granted .. "/stolen")
end)
try("slot:store in the folder", function()
  return sys.reserve(granted .. "/stolen2"):store(config.token)
end)
try("slot:store by another slot", function()
  local slot = sys.reserve(granted .. "/stolen3")
  return slot.store(slot, config.token)
end)
