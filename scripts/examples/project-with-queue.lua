--- Give a project at MK.IO its queue at RabbitMQ.
--
-- At MK.IO: the project, and a team that may use it.  At RabbitMQ: a virtual
-- host, a user with the password in FILE, the user's permission, and the queue
-- "jobs".  The flow makes FILE if it is not there.  `mkrun undo` takes back all
-- but FILE and a new project, since MK.IO deletes no project.
--
-- @usage  mkrun project-with-queue.lua PROJECT FILE
-- @arg    PROJECT  name of the project and of all that belongs to it
-- @arg    FILE     the user's password
-- @env    MKRUN_TOKEN_RABBITMQ     USER:PASSWORD of an administrator
-- @env    MKRUN_BASE_URL_RABBITMQ  URL of the management API
-- @output
-- + project         evening-news
-- @provider rabbitmq.lua
-- @needs  api:read, api:projects.put, api:teams.put, token, read:FILE,
--         write:FILE, net:localhost:15672
-- @tags   write, idempotent
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local mkio = require "mkio"
local rabbitmq = require "rabbitmq"
local report = require "mkrun.report"
local script = require "mkrun.script"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local _, name, file = script.arguments(...)

--- Returns the password in FILE, or a new one that is there from now on.
local function password()
  local kept, message, code = secret.read(file, "password")
  if kept or code ~= "missing" then return assert(kept, message) end
  local made = secret.new(sys.uuid() .. sys.uuid(), "password")
  if not config.dry_run then assert(made:write(file)) end
  return made
end

local out <close> = report.new "text"
local org, rabbit = mkio.connect(), rabbitmq.connect()

local function step(kind, what, _, outcome, details)
  out:step(outcome, kind, what, details)
end

step("project", name, org.projects:ensure(name, org.projects:find(name)
  and {} or { displayName = name, locationName = "westeurope" }))
org.scopes:await({ name .. "Scope" }, 60)
step("team", name, org.teams:ensure(name, { description = "Works on " .. name,
  scopes = { [name .. "Scope"] = { roles = { "user" } } } }))
step("virtual host", name, rabbit.vhosts:ensure(name, { description = name }))
step("user", name, rabbit.users:ensure(name, { password = password(),
  tags = {} }))
step("permission", name, rabbit.permissions:ensure({ vhost = name,
  user = name }, { configure = "^$", write = ".*", read = ".*" }))
step("queue", name .. "/jobs", rabbit.queues:ensure({ vhost = name,
  name = "jobs" }, { durable = true }))
out:finish()
