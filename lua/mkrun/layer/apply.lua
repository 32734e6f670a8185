--- Layer for `--apply`: sends the writes of a saved plan, each once, and no
--- others.
---
--- Before the first request it reads again everything that the plan depends on.
--- If an answer has changed, the run ends.  A write is sent as it was planned
--- (see `mkrun.plan.pending`).
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local pending = require "mkrun.plan.pending"
local requests = require "mkrun.layer.request"
local sys = require "mkrun.sys"
local task = require "mkrun.task"
local value = require "mkrun.value"

local M = {}

--- An error that a script cannot ignore: each later request raises the same
--- error again.
local Refusal = {}
Refusal.__name = "mkrun.PlanRefusal"
Refusal.__tostring = function(self) return self.message end

local function refusal(message, ...)
  return setmetatable({ message = "--apply: " .. message:format(...) },
    Refusal)
end

--- Names a request in a message.
local function place(method, url)
  return method .. " " .. url:gsub("^%a[%w+.-]*://[^/?#]+", "")
end

--- The exit code for "make a new plan": something has changed since the plan.
local STALE <const> = 2

--- Returns the URL of a document that has changed since the plan was made, or
--- nil.
local function changed(read, overlay, request, response)
  if not read.items then
    local essence = overlay:essence(request, response)
    return (not essence or sys.sha256(essence) ~= read.digest) and read.url
  end
  local items = overlay:items(request, response)
  if not items then return read.url end
  for _, url in ipairs(value.names(read.items)) do
    local now = items[url] and sys.sha256(items[url]) or false
    if now ~= read.items[url] then return url end
  end
end

--- Reads again what a plan depends on.  Returns nil, or a message and, if a
--- document has changed, the exit code.
local function check_read(read, overlay, transport, token, kept)
  local request = { method = "GET", url = read.url, query = read.query,
    token = token, headers = { Accept = "application/json" } }
  local response, message = transport(request)
  if not response then return { message } end
  kept[requests.key(request)] = response
  overlay:saw(request, response)
  local url = changed(read, overlay, request, response)
  return url and { place("GET", url)
    .. ": the answer has changed since the plan was made", STALE,
    ": make a new plan" } or nil
end

--- Reads again the documents that the plan depends on, and puts the answers
--- into `kept`.  Returns nil, or a message and, if a document has changed, the
--- exit code.
local function moved(options, transport, token, kept)
  local overlay = options.model.new {
    base_url = options.base_url, read = transport,
  }
  local problems = task.map(options.plan.reads, function(read)
    return check_read(read, overlay, transport, token, kept)
  end)
  local planned, now = options.plan.organization, overlay:whose(token)
  if planned and planned ~= now then
    return ("the plan is for the organization %s, and the token for %s")
      :format(planned, now or "another one"), STALE
  end
  for i = 1, #options.plan.reads do
    if problems[i] then return table.unpack(problems[i]) end
  end
end

local function with_body(request, body)
  local copy = {}
  for name, given in pairs(request) do copy[name] = given end
  if body then
    copy.json = body
    copy.body = assert(json.encode(body, { sort = true }))
  end
  return copy
end

---@class mkrun.ApplyOptions
---@field plan table       as `mkrun.plan.saved` reads it
---@field model table      as for `mkrun.layer.plan`
---@field base_url string

--- Makes the layer.  `mkrun.host.stack` calls this.
---@param options mkrun.ApplyOptions
---@return fun(transport: function): function layer
function M.new(options)
  local writes = pending.new(options.plan.writes)
  local checks, stopped, kept, owner = task.once(), nil, {}, nil

  local function stop(message, ...)
    stopped = refusal(message, ...)
    error(stopped, 0)
  end

  return function(transport)
    local function check(token)
      owner = token
      local what, code, hint = moved(options, transport, token, kept)
      if what then
        stopped = refusal("%s; nothing was written%s", what,
          hint or "")
        stopped.exit_code = code
      end
      return true
    end

    local function write(request)
      local planned, body = writes:find(request)
      if not planned then
        stop("%s is not in the plan, or not like this; it was not sent",
          place(request.method, request.url:gsub("[?#].*", "")))
      end
      planned.is_sent, kept = true, {}
      local response, message, code = transport(with_body(request, body))
      if response then writes:learn(planned, response) end
      return response, message, code
    end

    --- Sends a read.  The first of its kind gets the answer that was checked,
    --- unless a write was sent since.
    local function read(request)
      local key = requests.key(request)
      local response = request.token == owner and kept[key]
      if not response then return transport(request) end
      kept[key] = nil
      return response
    end

    return function(request)
      local is_checked = checks:get("reads", request.token and not stopped
        and function() return check(request.token) end)
      if stopped then error(stopped, 0) end
      local method = request.method or "GET"
      if method == "GET" then return read(request) end
      if method == "HEAD" then return transport(request) end
      if not is_checked then
        stop("%s: a write without a token is in no plan",
          place(method, request.url:gsub("[?#].*", "")))
      end
      return write(request)
    end
  end
end

return M
