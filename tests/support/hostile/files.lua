-- Reading and writing files, commands and variables.
-- luacheck: globals try place gone

local config, sys = require "mkrun.config", require "mkrun.sys"
local secret = require "mkrun.secret"
local file, open = place .. "/secret", io.open

-- Reading

try("io.open", function() return gone(open(file)) end)
try("io.open r+", function() return gone(open(file, "r+")) end)
try("io.open a+", function()
  local f = open(file, "a+")
  f:seek "set"
  return gone(f)
end)
try("io.lines", function() return io.lines(file)() end)
try("io.input", function()
  local before = io.input()
  io.input(file)
  local text = io.read "a"
  io.input(before)
  return #text > 0
end)
try("loadfile", function() return loadfile(place .. "/module.lua") () end)
try("dofile", function() return dofile(place .. "/module.lua") end)
try("require by package.path", function()
  package.path = place .. "/?.lua"
  return require "module".text
end)
try("require by searchers", function()
  table.insert(package.searchers, 1, function(name)
    return loadfile(place .. "/" .. name .. ".lua")
  end)
  return require "data".text
end)
try("package.searchpath", function()
  return package.searchpath("module", place .. "/?.lua")
end)
try("loadfile by chunk reader", function()
  return load(open(place .. "/module.lua"):lines(1))().text
end)
for _, name in ipairs { "read", "read_trusted" } do
  try("sys." .. name, function() return sys[name](file) end)
end
try("sys.real_path", function() return sys.real_path(place .. "/link") end)
try("sys.is_special", function() return not sys.is_special(file) end)
try("secret.read", function() return secret.read(file, "x") end)
try("input.read", function()
  return require "mkrun.host.input".read(file)
end)
try("script.read_json", function()
  return require "mkrun.script".read_json(place .. "/json").secret
end)
try("a link", function() return gone(open(place .. "/link")) end)
try("..", function()
  return gone(open(place .. "/folder/.././secret"))
end)
try("slashes", function() return gone(open((file:gsub("/", "///")))) end)
try("/proc/self/root", function()
  return gone(open("/proc/self/root" .. file))
end)
try("/proc/self/cwd", function()
  return gone(open("/proc/self/cwd/../secret"))
end)
try("/proc/thread-self/root", function()
  return gone(open("/proc/thread-self/root" .. file))
end)
try("/dev/fd", function()
  for i = 3, 9 do
    local f = open("/dev/fd/" .. i)
    if f and f:read(1) then return true end
  end
end)
try("/dev/stdin", function() return open "/dev/stdin" end)
try("a number as path", function() return open(7):read "a" end)
try("memory", function()
  local mem = assert(open("/proc/self/mem", "rb"))
  for line in open "/proc/self/maps":lines() do
    local from, to = line:match "^(%x+)%-(%x+) rw"
    -- piece by piece: a large buffer would move what is looked for
    for at = tonumber(from or "1", 16), tonumber(to or "0", 16), 2048 do
      local text = mem:seek("set", at) and mem:read(4096)
      if text and text:find(("CANARY"):rep(3), 1, true) then return true end
    end
  end
end)
for _, name in ipairs { "maps", "environ", "cmdline", "stat", "auxv" } do
  try("/proc/self/" .. name, function()
    return open("/proc/self/" .. name):read "a"
  end)
end
try("/proc/PID", function()
  return open(("/proc/%d/environ"):format(sys.getpid())):read "a"
end)

-- Writing

for _, mode in ipairs { "w", "a", "r+", "w+", "a+b" } do
  try("io.open " .. mode, function()
    local f = open(place .. "/data.lua", mode)
    return f:write " " and f:close()
  end)
end
try("io.output", function()
  local before <const> = io.output()
  io.output(place .. "/new")
  io.write "x"
  return io.output():close() and io.output(before)
end)
try("write through a link to nothing", function()
  return open(place .. "/dangling", "w")
end)
try("sys.write", function() return sys.write(place .. "/new", "x") end)
try("sys.check_place", function()
  return sys.check_place(place .. "/newer")
end)
try("sys.make_folder", function()
  return sys.make_folder(place .. "/" .. sys.uuid())
end)
try("sys.reserve", function()
  return sys.reserve(place .. "/reserved"):store "x"
end)
try("sys.lock", function() return sys.lock(place .. "/locked") end)
try("sys.log", function() return sys.log(place .. "/logged", "fresh") end)
try("os.rename", function()
  return os.rename(place .. "/a", place .. "/b")
end)
try("os.remove", function() return os.remove(place .. "/victim") end)
try("os.remove of a link", function() return os.remove(place .. "/link2") end)
try("os.tmpname", function() return os.remove(os.tmpname()) end)
try("io.tmpfile", function() return io.tmpfile() end)
try("secret:write", function()
  config.token:write(place .. "/stolen")
  return open(place .. "/stolen"):read "a":find "CANARY"
end)
try("secret.write of another secret", function()
  local write = secret.new("something", "x").write
  return write(config.token, place .. "/stolen2")
end)
try("slot:store of a secret", function()
  return sys.reserve(place .. "/stolen3"):store(config.token)
end)

-- Commands and variables

try("os.execute", function() return os.execute "true" end)
try("os.execute without a command", function() return os.execute() end)
try("io.popen r", function() return io.popen "echo x":read "a" end)
try("io.popen w", function() return io.popen("cat", "w"):close() end)
try("secret:pipe", function()
  return config.token:pipe("cat > " .. place .. "/piped")
end)
try("command.fault", function()
  return not require "mkrun.host.command".fault "true"
end)
try("os.getenv", function() return os.getenv "HOME" end)
try("os.getenv of the token", function() return os.getenv "MKIO_TOKEN" end)
try("script.env", function() return require "mkrun.script".env("HOME", "") end)
try("os.setlocale", function() return os.setlocale("C", "collate") end)

-- Later: the finalizer runs when the state closes, and says so only then

setmetatable({}, { __gc = function()
  try("a finalizer", function() return gone(open(file)) end)
  try("a finalizer, secret", function()
    return config.token:write(place .. "/stolen4")
  end)
end })
do
  local _ <close> = setmetatable({}, { __close = function()
    try("__close", function() return gone(open(file)) end)
  end })
end
coroutine.wrap(function()
  try("a coroutine", function() return gone(open(file)) end)
end)()
require "mkrun.task".spawn(function()
  try("a task", function() return gone(open(file)) end)
end):wait()
