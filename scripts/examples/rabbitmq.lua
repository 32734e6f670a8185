--- RabbitMQ's management API as a provider.
--
--   local rabbit = require "rabbitmq".connect()
--   rabbit.queues:ensure({ vhost = "news", name = "jobs" }, { durable = true })
--
-- The token is USER:PASSWORD (--token-file rabbitmq=FILE).
-- SPDX-License-Identifier: MIT

local TEXT <const>, FLAG <const> = "string", "boolean"
local TAGS <const> = { TEXT, set = true }
local BOUND <const> = "/bindings/{vhost}/e/{source}/q/{destination}"

return require "mkrun.rest".provider {
  name = "rabbitmq", base_url = "http://localhost:15672/api", auth = "basic",
  error = { code = "error", detail = "reason" },
  hints = { not_authorised = "the user needs the tag 'administrator'" },
  resources = {
    vhosts = { kind = "virtual host", lost = "all that was in it" },
    users = { secrets = { "password_hash" } }, queues = { lost = "messages" },
    bindings = { identify = { "routing_key" }, id = "properties_key" },
  },
  operations = {
    { "vhosts.list", "GET", "/vhosts" },
    { "vhosts.get", "GET", "/vhosts/{name}" },
    { "vhosts.put", "PUT", "/vhosts/{name}",
      body = { description = TEXT, tags = TAGS } },
    { "vhosts.delete", "DELETE", "/vhosts/{name}" },
    { "users.list", "GET", "/users" },
    { "users.get", "GET", "/users/{name}" },
    { "users.put", "PUT", "/users/{name}",
      body = { ["password!"] = "secret", ["tags!"] = TAGS } },
    { "users.delete", "DELETE", "/users/{name}" },
    { "permissions.list", "GET", "/permissions" },
    { "permissions.get", "GET", "/permissions/{vhost}/{user}" },
    { "permissions.put", "PUT", "/permissions/{vhost}/{user}",
      body = { ["configure!"] = TEXT, ["write!"] = TEXT, ["read!"] = TEXT } },
    { "permissions.delete", "DELETE", "/permissions/{vhost}/{user}" },
    { "policies.list", "GET", "/policies/{vhost}" },
    { "policies.get", "GET", "/policies/{vhost}/{name}" },
    { "policies.put", "PUT", "/policies/{vhost}/{name}",
      body = { ["pattern!"] = TEXT, ["definition!"] = "object",
        ["apply-to"] = TEXT, priority = "integer" } },
    { "policies.delete", "DELETE", "/policies/{vhost}/{name}" },
    -- RabbitMQ refuses to change a queue or an exchange that is there.
    { "queues.list", "GET", "/queues/{vhost}" },
    { "queues.get", "GET", "/queues/{vhost}/{name}" },
    { "queues.put", "PUT", "/queues/{vhost}/{name}",
      body = { durable = FLAG, auto_delete = FLAG, arguments = "object" } },
    { "queues.delete", "DELETE", "/queues/{vhost}/{name}" },
    { "exchanges.get", "GET", "/exchanges/{vhost}/{name}" },
    { "exchanges.put", "PUT", "/exchanges/{vhost}/{name}",
      body = { ["type!"] = TEXT, durable = FLAG } },
    { "exchanges.delete", "DELETE", "/exchanges/{vhost}/{name}" },
    { "bindings.list", "GET", BOUND },
    { "bindings.get", "GET", BOUND .. "/{properties_key}" },
    { "bindings.create", "POST", BOUND, safe = true,
      body = { ["routing_key!"] = TEXT, arguments = "object" } },
    { "bindings.delete", "DELETE", BOUND .. "/{properties_key}" },
  },
}
