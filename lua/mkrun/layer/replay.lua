--- A bottom of the stack that answers from a HAR file, for `--replay`: nothing
--- is sent.
---
--- A request gets the answer of the first entry, not used so far, that has its
--- method, its path and query, and its body.  The server's name, times and
--- secrets are not compared.  Where there is none, the script departs from
--- the recording: the request fails with the code "replay".
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"
local script = require "mkrun.script"

local har = require "mkrun.har"
local scrub = require "mkrun.scrub"
local timeless = require "mkrun.timeless"

local M = {}

local function comparable(text)
  if text == nil or text == "" then return json.null end
  local value = json.decode(text)
  if value == nil then value = text end
  return timeless.copy(scrub.texts(value))
end

local function taken_from(entry)
  local request = entry.request
  local target = har.target(request.url)
  return {
    key = request.method:upper() .. " " .. target, response = entry.response,
    body = comparable(har.content(request.postData)),
  }
end

local function headers_of(response)
  local headers = {}
  for _, header in ipairs(response.headers or {}) do
    local name = header.name:lower()
    local before = headers[name]
    headers[name] = before and before .. ", " .. header.value or header.value
  end
  return headers
end

local function answer(entry)
  local response = entry.response
  if response.status == 0 then
    return nil, response._message or entry.key .. ": failed as recorded",
      response._error or "failed"
  end
  return { status = response.status, headers = headers_of(response),
           body = har.content(response.content) or "" }
end

-- Where the script departs ---------------------------------------------------

local function brief(value)
  local text = value == nil and "nothing" or json.encode(value)
    or ("(%d bytes)"):format(#value)
  return #text > 60 and text:sub(1, 57) .. "..." or text
end

--- The first place at which two bodies differ.
local function difference(recorded, now)
  local operation = patch.diff(recorded, now)[1]
  local was = patch.get(recorded, operation.path)
  return ("body%s was %s and is %s"):format(
    operation.path == "" and "" or " at " .. operation.path, brief(was),
    brief(operation.value))
end

local function first_unused(entries, key)
  for i, entry in ipairs(entries) do
    if not entry.used and (not key or entry.key == key) then return i, entry end
  end
end

local function departure(entries, key, body)
  local i, entry = first_unused(entries, key)
  if i then
    return ("entry %d: %s"):format(i, difference(entry.body, body))
  end
  local count = 0
  for _, other in ipairs(entries) do
    if other.key == key then count = count + 1 end
  end
  local why = count == 0 and "is not in it"
    or ("is in it %d time%s and was asked once more"):format(count,
      count == 1 and "" or "s")
  i, entry = first_unused(entries)
  return ("it %s; next is %s"):format(why,
    i and ("entry %d, %s"):format(i, entry.key) or "its end")
end

-- The transport --------------------------------------------------------------

--- Says at the end of the run what was not asked for.
local function tell_rest(path, entries)
  local i, entry = first_unused(entries)
  if not i then return end
  local count = 0
  for _, other in ipairs(entries) do
    if not other.used then count = count + 1 end
  end
  io.stderr:write(("mkrun: %s: not asked for: %d of %d entries, first entry "
    .. "%d, %s\n"):format(path, count, #entries, i, entry.key))
end

---@param path string  for messages
---@param entries table[]  of a HAR file
---@return fun(request: table): table?, string?, string?
function M.new(path, entries)
  local list = {}
  for i, entry in ipairs(entries) do list[i] = taken_from(entry) end
  local guard = setmetatable({},
    { __gc = function() tell_rest(path, list) end })

  return function(request)
    local key = har.method(request) .. " "
      .. har.target(request.url, request.query)
    local body = comparable(har.body(request))
    for _, entry in ipairs(guard and list) do
      if not entry.used and entry.key == key
        and patch.equal(entry.body, body) then
        entry.used = true
        return answer(entry)
      end
    end
    return nil, ("%s: departs from %s: %s"):format(key, path,
      departure(list, key, body)), "replay"
  end
end

--- The bottom of the stack; time passes only when somebody waits.
---@param settings mkrun.Config
function M.open(settings)
  local entries, message = har.read(settings.replay)
  if not entries then script.refuse("--replay: " .. message) end
  local time = 0
  return M.new(settings.replay, entries), {
    now = function() return time end,
    sleep = function(seconds) time = time + seconds end,
  }
end

return M
