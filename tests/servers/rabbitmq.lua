--- Starts a RabbitMQ of its own with the management plugin: in a folder of its
--- own, on loopback, with an Erlang port mapper of its own.

local json = require "mkrun.json"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local rest = require "tests.servers.rest"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = { name = "rabbitmq", path = "/api" }

local PROGRAM <const> = "/usr/lib/rabbitmq/bin/rabbitmq-server"

local CONFIG <const> = [[
listeners.tcp.1 = 127.0.0.1:%d
management.tcp.ip = 127.0.0.1
management.tcp.port = %d
default_user = %s
default_pass = %s
]]

--- Returns why the server cannot be started, or nil.
---@return string?
function M.lacks()
  if not shell.works("test -x " .. PROGRAM) then
    return "rabbitmq-server is not installed"
  end
end

local function environment(folder, epmd, dist)
  return {
    -- The script becomes the server, instead of waiting for it.
    RUNNING_UNDER_SYSTEMD = "true", NOTIFY_SOCKET = false,
    HOME = folder, RABBITMQ_NODENAME = "mkrun@localhost",
    RABBITMQ_CONF_ENV_FILE = folder .. "/none",
    RABBITMQ_CONFIG_FILE = folder .. "/rabbitmq.conf",
    RABBITMQ_ENABLED_PLUGINS_FILE = folder .. "/plugins",
    RABBITMQ_MNESIA_BASE = folder .. "/mnesia",
    RABBITMQ_FEATURE_FLAGS_FILE = folder .. "/features",
    RABBITMQ_LOG_BASE = folder .. "/log",
    RABBITMQ_GENERATED_CONFIG_DIR = folder .. "/generated",
    RABBITMQ_PID_FILE = folder .. "/pid", RABBITMQ_DIST_PORT = tostring(dist),
    ERL_EPMD_PORT = tostring(epmd), ERL_EPMD_ADDRESS = "127.0.0.1",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS =
      "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 -start_epmd false",
  }
end

--- Starts the server, and waits until it answers.
---@return tests.RealServer
function M.start()
  local folder = temp.folder()
  local epmd, dist, amqp, http = ports.free(4)
  local user, password = "root", rest.secret()
  temp.write(folder .. "/plugins", "[rabbitmq_management].\n")
  temp.write(folder .. "/rabbitmq.conf",
    CONFIG:format(amqp, http, user, password))
  local env = environment(folder, epmd, dist)
  local mapper = process.spawn({ "epmd", "-port", epmd, "-address",
    "127.0.0.1" }, { env = env })
  process.wait_until("epmd", function() return ports.answers(epmd) end)
  local server = process.spawn({ PROGRAM }, { env = env, cwd = folder })
  return rest.server { kind = M, port = http, token = user .. ":" .. password,
    secret = password, processes = { server, mapper },
    field = rest.basic(user .. ":" .. password), ready = "/api/overview" }
end

local LISTS <const> = { "users", "vhosts", "permissions", "policies", "queues",
  "exchanges", "bindings", "parameters", "topic_permissions" }

--- Returns all that the server has, in an order of its own.
---@param server tests.RealServer
---@return string
function M.state(server)
  local all = server:get "/api/definitions"
  for _, name in ipairs(LISTS) do
    local words = {}
    for i, item in ipairs(all[name]) do
      words[i] = json.encode(item, { sort = true })
    end
    table.sort(words)
    all[name] = words
  end
  return json.encode(all, { sort = true, indent = 2 })
end

--- Returns a state without the salted passwords.
---@param state string
---@return string
function M.likeness(state)
  return (state:gsub('(password_hash\\":\\")[^"]*"', '%1"'))
end

return M
