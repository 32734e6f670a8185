-- @NAME@: a provider, the table of a REST API.  mkrun help provider explains
-- the fields.  Lines that begin with a question mark are for you to settle.
--
-- The token is MKRUN_TOKEN_@CAPITALS@, or --token-file @NAME@=FILE; another
-- address is MKRUN_BASE_URL_@CAPITALS@, or --base-url @NAME@=URL.

local rest = require "mkrun.rest"

return rest.provider {
  name = "@NAME@",
  -- ? the address that all paths begin with
  base_url = "https://api.example/v1",
  -- ? "bearer", "basic" (the token is USER:PASSWORD), "none", or the name of a
  --   header field such as "X-API-Key"
  auth = "bearer",
  -- ? the members of a list with the items and with the link to the next page;
  --   without this line the answer is the array itself
  list = { items = "items", next = "next" },
  -- ? the members of an error
  error = { code = "code", detail = "message" },
  resources = {
    -- ? POST makes a user and the server gives the id: what tells one user from
    --   another, so that `ensure` finds it again?
    users = { identify = { "email" } },
  },
  operations = {
    -- ? one row for each request: RESOURCE.VERB, method, path.  The verb says
    --   what it does: list, get, put (makes or replaces), create, patch, delete
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
