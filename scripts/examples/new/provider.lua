-- @NAME@: a provider, the table of a REST API.  mkrun help provider explains
-- the fields; each comment with a question mark is for you to settle.
--
-- The token is MKRUN_TOKEN_@CAPITALS@, or --token-file @NAME@=FILE.

local rest = require "mkrun.rest"

return rest.provider {
  name = "@NAME@",
  -- ? what all paths begin with
  base_url = "https://api.example/v1",
  -- ? "bearer", "basic", "none", or a header field such as "X-API-Key"
  auth = "bearer",
  -- ? members of a list; without this line the answer is the array itself
  list = { items = "items", next = "next" },
  -- ? members of an error
  error = { code = "code", detail = "message" },
  resources = {
    -- ? the server gives the id: what tells one from another, for `ensure`?
    users = { identify = { "email" } },
  },
  operations = {
    -- ? RESOURCE.VERB, method, path.  The verb says what the request does
    { "queues.list",   "GET",    "/queues" },
    { "queues.get",    "GET",    "/queues/{name}" },
    { "queues.put",    "PUT",    "/queues/{name}",
      body = { ["size!"] = "integer", labels = { "string" } } },
    { "queues.delete", "DELETE", "/queues/{name}" },

    { "users.list",   "GET",    "/users" },
    { "users.get",    "GET",    "/users/{id}" },
    { "users.create", "POST",   "/users",
      body = { ["email!"] = "string", password = "secret" } },
    { "users.patch",  "PATCH",  "/users/{id}", patch = "merge",
      body = { email = "string" } },
    { "users.delete", "DELETE", "/users/{id}" },
  },
}
