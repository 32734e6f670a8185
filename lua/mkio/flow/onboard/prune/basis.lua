--- Tells a plan that `--prune` rests on there being nothing else that the SPEC
--- does not name: whatever comes meanwhile would be removed, too.
-- SPDX-License-Identifier: MIT

local basis = require "mkrun.rest.basis"
local unnamed = require "mkio.flow.common.unnamed"

local M = {}

--- Returns the elements of a list of the SPEC that the run is about.
local function wishes(look, name)
  return ipairs((look.part or look.spec)[name] or {})
end

--- Notes a part of each team that the SPEC has a wish about.
local function of_teams(key)
  return function(look)
    for _, wish in wishes(look, "teams") do
      if wish[key] then
        basis.note(look.org.teams, "teams.get", "team_name", wish.name,
          "/spec/" .. key)
      end
    end
  end
end

local function of_list(name, key)
  return function(look) basis.note_list(look.org[name], key) end
end

local notes = {
  members = of_teams "members", scopes = of_teams "scopes",
  teams = of_list("teams", "teams.list"),
  invites = of_list("invites", "invites.list"),
}

function notes.tokens(look)
  basis.note_list(look.org.me.tokens, "my_tokens.list")
end

function notes.webhooks(look)
  for _, wish in wishes(look, "projects") do
    if wish.webhooks then
      basis.note_list(look.org:project(wish.name).webhooks, "webhooks.list")
    end
  end
end

--- Notes what the search for the things to remove rests on.
---@param look mkio.PruneLook
---@param kinds table<string, boolean>   of `mkio.flow.common.unnamed`
function M.note(look, kinds)
  for kind, note in pairs(notes) do
    if kinds[kind] and unnamed.has_wish(look.spec, kind) then note(look) end
  end
end

return M
