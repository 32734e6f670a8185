--- PowerDNS's API as a provider: zones, record sets, DNSSEC keys.
--
--   local dns = require "powerdns".connect()
--   dns.zones:ensure("acme.example.", { kind = "Native" })
--   dns.records:ensure({ zone = "acme.example.", name = "www.acme.example.",
--     type = "A" }, { ttl = 300, records = { { content = "192.0.2.1" } } })
--
-- Names end in a dot.  The token is the server's api-key.
-- SPDX-License-Identifier: MIT

local ZONES <const> = "/servers/localhost/zones"
local KEYS <const> = ZONES .. "/{zone}/cryptokeys"

local RECORD <const> = { ["content!"] = "string", disabled = "boolean" }
local COMMENT <const> = { content = "string", account = "string",
  modified_at = "integer" }
local RECORDS <const> = { ["ttl!"] = "integer",
  ["records!"] = { RECORD, set = true }, comments = { COMMENT, set = true } }

return require "mkrun.rest".provider {
  name = "powerdns",
  base_url = "http://localhost:8081/api/v1",
  auth = "X-API-Key",
  error = { detail = "error" },
  resources = {
    zones = { identify = { "name" }, id = "name", lost = "its DNSSEC keys" },
    records = { kind = "record set", keys = { "name", "type" } },
    keys = { kind = "DNSSEC key", identify = { "keytype" },
      secrets = { "privatekey" } },
  },
  operations = {
    { "zones.list", "GET", ZONES },
    { "zones.get", "GET", ZONES .. "/{zone}" },
    { "zones.create", "POST", ZONES, body = { ["name!"] = "string",
      ["kind!"] = "string", account = "string", rrsets = "array" } },
    -- This PUT changes the members that it has, and no others.
    { "zones.patch", "PUT", ZONES .. "/{zone}", patch = "merge",
      body = { kind = "string", account = "string" } },
    { "zones.delete", "DELETE", ZONES .. "/{zone}" },
    { "records.put", "PATCH", ZONES .. "/{zone}", inside = "rrsets",
      mark = { changetype = "REPLACE" }, body = RECORDS },
    { "records.delete", "PATCH", ZONES .. "/{zone}", inside = "rrsets",
      mark = { changetype = "DELETE" } },
    { "keys.list", "GET", KEYS },
    { "keys.get", "GET", KEYS .. "/{id}" },
    { "keys.create", "POST", KEYS,
      body = { ["keytype!"] = "string", active = "boolean" } },
    { "keys.patch", "PUT", KEYS .. "/{id}", patch = "merge",
      body = { active = "boolean" } },
    { "keys.delete", "DELETE", KEYS .. "/{id}" },
  },
}
