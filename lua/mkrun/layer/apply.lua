--- Layer: lets the writes of a plan through, once each, and nothing else.
---
--- Before the first request everything that the plan depends on is read again;
--- when an answer is not what it was, the run ends.  A write is sent as it was
--- planned (see `mkrun.plan.pending`).
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local pending = require "mkrun.plan.pending"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local M = {}

--- An error that ends the run whoever catches it: nothing is sent after it.
local Refusal = {}
Refusal.__name = "mkrun.PlanRefusal"
Refusal.__tostring = function(self) return self.message end

local function refusal(message, ...)
  return setmetatable({ message = "--apply: " .. message:format(...) },
    Refusal)
end

--- How one of them is called in a message.
local function place(method, url)
  return method .. " " .. url:gsub("^%a[%w+.-]*://[^/?#]+", "")
end

--- Another plan is needed, as when a file is not what it was: exit code 2.
local STALE <const> = 2

--- Read again what the plan depends on; returns what is wrong, and the exit
--- code when it is that something is not as it was.
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
      .. ": the answer is not what it was when the plan was made", STALE }
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
---@field model table
---@field base_url string

---@param options mkrun.ApplyOptions
---@return fun(transport: function): function layer
function M.new(options)
  local writes = pending.new(options.plan.writes)
  local state, stopped = "unchecked", nil

  local function stop(message, ...)
    stopped = refusal(message, ...)
    error(stopped, 0)
  end

  return function(transport)
    local function check(token)
      state = "checking"
      -- a task that is cancelled meanwhile leaves it to the next one
      local _ <close> = setmetatable({}, { __close = function()
        if state == "checking" then state = "unchecked" end
      end })
      local what, code = moved(options, transport, token)
      if what then
        stopped = refusal("%s; nothing was written", what)
        stopped.exit_code = code
        error(stopped, 0)
      end
      state = "checked"
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

    --- Who comes while another task checks waits for it.
    local function wait(request)
      while not stopped and state ~= "checked"
        and (request.token or state == "checking") do
        if state == "unchecked" then
          check(request.token)
        else
          task.sleep(0.002)
        end
      end
    end

    return function(request)
      wait(request)
      if stopped then error(stopped, 0) end
      local method = request.method or "GET"
      if method == "GET" or method == "HEAD" then return transport(request) end
      if state ~= "checked" then
        stop("%s: a write without a token is in no plan",
          place(method, request.url:gsub("[?#].*", "")))
      end
      return write(request)
    end
  end
end

return M
