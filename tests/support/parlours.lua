--- A folder with a provider of the small REST API (rest_server.lua), and runs
--- of scripts that use it and MK.IO.

local release = require "tests.support.release"
local rest_served = require "tests.support.rest_served"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local M = { TOKEN = "canary-0b3f6c1a", OTHER = "canary-5e1d7723" }

M.PROVIDER = [[
return require "mkrun.rest".provider {
  name = "parlour", base_url = "http://localhost:1/none",
  error = { detail = "reason" },
  resources = { guests = { identify = { "name" } } },
  operations = {
    { "rooms.list", "GET", "/rooms" },
    { "rooms.get", "GET", "/rooms/{name}" },
    { "rooms.put", "PUT", "/rooms/{name}",
      body = { note = "string", beds = "integer" } },
    { "rooms.delete", "DELETE", "/rooms/{name}" },
    { "rooms.clean", "POST", "/rooms/{name}/clean" },
    { "doors.list", "GET", "/doors/{room}" },
    { "doors.get", "GET", "/doors/{room}/{name}" },
    { "doors.put", "PUT", "/doors/{room}/{name}",
      body = { width = "integer" } },
    { "doors.delete", "DELETE", "/doors/{room}/{name}" },
    { "guests.list", "GET", "/guests", list = { items = "items" } },
    { "guests.get", "GET", "/guests/{id}" },
    { "guests.create", "POST", "/guests",
      body = { name = "string", pin = "secret", room = "string" } },
    { "guests.patch", "PATCH", "/guests/{id}", patch = "merge",
      body = { name = "string", pin = "secret", room = "string" } },
    { "guests.delete", "DELETE", "/guests/{id}" },
  },
}
]]

--- Makes a room, a team, a door and a guest, and changes the guest, whose id is
--- the server's.
M.FLOW = [[
local org = require "mkio".connect()
local parlour = require "parlour".connect()
parlour.rooms:ensure("blue", { note = "sea", beds = 2 })
org.teams:ensure("crew", { description = "of the blue room" })
parlour.doors:ensure({ room = "blue", name = "front" }, { width = 90 })
local guest = parlour.guests:ensure("Kari", { pin = "canary-77" })
if guest.room ~= "green" then
  parlour.guests:patch(guest.id, { room = "green" })
end
print(#parlour.guests:list(), #parlour.doors:list { room = "blue" })
]]

---@class tests.Parlour
---@field folder string
---@field api tests.RestServed
---@field org tests.Served
local Parlour = {}
Parlour.__index = Parlour
Parlour.__close = function(self)
  self.api:stop()
  self.org:stop()
end

--- Runs mkrun with both tokens and base URLs, unless `env` has other variables.
function Parlour:run_in(env, ...)
  local all = { MKIO_TOKEN = M.TOKEN, MKRUN_TOKEN_PARLOUR = M.OTHER,
    MKRUN_BASE_URL_PARLOUR = self.api.url }
  for name, value in pairs(env) do all[name] = value end
  return release.run({ "--base-url", self.org.url, ... }, { cwd = self.folder,
    env = all })
end

--- Runs mkrun with both tokens and base URLs.
function Parlour:run(...) return self:run_in({}, ...) end

function Parlour:write(name, text)
  temp.write(self.folder .. "/" .. name, text)
end

function Parlour:read(name) return temp.read(self.folder .. "/" .. name) end

--- Starts both servers.
---@param flow? string   text of flow.lua
---@return tests.Parlour
function M.start(flow)
  local self = setmetatable({ folder = temp.folder(),
    api = rest_served.start(M.OTHER), org = served.start { token = M.TOKEN } },
    Parlour)
  self:write("parlour.lua", M.PROVIDER)
  self:write("flow.lua", flow or M.FLOW)
  return self
end

return M
