--- Runs inside mkrun on the sandbox, by LUA_INIT: waits take no time, and
--- answers are changed in ways that a fault plan does not know.
---
--- PLAN_HOOK is JSON: {"log": FILE?, "rules": [RULE...]}.  A rule acts on
--- answers to `method` and `path` ("*" matches anything), from the `nth` on,
--- `times` of them:
---
---   {"kind": "lag", ...}               a list as it was when last read
---   {"kind": "body", "body": TEXT, "status": N?}
---   {"kind": "type", "pick": N}        one place has a value of another type
---
--- The log gets a line for each request, as JSON.

local json = require "mkrun.json"
local sandbox = require "mkio.sandbox"
local task = require "mkrun.task"

-- luacheck: push ignore 122
function task.sleep() end
-- luacheck: pop

local wish = os.getenv "PLAN_HOOK"
if not wish then return end
wish = assert(json.decode(wish))
local log = wish.log and assert(io.open(wish.log, "w"))

for _, rule in ipairs(wish.rules) do
  rule.seen = 0
  rule.pattern = "^" .. rule.path:gsub("%p", "%%%0"):gsub("%%%*", ".*") .. "$"
end

local OTHERS <const> = { string = 4711, number = "changed", boolean = "changed",
  array = json.object {}, object = json.array {} }

local function kind_of(value)
  if type(value) ~= "table" then return type(value) end
  return json.is_array(value) and "array" or "object"
end

local function sorted_keys(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end

--- Lists all places below `value` that are not null, as {table, key}.
local function places(value, list)
  for _, key in ipairs(sorted_keys(value)) do
    local member = value[key]
    if member ~= json.null then list[#list + 1] = { value, key } end
    if type(member) == "table" then places(member, list) end
  end
  return list
end

local change = {}

function change.type(rule, response)
  local document = json.decode(response.body or "")
  if response.status >= 300 or type(document) ~= "table" then return end
  local list = places(document, {})
  local at = list[rule.pick % math.max(#list, 1) + 1]
  if not at then return end
  at[1][at[2]] = OTHERS[kind_of(at[1][at[2]])]
  response.body = assert(json.encode(document))
end

function change.body(rule, response)
  if response.status >= 300 then return end
  response.body, response.status =
    rule.body, rule.status or response.status
end

function change.lag(_, response, before)
  if before then response.body = before end
end

local function is_list(response)
  return response.status == 200 and (response.body or ""):find '"value":%s*%['
end

local function path_of(request)
  return request.url:match "^%a+://[^/]+([^?]*)" or ""
end

--- Returns the rule that acts on this answer.
local function acting(method, path)
  local found
  for _, rule in ipairs(wish.rules) do
    if rule.method == method and path:find(rule.pattern) then
      rule.seen = rule.seen + 1
      local n = rule.seen - rule.nth
      if n >= 0 and n < rule.times then found = found or rule end
    end
  end
  return found
end

local lists = {} -- the last answer to each list

local function note(method, path, response)
  if not log then return end
  log:write(assert(json.encode { method = method, path = path,
    status = response and response.status or 0 }), "\n")
  log:flush()
end

local function disturbed(transport)
  return function(request)
    local response, message, code = transport(request)
    local method, path = request.method or "GET", path_of(request)
    note(method, path, response)
    local rule = acting(method, path)
    if not response then return nil, message, code end
    local key = request.url .. (json.encode(request.query or {},
      { sort = true }) or "")
    local before = lists[key]
    if is_list(response) and not (rule and rule.kind == "lag") then
      lists[key] = response.body
    end
    if rule then change[rule.kind](rule, response, before) end
    return response
  end
end

local open = sandbox.open
function sandbox.open(config)
  local transport, clock = open(config)
  return disturbed(transport), clock
end
