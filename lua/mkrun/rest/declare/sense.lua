--- Refuses rows and resources that are well formed and cannot mean what they
--- say.  `mkrun.rest.declare` calls this module.
-- SPDX-License-Identifier: MIT

local fault = require "mkrun.rest.declare.fault"
local near = require "mkrun.closest_name"
local value = require "mkrun.value"
local verbs = require "mkrun.row.verbs"

local M = {}

--- Raises if a verb without a meaning is nearly one with a meaning.
---@param where string
---@param verb string
---@param row table
function M.check_verb(where, verb, row)
  if row.meaning ~= nil or row.reads ~= nil then return end
  local meant = verbs.meant(verb, row[2])
  if meant then
    fault.raise(where, "unknown verb '%s', did you mean '%s'? (%s if it is a "
      .. "verb of its own)", verb, meant,
      row[2] == "GET" and "reads = true" or "meaning = false")
  end
end

--- Raises if a PATCH does not say how its body changes the document.
---@param where string
---@param row table
---@param kind? "merge"|"json"
function M.check_patch(where, row, kind)
  if kind or row.meaning == false then return end
  fault.raise(where, "patch = \"merge\" or \"json\"? (meaning = false if it "
    .. "is neither)")
end

--- Returns the `put` of a resource if something has to show what it makes.
local function put_to_show(resource)
  local put = resource.verbs.put
  local is_told = not put or put.inside or put.shown_by or put.undo == false
  return not is_told and put.act and put or nil
end

--- Raises if nothing shows what a `put` makes: `ensure`, a plan and `undo` read
--- it.  A row with `undo = false` is left: a plan then rests on nothing.
local function check_shown(where, resource)
  local put = put_to_show(resource)
  if not put then return end
  for _, other in pairs(resource.verbs) do
    if other.act == "list"
      or other.method == "GET" and other.path == put.path then
      return
    end
  end
  fault.raise(where, "'%s' needs a row '%s.get' or '%s.list': ensure, a plan "
    .. "and undo read what is there (undo = false if nothing shows it)",
    put.key, resource.name, resource.name)
end

--- Returns the names of members that the body of a new thing may have; nil: any
--- name.
local function members_of_new(resource)
  local names = {}
  for _, verb in ipairs { "create", "put" } do
    local shape = (resource.verbs[verb] or {}).shape
    if shape and shape.kind ~= "object" then return nil end
    for name in pairs(shape and shape.fields or {}) do names[name] = true end
  end
  return names
end

--- Raises if no body gives a new thing the members that identify it.
local function check_identify(where, resource)
  local names = members_of_new(resource)
  if not names or next(names) == nil then return end
  for _, key in ipairs(resource.keys) do names[key] = true end
  for _, name in ipairs(resource.identify or {}) do
    if not names[name] then
      local meant = near.find(name, value.names(names))[1]
      fault.raise(where, "'identify': no body of a new %s has '%s'%s",
        resource.kind, name,
        meant and (", did you mean '%s'?"):format(meant) or "")
    end
  end
end

--- Raises if the rows of a resource do not go together.
---@param where string
---@param resource mkrun.rest.DeclaredResource
function M.check_resource(where, resource)
  check_shown(where, resource)
  check_identify(where, resource)
end

return M
