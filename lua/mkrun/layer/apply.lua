--- Layer for `--apply`: sends the writes of a saved plan, each once, and no
--- others.
---
--- Before the first request it reads again everything that the plan depends on.
--- If an answer has changed, the run ends.  A write is sent as it was planned
--- (see `mkrun.plan.pending`).
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local pending = require "mkrun.plan.pending"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

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

--- Reads again the documents that the plan depends on.  Returns nil, or a
--- message and, if a document has changed, the exit code.
local function moved(options, transport, token)
  local overlay = options.model.new {
    base_url = options.base_url, read = transport,
  }
  local planned, now = options.plan.organization, overlay:whose(token)
  if planned and planned ~= now then
    return ("the plan is for the organization %s, and the token for %s")
      :format(planned, now or "another one"), STALE
  end
  local problems = task.map(options.plan.reads, function(read)
    local request = { method = "GET", url = read.url, query = read.query,
      token = token, headers = { Accept = "application/json" } }
    local response, message = transport(request)
    if not response then return { message } end
    local essence = overlay:essence(request, response)
    if essence and sys.sha256(essence) == read.digest then return nil end
    return { place("GET", read.url)
      .. ": the answer has changed since the plan was made", STALE }
  end)
  for i = 1, #options.plan.reads do
    if problems[i] then return table.unpack(problems[i]) end
  end
end

local function with_body(request, body)
  local copy = {}
  for name, value in pairs(request) do copy[name] = value end
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
  local checks, stopped = task.once(), nil

  local function stop(message, ...)
    stopped = refusal(message, ...)
    error(stopped, 0)
  end

  return function(transport)
    local function check(token)
      local what, code = moved(options, transport, token)
      if what then
        stopped = refusal("%s; nothing was written", what)
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
      planned.is_sent = true
      local response, message, code = transport(with_body(request, body))
      if response then writes:learn(planned, response) end
      return response, message, code
    end

    return function(request)
      local is_checked = checks:get("reads", request.token and not stopped
        and function() return check(request.token) end)
      if stopped then error(stopped, 0) end
      local method = request.method or "GET"
      if method == "GET" or method == "HEAD" then return transport(request) end
      if not is_checked then
        stop("%s: a write without a token is in no plan",
          place(method, request.url:gsub("[?#].*", "")))
      end
      return write(request)
    end
  end
end

return M
