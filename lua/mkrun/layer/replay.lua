--- This lowest transport for `--replay` answers requests from a HAR file and
--- sends nothing.  The host calls `open`.
---
--- A request gets the answer of the first unused entry with the same method,
--- path, query and body.  Server name, times and secrets are not compared.  But
--- where several entries would do, one of the same server comes first.  If
--- there is no such entry, the script departs from the recording.  Then this
--- request and all later requests fail with the code "replay", because a script
--- acts differently after a failure.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local script = require "mkrun.script"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"
local task = require "mkrun.task"

local base64 = require "mkrun.base64"
local before_exit = require "mkrun.host.before_exit"
local places = require "mkrun.journal.place"
local planned = require "mkrun.plan.files"
local har = require "mkrun.journal.har"
local scrub = require "mkrun.journal.scrub"
local timeless = require "mkrun.journal.timeless"

local M = {}

--- Returns a body in a form that can be compared.  `request` is the request of
--- the script: its provider says what is secret.
local function comparable(text, request)
  if text == nil or text == "" then return json.null end
  local value = json.decode(text)
  if value == nil then value = text end
  local place = places.of(request, {})
  return timeless.copy(places.hide(place, request, scrub.texts, value))
end

--- Returns the body of an entry.  It is compared late, because the script has
--- to load its providers first.
local function body_in(entry, request)
  entry.body = entry.body or comparable(entry.text, request)
  return entry.body
end

--- Returns the part of a URL with the server's name.
local function server_of(url) return url:match "^%a[%w+.-]*://[^/?#]*" end

