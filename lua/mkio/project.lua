--- One project by name: its payment method, webhook rules, metrics and usage.
-- SPDX-License-Identifier: MIT

local resource = require "mkio.resource"
local webhooks = require "mkio.webhooks"

---@class mkio.Project
---@field name string
---@field webhooks mkio.Webhooks
local Project = resource.class { name = "Project" }

function Project:get() return self:call "projects.get" end

--- The payment method in use.
function Project:payment_method()
  return self:call "project_payment_method.get"
end

--- Pay with this one from now on; this also activates the project.
---@param id string
function Project:assign_payment_method(id)
  self:call("project_payment_method.assign", nil, { paymentMethodId = id })
end

--- The metrics export, with its credentials.
function Project:metrics() return self:call "metrics.get" end

--- Switch the metrics export on or off; it is billed for.
---@param enabled boolean
function Project:set_metrics(enabled)
  return self:call("metrics.patch", nil, { spec = { enabled = enabled } })
end

--- Usage since the start of the month.
function Project:usage() return self:call "project_usage.get" end

local M = {}

---@param session mkio.Session
---@param name string
---@return mkio.Project
function M.new(session, name)
  local at = { project_name = name }
  local project = Project.new(session, at)
  project.name = name
  project.webhooks = webhooks.new(session, at)
  return project
end

return M
