--- Changes what the sandbox of a flow holds, as other people would.
---
---   world.change(here, function(api)
---     api:user "kari@northlight.example":post("/user/tokens", {...})
---   end)

local sandbox = require "tests.support.sandbox"
local seed = require "mkio.model.seed"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local DAY <const> = 24 * 60 * 60

local M = {}

--- Call `act` with the sandbox of the flow, and keep what it did.
---@param here tests.Flow
---@param act fun(api: tests.Sandbox)
function M.change(here, act)
  local api = sandbox.new {
    state = temp.read(here.folder .. "/state.json"), token = false,
    now = sys.now, id = sys.uuid, random = sys.random,
  }
  act(api)
  here:write("state.json", api.model:save())
end

--- Has another organization invite Ola, who is the caller of flows.
---@param api tests.Sandbox
---@param name? string  of the organization (default: "Southlight")
function M.invite_elsewhere(api, name)
  local model = api.model
  model:login "siri@southlight.example"
  local organization = seed.organization(model.world,
    model.world:user_by_email "siri@southlight.example",
    { name = name or "Southlight" })
  table.insert(model.world.state.organizations, organization)
  local siri = model:login("siri@southlight.example", organization.id)
  local status = api:as(siri):post("/organization/invites", { spec = {
    email = "ola@northlight.example", comment = "come" } })
  assert(status == 201, status)
end

--- Makes an invite of the caller's organization older than it is.
---@param api tests.Sandbox
---@param email string
---@param days number  its age
function M.age_invite(api, email, days)
  for _, invite in ipairs(api.model.world.state.organizations[1].invites) do
    if invite.email == email then
      invite.created = sys.iso8601(math.floor(sys.now() - days * DAY))
    end
  end
end

return M
