--- Two declared providers for specs: items by name and PUT, as a message broker
--- has them, and items by id and PATCH, as a name server has them.

local entry = require "mkrun.rest.entry"
local providers = require "mkrun.providers"
local rest_declare = require "mkrun.rest.declare"

local M = {}

--- Returns the declaration of a broker.
---@return mkrun.rest.Declaration
function M.broker()
  return {
    name = "broker", base_url = "http://localhost:15672/api", auth = "basic",
    error = { code = "error", detail = "reason" },
    hints = { [403] = "the user needs the tag 'administrator'" },
    resources = {
      queues = { lost = "its messages" },
      users = { secrets = { "password_hash" }, ignore = { "hashing" } },
      policies = { kind = "policy" },
    },
    operations = {
      { "overview.get", "GET", "/overview" },
      { "vhosts.list", "GET", "/vhosts" },
      { "vhosts.get", "GET", "/vhosts/{name}" },
      { "vhosts.put", "PUT", "/vhosts/{name}", ok = { 201, 204 },
        body = { description = "string", tags = "string" } },
      { "vhosts.delete", "DELETE", "/vhosts/{name}" },
      { "users.list", "GET", "/users" },
      { "users.get", "GET", "/users/{name}" },
      { "users.put", "PUT", "/users/{name}",
        body = { ["password!"] = "secret", ["tags!"] = { "string" } } },
      { "users.delete", "DELETE", "/users/{name}" },
      { "queues.list", "GET", "/queues/{vhost}" },
      { "queues.get", "GET", "/queues/{vhost}/{name}" },
      { "queues.put", "PUT", "/queues/{vhost}/{name}", body = {
        durable = "boolean", arguments = "object" } },
      { "queues.delete", "DELETE", "/queues/{vhost}/{name}" },
      { "queues.purge", "DELETE", "/queues/{vhost}/{name}/contents" },
      { "policies.put", "PUT", "/policies/{vhost}/{name}", undo = false,
        why = "policies are history",
        body = { ["pattern!"] = "string", definition = "object" } },
    },
  }
end

--- Returns the declaration of a name server.
---@return mkrun.rest.Declaration
function M.names()
  return {
    name = "names", base_url = "http://localhost:8081/api/v1",
    auth = "X-API-Key", error = { detail = "error" },
    resources = {
      zones = { identify = { "name" }, keys = { zone_id = "id" } },
      records = { keys = { "name", "type" } },
      hosts = { identify = { "name" } },
    },
    operations = {
      { "zones.list", "GET", "/servers/localhost/zones" },
      { "zones.get", "GET", "/servers/localhost/zones/{zone_id}" },
      { "zones.create", "POST", "/servers/localhost/zones", body = {
        ["name!"] = "string", kind = "string", nameservers = { "string" } } },
      { "zones.patch", "PUT", "/servers/localhost/zones/{zone_id}",
        patch = "merge", body = { kind = "string", account = "string" } },
      { "zones.delete", "DELETE", "/servers/localhost/zones/{zone_id}" },
      { "records.put", "PATCH", "/servers/localhost/zones/{zone_id}",
        inside = "rrsets", mark = { changetype = "REPLACE" },
        body = { ttl = "integer", records = {
          { ["content!"] = "string", disabled = "boolean" } } } },
      { "records.delete", "PATCH", "/servers/localhost/zones/{zone_id}",
        inside = "rrsets", mark = { changetype = "DELETE" } },
      { "hosts.list", "GET", "/hosts", list = { items = "data.items" } },
      { "hosts.get", "GET", "/hosts/{id}" },
      { "hosts.create", "POST", "/hosts", id = "uuid", body = "object" },
      { "hosts.patch", "PATCH", "/hosts/{id}", patch = "json" },
      { "hosts.delete", "DELETE", "/hosts/{id}" },
      { "hosts.search", "POST", "/hosts/search", reads = true },
      { "hosts.restart", "POST", "/hosts/{id}/restart" },
    },
  }
end

--- Makes a provider of a declaration, unknown to the run.
---@param declared mkrun.rest.Declaration
---@return mkrun.rest.DeclaredProvider
function M.make(declared) return rest_declare.provider(declared) end

--- Adds both providers to the run.
function M.add()
  entry.add(M.make(M.broker()))
  entry.add(M.make(M.names()))
end

--- Removes both providers from the run.
function M.remove()
  providers.remove "broker"
  providers.remove "names"
end

return M