local function taken_from(entry, number)
  local request = entry.request
  local target = har.target(request.url)
  return {
    key = request.method:upper() .. " " .. target, number = number,
    server = server_of(request.url), response = entry.response,
    text = har.content(request.postData),
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

--- The member of an answer that has a new token.
local TOKEN <const> = config.provider().documents.token

--- Replaces each hidden token in an answer by a made-up token, because a
--- recording contains no secrets.  A script can read the claims of the made-up
--- token.  No service accepts the token.
local function with_tokens(value)
  if type(value) ~= "table" then return value end
  for name, member in pairs(value) do
    if name == TOKEN and scrub.hides(member) then
      local claims = json.encode { jti = tostring(value.id) }
      value[name] = "eyJ9." .. base64.encode_url(claims) .. "."
    else
      with_tokens(member)
    end
  end
  return value
end

local numbered = 0

--- Numbers the hidden texts in a provider's answer.  The script makes secrets
--- of them, and all output replaces the text of a secret: it must not be the
--- word that mkrun itself writes.
local function with_numbers(body)
  return (body:gsub('"%(secret%)"', function()
    numbered = numbered + 1
    return ('"(secret of the recording %d)"'):format(numbered)
  end))
end

local function body_of(content, request)
  local body = har.content(content) or ""
  if places.of(request, {}).name and body:find('"(secret)"', 1, true) then
    body = with_numbers(body)
  end
  if not body:find(('"%s"'):format(TOKEN), 1, true) then return body end
  local value = json.decode(body)
  return value and json.encode(with_tokens(value)) or body
end

--- Lets other tasks run, as other tasks ran while the recorded request waited.
--- If the task was cancelled in the recorded run, the task sleeps, so that the
--- script can cancel the task again.
local function take_turns(code)
  if coroutine.isyieldable() then task.sleep(code == "cancelled" and 1 or 0) end
end

local function answer(entry, request)
  local response = entry.response
  take_turns(response._error)
  if response.status == 0 then
    return nil, response._message or entry.key .. ": failed as recorded",
      response._error or "failed"
  end
  return { status = response.status, headers = headers_of(response),
           body = body_of(response.content, request) }
end

-- Requests that are not in the recording -------------------------------------

local function brief(value)
  local text = value == nil and "nothing" or json.encode(value)
    or ("(%d bytes)"):format(#value)
  text = secret.redact(text) -- before the cut: part of a secret is not redacted
  return #text > 60 and text:sub(1, 57) .. "..." or text
end

--- Describes the first difference between two bodies.
local function difference(recorded, now)
  local operation = patch.diff(recorded, now)[1]
  local was = patch.get(recorded, operation.path)
  return ("body%s was %s and is %s"):format(
    operation.path == "" and "" or " at " .. operation.path, brief(was),
    brief(operation.value))
end

local function first_unused(entries)
  for i, entry in ipairs(entries) do
    if not entry.used then return i, entry end
  end
end

local function is_write(entry)
  return not entry.key:find "^GET " and not entry.key:find "^HEAD "
end

--- Returns the number of unused entries, and how many of these are writes.
local function count_unused(entries)
  local count, writes = 0, 0
  for _, entry in ipairs(entries) do
    if not entry.used then
      count, writes = count + 1, writes + (is_write(entry) and 1 or 0)
    end
  end
  return count, writes
end

--- Returns the reason why no entry answers a request.  `alike` contains the
--- entries with the request's method, path and query.
local function departure(entries, alike, body)
  local _, entry = first_unused(alike)
  if entry then
    return ("entry %d: %s"):format(entry.number, difference(entry.body, body))
  end
  local why = #alike == 0 and "is not in it"
    or ("is in it %d time%s and was asked once more"):format(#alike,
      #alike == 1 and "" or "s")
  local i
  i, entry = first_unused(entries)
  return ("it %s; next is %s"):format(why,
    i and ("entry %d, %s"):format(i, entry.key) or "its end")
end

-- The transport --------------------------------------------------------------

local function tell(path, text, ...)
  io.stderr:write("mkrun: ", path, ": ", text:format(...), "\n")
end

--- Reports at the end of the run which entries were not used, which files were
--- not written, and which commands were not run.
local function tell_rest(path, entries, files)
  local i, entry = first_unused(entries)
  if i then
    tell(path, "not asked for: %d of %d entries, first entry %d, %s",
      (count_unused(entries)), #entries, i, entry.key)
  end
  for _, file in ipairs(files.written) do
    tell(path, "not written, as a recording has no secrets: %s", file.path)
  end
  for _, command in ipairs(files.commands) do
    tell(path, "not run, as a recording has no secrets: %s", command)
  end
end

local function by_key(entries)
  local lists = {}
  for _, entry in ipairs(entries) do
    local alike = lists[entry.key] or {}
    lists[entry.key] = alike
    alike.servers = alike.servers
      or alike[1] and alike[1].server ~= entry.server
    alike[#alike + 1] = entry
  end
  return lists
end

--- Returns the first unused entry with this body, from this server if one is
--- given.
local function find(alike, request, body, server)
  for i = alike.first, #alike do
    local entry = alike[i]
    if not entry.used and (not server or entry.server == server)
      and patch.equal(body_in(entry, request), body) then
      return entry
    end
  end
end

--- Marks the first unused entry with this body as used, and returns the entry.
--- An entry of the same server comes first, because two APIs may have the same
--- path.
local function take(alike, request, body)
  local first = alike.first or 1
  while alike[first] and alike[first].used do first = first + 1 end
  alike.first = first
  local entry = alike.servers
      and find(alike, request, body, server_of(request.url))
    or find(alike, request, body)
  if entry then entry.used = true end
  return entry
end

--- Makes the transport.
---@param path string  path of the HAR file, for messages
---@param entries table[]  entries of the HAR file
---@param files? mkrun.PlannedFiles  files that were not written
---@param told? fun(entry: table)  called with each entry that answers a request
---@return fun(request: table): table?, string?, string?   transport
---@return fun(): integer  returns the exit code after the script has succeeded
function M.new(path, entries, files, told)
  local list = {}
  for i, entry in ipairs(entries) do list[i] = taken_from(entry, i) end
  local lists, departed = by_key(list), nil
  local guard = setmetatable({}, { __gc = function()
    tell_rest(path, list, files or { written = {}, commands = {} })
  end })

  local function transport(request)
    local key = har.method(request) .. " "
      .. har.target(request.url, request.query)
    local body = comparable(har.body(request), request)
    local alike = guard and lists[key] or {}
    local entry = not departed and take(alike, request, body)
    if entry then
      if told then told(entries[entry.number]) end
      return answer(entry, request)
    end
    if departed then
      return nil, key .. ": not answered after " .. departed, "replay"
    end
    departed = ("%s: departs from %s: %s"):format(key, path,
      departure(list, alike, body))
    return nil, departed, "replay"
  end

  return transport, function()
    if departed then error(departed, 0) end
    return select(2, count_unused(list)) > 0 and 1 or 0
  end
end

--- Returns the time at which an entry was sent or answered, in seconds since
--- 1970 on the recording machine's clock; nil if the entry has no time.
local function moment_of(entry, is_end)
  local text = entry and entry.startedDateTime
  local started = type(text) == "string" and sys.parse_time(text)
  local took = is_end and tonumber(entry.time) or 0
  return started and started + took / 1000 or nil
end

--- Makes the lowest transport and its clock.  The clock's `now` moves only when
--- a task sleeps.  The host calls `M.finish` after the script.
---@param settings mkrun.Config
---@return fun(request: table): table?, string?, string?   transport
---@return {now: function, sleep: function, wall: function} clock
function M.open(settings)
  local entries, message, is_mended = har.read(settings.replay)
  if not entries then script.refuse("--replay: " .. message) end
  if is_mended then
    tell(settings.replay, "%s", har.cut_off(entries))
  end
  local time, kept = 0, nil
  local wall = moment_of(entries[1]) or sys.now()
  if not settings.dry_run then kept = planned.keep_secrets() end
  local transport
  transport, M.finish = M.new(settings.replay, entries, kept,
    function(entry) wall = moment_of(entry, true) or wall end)
  if not settings.dry_run then before_exit(M.finish) end
  return transport, {
    now = function() return time end,
    sleep = function(seconds) time = time + seconds end,
    wall = function() return wall end,
  }
end

return M
