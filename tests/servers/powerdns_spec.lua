--- The provider scripts/examples/powerdns.lua on a real PowerDNS.
--- tests/servers/run.sh runs this; without it the file has no tests.

if not os.getenv "MKRUN_TEST_SERVERS" then return end

local story = require "tests.servers.story"
local worlds = require "tests.servers.world"

local FLOW <const> = [[
local dns = require "powerdns".connect()
local second = ... == "second"
local function step(kind, id, want)
  local _, outcome, details = dns[kind]:ensure(id, want)
  print(kind, outcome, table.concat(details, ","))
end
local zone = "acme.example."
step("zones", zone, { kind = "Native", account = second and "acme" or "" })
step("records", { zone = zone, name = zone, type = "NS" }, { ttl = 3600,
  records = { { content = "ns2.acme.example." },
    { content = "ns1.acme.example." } } })
step("records", { zone = zone, name = "www.acme.example.", type = "A" }, {
  ttl = second and 60 or 300,
  records = { { content = "192.0.2.1", disabled = false } } })
if second then
  step("records", { zone = zone, name = "t.acme.example.", type = "TXT" }, {
    ttl = 60, records = { { content = '"a b"' } } })
end
step("keys", { zone = zone, keytype = "csk" }, { active = true })
]]

local REMOVAL <const> = [[
local dns = require "powerdns".connect()
dns.records:delete { zone = "acme.example.", name = "www.acme.example.",
  type = "A" }
dns.zones:delete "acme.example."
]]

--- Leaves the DNSSEC keys out of a state: they are lost with their zone.
local function bare(state)
  return (state:gsub('%[{"active".-}%]', "[]"):gsub('"dnssec":%a+', ""))
end

local function clean(server)
  server:ask("DELETE", "/api/v1/servers/localhost/zones/acme.example.")
end

local function meddle(server)
  server:must("PUT", "/api/v1/servers/localhost/zones/acme.example.",
    { account = "theirs" })
end

describe("PowerDNS", function()
  local lack = worlds.lacks "powerdns"
  for _, case in ipairs(story.cases {
    name = "powerdns", clean = clean, flow = FLOW, removal = REMOVAL,
    meddle = meddle, bare = bare, secrets = {}, kept = {},
  }) do
    it(case.name, lack and function() pending(lack) end or case.run)
  end
end)
