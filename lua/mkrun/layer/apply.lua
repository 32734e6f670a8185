--- Layer: lets the writes of a plan through, once each, and nothing else.
---
--- Before the first request everything that the plan depends on is read again;
--- when an answer is not what it was, the run ends.  A write is sent as it was
--- planned: ids that the server gives now take the place of those that the
--- plan made up, a secret comes from the script, and so does nothing else that
--- is not in the plan.  The script computes times anew: the planned ones are
--- sent.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

local HIDDEN <const> = "(secret)"

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

local function is_time(value)
  return type(value) == "string" and value:find "^%d%d%d%d%-%d%d%-%d%dT"
    and sys.parse_time(value) ~= nil
end

local fit

local function fit_tables(planned, actual)
  if json.is_array(planned) ~= json.is_array(actual) then return nil end
  local out = json.is_array(planned) and json.array {} or json.object {}
  for name, inner in pairs(planned) do
    if actual[name] == nil then return nil end
    out[name] = fit(inner, actual[name])
    if out[name] == nil then return nil end
  end
  for name in pairs(actual) do
    if planned[name] == nil then return nil end
  end
  return out
end

--- What to send when the plan says `planned` and the script `actual`; nil when
--- that is not the same.
function fit(planned, actual)
  if planned == HIDDEN and type(actual) == "string" then return actual end
  if type(planned) == "table" and type(actual) == "table" then
    return fit_tables(planned, actual)
  end
  if planned == actual then return actual end
  if is_time(planned) and is_time(actual) then return planned end
end

--- With the ids that the server has given for those of the plan.
local function translated(ids, text)
  return (text:gsub("%x+%-%x+%-%x+%-%x+%-%x+", ids))
end

local function encoded(value)
  return assert(json.encode(value, { sort = true }))
end

--- The body to send for a planned write, as a value; nil when it is another
--- request.  false: there is none, and none was planned.
local function body_for(write, request, ids)
  if write.method ~= request.method
    or translated(ids, write.url) ~= request.url
    or encoded(write.query or {}) ~= encoded(request.query or {}) then
    return nil
  end
  local text = request.body ~= "" and request.body or nil
  if write.body == nil and not text then return false end
  local actual = write.body ~= nil and text and json.decode(text)
  if not actual then return nil end
  return fit(json.decode(translated(ids, encoded(write.body))), actual)
end

local function find(writes, request, ids)
  for _, write in ipairs(writes) do
    if not write.is_sent then
      local body = body_for(write, request, ids)
      if body ~= nil then return write, body end
    end
  end
end

--- Read again what the plan depends on; returns what is not as it was.
local function moved(options, transport, token)
  local overlay = options.model.new {
    base_url = options.base_url, read = transport,
  }
  for _, read in ipairs(options.plan.reads) do
    local request = { method = "GET", url = read.url, query = read.query,
      token = token, headers = { Accept = "application/json" } }
    local response, message = transport(request)
    if not response then return message end
    local essence = overlay:essence(request, response)
    if not essence or sys.sha256(essence) ~= read.digest then
      return place("GET", read.url)
        .. ": the answer is not what it was when the plan was made"
    end
  end
end

local function with_body(request, body)
  local copy = {}
  for name, value in pairs(request) do copy[name] = value end
  if body then copy.json, copy.body = body, encoded(body) end
  return copy
end

local function learn(ids, write, response)
  local document = write.id and json.decode(response.body or "")
  local metadata = type(document) == "table" and document.metadata
  local id = type(metadata) == "table" and metadata.id
  if type(id) == "string" then ids[write.id] = id end
end

---@class mkrun.ApplyOptions
---@field plan table       as `mkrun.plan.saved` reads it
---@field model table
---@field base_url string

---@param options mkrun.ApplyOptions
---@return fun(transport: function): function layer
function M.new(options)
  local ids, state, stopped = {}, "unchecked", nil

  local function stop(message, ...)
    stopped = refusal(message, ...)
    error(stopped, 0)
  end

  return function(transport)
    local function check(token)
      state = "checking"
      local what = moved(options, transport, token)
      if what then stop("%s; nothing was written", what) end
      state = "checked"
    end

    local function write(request)
      local planned, body = find(options.plan.writes, request, ids)
      if not planned then
        stop("%s is not in the plan, or not like this; it was not sent",
          place(request.method, request.url:gsub("[?#].*", "")))
      end
      planned.is_sent = true
      local response, message, code = transport(with_body(request, body))
      if response then learn(ids, planned, response) end
      return response, message, code
    end

    return function(request)
      if state == "unchecked" and request.token then check(request.token) end
      while state == "checking" and not stopped do
        require "mkrun.task".sleep(0.002)
      end
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
