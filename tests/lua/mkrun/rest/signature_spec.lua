local mkio = require "mkio"

local org = mkio.connect { http = {}, base_url = "https://api.test" }
local rules = org:project "news".webhooks

--- The misuse and what is said about it.
local cases = {
  { function() org.teams.each() end,
    "bad call of 'each' (it needs a colon: teams:each(...))" },
  { function() org.payment_methods.choose "x" end,
    "bad call of 'choose' (it needs a colon: payment_methods:choose(...))" },
  { function() org.invites.create {} end,
    "bad call of 'create' (it needs a colon: invites:create(...))" },
  { function() org.teams:get() end,
    "bad argument #1 to 'get' (string expected, got no value)" },
  { function() org.invites:create {} end,
    "bad argument #1 to 'create' (string expected, got table)" },
  { function() org.teams:ensure "x" end,
    "bad argument #2 to 'ensure' (table expected, got no value)" },
  { function() org.teams:ensure("x", { descripton = "a" }) end,
    "bad argument #2 to 'ensure' (at '/descripton': unknown key, "
    .. "did you mean 'description'?)" },
  { function() org.teams:ensure("x", { scopes = { a = { role = {} } } }) end,
    "bad argument #2 to 'ensure' (at '/scopes/a/role': unknown key, "
    .. "did you mean 'roles'?)" },
  { function() org.projects:ensure("x", { location = "l" }) end,
    "bad argument #2 to 'ensure' (at '/location': unknown key, "
    .. "did you mean 'locationName'?)" },
  { function() org.invites:ensure("a@b.test", { team = { "x" } }) end,
    "bad argument #2 to 'ensure' (at '/team': unknown key, "
    .. "did you mean 'teams'?)" },
  { function() org:ensure { nmae = "x" } end,
    "bad argument #1 to 'ensure' (at '/nmae': unknown key" },
  { function() rules:ensure("r", { evnts = {} }) end,
    "bad argument #2 to 'ensure' (at '/evnts': unknown key, "
    .. "did you mean 'events'?)" },
  { function() rules:ensure("r", {}, { rotat = true }) end,
    "bad argument #3 to 'ensure' (at '/rotat': unknown key, "
    .. "did you mean 'rotate'?)" },
  { function() org.projects:list { filtr = "x" } end,
    "bad argument #1 to 'list' (projects.list does not take 'filtr')" },
  { function() org.teams:each { top = 1 } end,
    "bad argument #1 to 'each' (teams.list does not take 'top')" },
  { function() org.users:find() end,
    "bad argument #1 to 'find' (string expected, got no value)" },
  { function() org:project "news":ensure_metrics "on" end,
    "bad argument #1 to 'ensure_metrics' (boolean expected, got string)" },
  { function() org.me:ensure_profile { jobrole = "x" } end,
    "bad argument #1 to 'ensure_profile' (at '/jobrole': unknown key, "
    .. "did you mean 'jobRole'?)" },
  { function() mkio.service { url = "https://api.test" } end,
    "bad argument #1 to 'service' (unknown option 'url', "
    .. "did you mean 'base_url'?)" },
  { function() mkio.connect "https://api.test" end,
    "bad argument #1 to 'connect' (table expected, got string)" },
  { function() mkio.connect { url = "https://api.test" } end,
    "bad argument #1 to 'connect' (unknown option 'url', "
    .. "did you mean 'base_url'?)" },
  { function() mkio.connect { base_url = 1 } end,
    "bad argument #1 to 'connect' (option 'base_url': string expected, "
    .. "got number)" },
}

describe("a wrong call is blamed on its line:", function()
  for _, case in ipairs(cases) do
    local call, message = table.unpack(case)
    it(message, function()
      local line = debug.getinfo(call, "S").linedefined
      local _, problem = pcall(call)
      assert.matches(("signature_spec.lua:%d: %s"):format(line, message),
        problem, 1, true)
    end)
  end
end)
