--- HashiCorp Vault and OpenBao, secrets engine KV version 2, as a provider.
--
--   local vault = require "vault".connect()
--   vault.secrets:put({ mount = "secret", path = "nightly" },
--     { data = { token = jwt, id = id }, options = { cas = 0 } })
--
-- Each write makes a new version.  `cas` is the number of the current one, 0 if
-- there never was one: a write that is sent again, because its answer got lost,
-- is refused then.  The server shows a secret in an envelope, /data/data, so no
-- write can be read back by what it sent.
-- SPDX-License-Identifier: MIT

local DATA <const> = "/{mount}/data/{path}"

return require "mkrun.rest".provider {
  name = "vault",
  base_url = "http://localhost:8200/v1",
  auth = "X-Vault-Token",
  error = { detail = "errors" },
  hints = { [403] = "the policy of vault's token needs create, update and "
    .. "read of MOUNT/data/PATH, and read of MOUNT/metadata/PATH" },
  resources = {
    secrets = { secrets = { "data.data.token" }, ignore = { "data", "options" },
      lost = "its newest version" },
    metadata = { kind = "metadata of a secret" },
  },
  operations = {
    { "secrets.get", "GET", DATA },
    { "secrets.put", "PUT", DATA, shown_by = "metadata.get",
      body = { ["data!"] = { ["token!"] = "secret", id = "string" },
        options = { cas = "integer" } } },
    { "secrets.delete", "DELETE", DATA },
    { "metadata.get", "GET", "/{mount}/metadata/{path}" },
    { "rights.ask", "POST", "/sys/capabilities-self", reads = true,
      body = { ["paths!"] = { "string" } } },
  },
}
