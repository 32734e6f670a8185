--- Runs inside mkrun on the sandbox: logs requests and answers, and changes one
--- place of one answer.
---
---   mkrun --sandbox=FILE -e 'dofile ".../changed_answer.lua"' FLOW ...
---
--- ANSWER_CHANGE is JSON: {"log": FILE, "bodies": true?, "change": {"answer":
--- N, "pointer": "/value/0", "kind": "number"}?}.  Each line of the log is a
--- request as JSON, in the order of the answers.

local json = require "mkrun.json"
local patch = require "mkrun.patch"
local sandbox = require "mkio.sandbox"
local sys = require "mkrun.sys"

local changes = {}

local VALUES <const> = {
  string = "changed", number = 4711, ["true"] = true, null = json.null,
  array = json.array {}, object = json.object {},
}

--- Returns a document with one place changed, as JSON.
function changes.apply(body, change)
  local document = assert(json.decode(body))
  local path, kind = change.pointer, change.kind
  if kind == "extra" then
    local at = patch.get(document, path)
    local operation = json.is_array(at)
      and { op = "add", path = path .. "/-", value = "extra" }
      or { op = "add", path = path .. "/extra", value = "extra" }
    document = assert(patch.apply(document, { operation }))
  elseif kind == "missing" then
    document = assert(patch.apply(document, { { op = "remove", path = path } }))
  elseif path == "" then
    document = VALUES[kind]
  else
    document = assert(patch.apply(document,
      { { op = "replace", path = path, value = VALUES[kind] } }))
  end
  return assert(json.encode(document))
end

local wish = os.getenv "ANSWER_CHANGE"
if not wish then return changes end
wish = assert(json.decode(wish))

local log = assert(io.open(wish.log, "w"))
local count, ids = 0, 0

--- Returns the same ids in every run.
function sys.uuid()
  ids = ids + 1
  return ("5a5a5a5a-0000-4000-8000-%012d"):format(ids)
end

local function watched(transport)
  return function(request)
    local response, message, code = transport(request)
    count = count + 1
    local line = { n = count, method = request.method or "GET",
      url = request.url, status = response and response.status or 0,
      body = response and wish.bodies and response.body or nil }
    log:write(assert(json.encode(line)), "\n")
    log:flush()
    local change = wish.change
    if response and change and change.answer == count then
      response.body = change.body or changes.apply(response.body, change)
      response.status = change.status or response.status
    end
    return response, message, code
  end
end

local open = sandbox.open
function sandbox.open(config)
  local transport, clock = open(config)
  return watched(transport), clock
end
