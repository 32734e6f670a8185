--- One project, with its payment method, webhook rules, metrics and usage.
--- `org:project(name)` makes an instance of this class.
-- SPDX-License-Identifier: MIT

local await = require "mkrun.rest.await"
local class = require "mkio.resource.class"
local payment_methods = require "mkio.resource.payment_methods"
local value = require "mkrun.value"
local webhooks = require "mkio.resource.webhooks"

---@class mkio.Project: mkrun.rest.Resource
---@field name string
---@field webhooks mkio.Webhooks
local Project = class { name = "Project" }

--- Reads the project.
---@return mkio.api.ProjectGetSchema
function Project:get() return self:call "projects.get" end

--- Reads the payment method that the project uses.
---@return mkio.api.PaymentMethodSummarySchema
function Project:payment_method()
  return self:call "project_payment_method.get"
end

--- Assigns a payment method.  The request also activates the project.
---@param id string  the payment method's id
function Project:assign_payment_method(id)
  await.naming(self.session, "project", { self.name }, function()
    self:call("project_payment_method.assign", nil, { paymentMethodId = id })
  end)
end

--- Returns true if somebody switched the project off: the project is inactive
--- although it has a payment method.
local function is_off(project)
  return value.dig(project, "spec", "isActive") == false
    and value.dig(project, "spec", "assignedPaymentMethodId") ~= nil
end

--- Reads the project, and waits until it shows its new payment method.
local function await_method(self, id)
  return await.need(function()
    local now = self:call("projects.get", nil, nil, { absent = true })
    local assigned = value.dig(now, "spec", "assignedPaymentMethodId")
    return assigned == id and now
  end, ("the project '%s' does not show its new payment method yet")
    :format(self.name))
end

--- Makes sure that the project uses this payment method.  A project that was
--- switched off stays off, unless `options.isActive` is true.
---@param id string  the payment method's id
---@param options? {have: mkio.api.ProjectGetSchema?, isActive: boolean?,
---  is_checked: boolean?}   `have` is the current project, if the caller has
---  just read it; `is_checked` says that the terms are accepted
---@return mkio.api.ProjectGetSchema project
---@return "unchanged"|"changed" outcome
---@return string[] details
function Project:ensure_payment_method(id, options)
  options = options or {}
  local have = options.have or self:get()
  if value.dig(have, "spec", "assignedPaymentMethodId") == id then
    return have, "unchanged", {}
  end
  if not options.is_checked then
    payment_methods.new(self.session):check_terms(id)
  end
  self:assign_payment_method(id)
  if is_off(have) and not options.isActive then
    self:call("projects.patch", nil, { spec = { isActive = false } })
  end
  return await_method(self, id), "changed", { "payment method assigned" }
end

--- Reads the settings of the metrics export.  `status.password` is a secret.
---@return mkio.api.MetricsSchema
function Project:metrics() return self:call "metrics.get" end

--- Switches the metrics export on or off.  MK.IO charges for the metrics
--- export.
---@param enabled boolean
---@return mkio.api.MetricsSchema
function Project:set_metrics(enabled)
  return self:call("metrics.patch", nil, { spec = { enabled = enabled } })
end

--- Makes sure that the metrics export is on or off.
---@param enabled boolean
---@return mkio.api.MetricsSchema metrics
---@return "unchanged"|"changed" outcome
---@return string[] details
function Project:ensure_metrics(enabled)
  local have = self:metrics()
  if have.spec.enabled == enabled then return have, "unchanged", {} end
  return self:set_metrics(enabled), "changed",
    { enabled and "switched on" or "switched off" }
end

--- Reads the usage of the project since the start of the month.
---@return mkio.api.ProjectUsageReportSchema
function Project:usage() return self:call "project_usage.get" end

local M = {}

--- Makes a handle on a project.  `mkio.resource.organization` calls this
--- function.
---@param session mkrun.rest.Session
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
