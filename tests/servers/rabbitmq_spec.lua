--- The provider scripts/examples/rabbitmq.lua on a real RabbitMQ.
--- tests/servers/run.sh runs this; without it the file has no tests.

if not os.getenv "MKRUN_TEST_SERVERS" then return end

local story = require "tests.servers.story"
local worlds = require "tests.servers.world"

local PASSWORD <const> = 'canary/+"of-kari?>5f0c'

local FLOW <const> = [[
local rabbit = require "rabbitmq".connect()
local second = ... == "second"
local function step(kind, id, want)
  local _, outcome, details = rabbit[kind]:ensure(id, want)
  print(kind, outcome, table.concat(details, ","))
end
step("vhosts", "news", { description = second and "Late" or "News",
  tags = { "b", "a" } })
step("users", "kari", { password = PASSWORD,
  tags = second and { "monitoring" } or { "monitoring", "management" } })
step("permissions", { vhost = "news", user = "kari" },
  { configure = "^$", write = second and "^jobs" or ".*", read = ".*" })
step("policies", { vhost = "news", name = "ttl" }, { pattern = "^jobs",
  definition = { ["message-ttl"] = second and 1000 or 60000 },
  ["apply-to"] = "queues" })
step("exchanges", { vhost = "news", name = "in" },
  { type = "topic", durable = true })
step("queues", { vhost = "news", name = "jobs" }, { durable = true,
  arguments = { ["x-max-length"] = 1000 } })
step("bindings", { vhost = "news", source = "in", destination = "jobs",
  routing_key = "job.#" }, {})
for _, result in ipairs(rabbit.queues:ensure_all {
  { vhost = "news", name = "jobs" }, { vhost = "news", name = "mail" },
  { { vhost = "news", name = "logs" }, { durable = true } } }) do
  print("queues", result.outcome, "")
end
print(#rabbit.queues:list { vhost = "news" })
if second then
  step("bindings", { vhost = "news", source = "in", destination = "jobs",
    routing_key = "a/b c" }, {})
  step("queues", { vhost = "news", name = "a/b c" }, {})
end
]]

local REMOVAL <const> = [[
local rabbit = require "rabbitmq".connect()
rabbit.permissions:delete { vhost = "news", user = "kari" }
rabbit.policies:delete { vhost = "news", name = "ttl" }
rabbit.bindings:delete { vhost = "news", source = "in", destination = "jobs",
  properties_key = "job.%23" }
rabbit.queues:delete { vhost = "news", name = "jobs" }
rabbit.exchanges:delete { vhost = "news", name = "in" }
]]

local function clean(server)
  server:ask("DELETE", "/api/vhosts/news")
  for _, name in ipairs { "kari", "low" } do
    server:ask("DELETE", "/api/users/" .. name)
  end
end

local function meddle(server)
  server:must("PUT", "/api/vhosts/news", { description = "theirs" })
end

describe("RabbitMQ", function()
  local lack = worlds.lacks "rabbitmq"
  for _, case in ipairs(story.cases {
    name = "rabbitmq", clean = clean,
    flow = FLOW:gsub("PASSWORD", ("%q"):format(PASSWORD)),
    meddle = meddle, removal = REMOVAL, secrets = { PASSWORD },
    kept = { "password" },
  }) do
    it(case.name, lack and function() pending(lack) end or case.run)
  end

  it("says what a user without the tag may not do", function()
    if lack then return pending(lack) end
    local world = worlds.of "rabbitmq"
    world.server:must("PUT", "/api/users/low",
      { password = "lower-than-low", tags = "management" })
    local folder = worlds.folder { ["flow.lua"] =
      "require 'rabbitmq'.connect().vhosts:put('news', {})" }
    local outcome = world:run(folder, "--token-file", "rabbitmq="
      .. worlds.private "low:lower-than-low", "flow.lua")
    assert.equal(1, outcome.code)
    assert.matches("administrator", outcome.err)
  end)
end)
