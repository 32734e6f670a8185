--- Handlers of a project's metrics export: switch the export on or off, and
--- read the user name and password that a metrics collector needs.
-- SPDX-License-Identifier: MIT

local base64 = require "mkrun.base64"
local list = require "mkio.model.list"

local M = {}

local function get(context)
  return list.get(context.organization.projects, "name",
    context.params.project_name, "project")
end

--- Makes the answer that describes the export.  The answer contains credentials
--- only while the export is on.
local function view(project)
  local metrics = project.metrics
  return {
    kind = "Metrics",
    spec = { enabled = metrics ~= nil },
    status = metrics and {
      url = ("https://metrics.example/%s"):format(project.id),
      username = metrics.username, password = metrics.password,
    },
  }
end

M["metrics.get"] = function(context) return 200, view(get(context)) end

M["metrics.patch"] = function(context)
  local project = get(context)
  if not context.body.spec.enabled then
    project.metrics = nil
  elseif not project.metrics then
    project.metrics = {
      username = project.name,
      password = context.world:draw(function()
        return base64.encode_url(context.world.random(18))
      end),
    }
  end
  return 200, view(project)
end

return M
