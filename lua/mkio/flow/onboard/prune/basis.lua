--- Tells a plan that `--prune` rests on there being nothing else that the SPEC
--- does not name: whatever comes meanwhile would be removed, too.
-- SPDX-License-Identifier: MIT

local basis = require "mkrun.rest.basis"
local unnamed = require "mkio.flow.common.unnamed"

local M = {}

--- Calls `visit` with the name of each team or project whose `kind` the SPEC
--- lists, if something of it can be selected.  A selected part of the SPEC may
--- lack it: a pattern can fit only things that the SPEC does not name.
local function each_owner(look, list, kind, visit)
  for _, wish in ipairs(look.spec[list] or {}) do
    local is_meant = not look.selection
      or look.selection:may_have(kind, wish.name)
    if wish[kind] and is_meant then visit(wish.name) end
  end
end

--- Notes a part of each team that the SPEC has a wish about.
local function of_teams(kind)
  return function(look)
    each_owner(look, "teams", kind, function(name)
      basis.note(look.org.teams, "teams.get", "team_name", name,
        "/spec/" .. kind)
    end)
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
  each_owner(look, "projects", "webhooks", function(name)
    basis.note_list(look.org:project(name).webhooks, "webhooks.list")
  end)
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
