--- HashiCorp Vault and OpenBao, secrets engine KV version 2, as a provider.
--
--   local vault = require "vault".connect()
--   vault.secrets:put({ mount = "secret", path = "nightly" },
--     { data = { token = jwt, token_id = id }, options = { cas = 0 } })
--
-- Each write makes a new version, so it is not sent twice: `cas` is the number
-- of the current version, 0 if there never was one.  The server shows a secret
-- in an envelope, /data/data, so no write can be read back by what it sent.
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
      lost = "its newest version; older ones stay, and none is current" },
    metadata = { kind = "metadata of a secret" },
  },
  operations = {
    { "secrets.get", "GET", DATA },
    { "secrets.put", "PUT", DATA, safe = false,
      body = { ["data!"] = { ["token!"] = "secret", token_id = "string" },
        options = { cas = "integer" } } },
    { "secrets.delete", "DELETE", DATA },
    { "metadata.get", "GET", "/{mount}/metadata/{path}" },
    { "rights.ask", "POST", "/sys/capabilities-self", reads = true,
      body = { ["paths!"] = { "string" } } },
  },
}
