--- A real server with a proxy before it, and mkrun run on it.
---
---   local world = world.of "rabbitmq"
---   world:run(folder, "flow.lua")         the release binary, in a folder
---   world:requests()                      what it sent since the last call
---   world.server:state()

local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local socket = require "socket"
local temp = require "tests.support.temp"

---@class tests.ServerWorld
---@field server tests.RealServer
---@field proxy tests.Process
---@field port integer     of the proxy
---@field options string[] that name the server and the file of its token
---@field env? table<string, string>
local World = {}
World.__index = World
World.__name = "tests.ServerWorld"

local M = {}

local worlds = {}

local function start_proxy(server)
  local child = process.spawn { "build/debug/mkrun",
    "tests/servers/proxy.lua", server.port }
  local port = process.wait_until("the proxy", function()
    local out, err = child:output()
    if not child:alive() then error("proxy.lua ended: " .. err) end
    return out:match "port (%d+)\n"
  end)
  return child, math.tointeger(tonumber(port))
end

--- Writes a file that only this user can read.
---@param text string
---@return string path
function M.private(text)
  local path = temp.file(text .. "\n", "token")
  shell.execute("chmod 600 " .. shell.quote(path))
  return path
end

--- Returns why there is no such server, or nil.
---@param name string
---@return string?
function M.lacks(name) return require("tests.servers." .. name).lacks() end

--- Starts a server once, and returns its world.
---@param name string   "rabbitmq"
---@return tests.ServerWorld
function M.of(name)
  if worlds[name] then return worlds[name] end
  local server = require("tests.servers." .. name).start()
  local proxy, port = start_proxy(server)
  local url = ("http://127.0.0.1:%d%s"):format(port, server.kind.path)
  worlds[name] = setmetatable({ server = server, proxy = proxy, port = port,
    url = url, options = {
      "--token-file", ("%s=%s"):format(name, M.private(server.token)),
      "--base-url", ("%s=%s"):format(name, url),
    } }, World)
  return worlds[name]
end

local EXAMPLES <const> = { "rabbitmq.lua", "powerdns.lua",
  "project-with-queue.lua" }

local shown = {}

--- Returns an example as `--show` prints it.
local function example(name)
  shown[name] = shown[name]
    or release.run({ "--show", "examples/" .. name }).out
  return shown[name]
end

--- Makes a folder with the examples, and with other files.
---@param files table<string, string>   name -> text
---@return string folder
function M.folder(files)
  local folder = temp.folder()
  for _, name in ipairs(EXAMPLES) do
    temp.write(folder .. "/" .. name, example(name))
  end
  for name, text in pairs(files) do temp.write(folder .. "/" .. name, text) end
  return folder
end

--- Runs mkrun in a folder, where its process id is in the file "pid".
---@param folder string
---@param ... string
---@return tests.Outcome
function World:run(folder, ...)
  local words = { "sh", "-c", 'echo $$ >pid; exec "$@"', "sh", release.path,
    table.unpack(self.options) }
  table.move({ ... }, 1, select("#", ...), #words + 1, words)
  local env = {}
  for _, name in ipairs { "RABBITMQ", "POWERDNS" } do -- none of the caller's
    env["MKRUN_TOKEN_" .. name], env["MKRUN_BASE_URL_" .. name] = false, false
  end
  for name, value in pairs(self.env or {}) do env[name] = value end
  return process.run(words, { cwd = folder, env = env })
end

--- Runs mkrun, which has to end with this code.
---@param code integer
---@param folder string
---@param ... string
---@return tests.Outcome
function World:ends(code, folder, ...)
  local outcome = self:run(folder, ...)
  if outcome.code ~= code then
    error(("%s ended with %d: %s%s"):format(table.concat({ ... }, " "),
      outcome.code, outcome.out, outcome.err), 2)
  end
  return outcome
end

local function ask_proxy(self, method, path, body)
  local connection = assert(socket.connect("127.0.0.1", self.port))
  local text = body and json.encode(body) or ""
  connection:send(("%s %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n%s")
    :format(method, path, #text, text))
  local answer = assert(connection:receive "*a")
  connection:close()
  return assert(json.decode(answer:match "\r\n\r\n(.*)$"))
end

--- Disturbs the n-th write from now: kills the program in a folder "before" or
--- "after" the write takes effect, or ("cut") sends it no answer.
---@param moment "before"|"after"|"cut"
---@param n integer
---@param folder string
function World:disturb(moment, n, folder)
  ask_proxy(self, "POST", "/.proxy/disturb",
    { moment = moment, write = n, pid = folder .. "/pid" })
end

--- Looks for texts in the command lines of all processes from now on.
---@param texts string[]
function World:watch(texts)
  ask_proxy(self, "POST", "/.proxy/watch", { texts = json.array(texts) })
end

--- Returns the requests since the last call, and the command lines that had a
--- text which is watched.
---@return {method: string, path: string, status: integer?}[]
---@return string[]
function World:requests()
  local all = ask_proxy(self, "GET", "/.proxy/requests")
  return all.requests, all.seen
end

--- Returns the writes since the last call, as "PUT /api/vhosts/news".
---@return string[]
function World:writes()
  local found = {}
  for _, request in ipairs((self:requests())) do
    if request.method ~= "GET" then
      found[#found + 1] = request.method .. " " .. request.path
    end
  end
  return found
end

return M
