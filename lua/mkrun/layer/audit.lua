--- This layer for `--audit` adds a line with each write request and its outcome
--- to the audit file.  `mkrun.host.stack` makes the layer.
---
--- If a line cannot be written, no further write is sent.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local sys = require "mkrun.sys"
local value = require "mkrun.value"

local bearer = require "mkrun.host.bearer"
local befores = require "mkrun.journal.before"
local marks = require "mkrun.journal.mark"
local places = require "mkrun.journal.place"
local requests = require "mkrun.layer.request"
local scrub = require "mkrun.journal.scrub"

local M = {}

--- Calls a function before `os.exit` ends the run.
local function at_exit(call)
  local exit = os.exit
  -- luacheck: push ignore 122
  os.exit = function(...)
    sys.whole(call)
    return exit(...)
  end
  -- luacheck: pop
end

local function is_document(body)
  return type(body) == "table" and not json.is_array(body)
end

--- Returns the change that a write made, as a JSON Patch, or nil if the change
--- is unknown.
local function change(before, response, hide)
  if not response or response.status >= 300 then return nil end
  local after = hide(response.body)
  if not is_document(after) then return nil end
  if is_document(before) then return patch.diff(before, after) end
  return before == nil and response.status == 201
    and json.array { { op = "add", path = "", value = after } } or nil
end

--- Returns the reference in an answer.  The service's support finds the request
--- by this reference.
local function ref_of(response)
  local document = json.decode(response.body or "")
  for _, place in ipairs(config.provider().documents.refs) do
    local ref = value.dig(document, table.unpack(place))
    if ref then return type(ref) == "string" and ref or nil end
  end
end

--- Names who sends a request.  The hash of a password could be guessed, so it
--- is no name.
local function who_of(request, place)
  if not request.token or request.token_as ~= "basic" then
    return bearer.name(request.token)
  end
  return ("user of %s"):format(place.name or "basic authentication")
end

--- Returns the fields of a line that are known before the request is sent.
local function record_of(request, place, before)
  local mark = marks.of(request)
  return {
    journal = mark.journal, write = mark.write, provider = place.name,
    who = who_of(request, place), method = requests.method(request),
    url = requests.url(request), before = before,
    sent = places.body(place, request),
  }
end

local function complete(record, hide, response, code)
  record.patch = change(record.before, response, hide)
  record.status = response and response.status
  record.ref = response and ref_of(response)
  record.error = not response and (code or "failed") or nil
end

--- Estimates the size of an audit line in bytes before the answer is known.
--- The answer and the patch may each be as long as the document before the
--- write.
local function size_of(record)
  return 4096 + 3 * #assert(json.encode(record))
end

--- Makes the layer.
---@param audit mkrun.Audit
---@param base_url string
---@param note fun(text: string)  called if a line cannot be written
---@param subject? table  has `changes`, a function that returns the path of the
---  document that a write changes
---@return fun(transport: function): function layer
function M.new(audit, base_url, note, subject)
  local before, broken, under_way = befores.new(base_url, subject), nil, 0
  local main = { base_url = base_url, subject = subject }
  local open = {} -- record of each write under way -> its size

  local function keep(record, size)
    if not open[record] then return end
    open[record], under_way = nil, under_way - size
    local earlier = broken
    broken = "ended early" -- if `add` raises an error
    local done, why = audit:add(record)
    if done then
      broken = earlier
      return
    end
    broken = why
    note(("a write is not in audit %s"):format(why))
  end

  --- Returns a `<close>` value that writes the line even if the task is
  --- cancelled or the run is interrupted, because the request may have been
  --- sent.
  local function open_line(record, size)
    record.error, open[record] = "cancelled", size
    return sys.finally(function() keep(record, size) end)
  end

  -- A task can call os.exit while a coroutine of another waits for an answer;
  -- the <close> variables of that one are then never closed.
  at_exit(function()
    for record, size in pairs(open) do keep(record, size) end
  end)

  local function not_sent(request, why)
    return nil, ("%s %s: not sent: audit %s"):format(requests.method(request),
      requests.url(request), why), "audit"
  end

  local function write(transport, request, place)
    if broken then return not_sent(request, broken) end
    local document = before:of(transport, request)
    local record = record_of(request, place, document)
    local size = size_of(record)
    local done, why = audit:reserve(under_way + size)
    if not done then return not_sent(request, why) end
    under_way = under_way + size
    local _ <close> = open_line(record, size)
    local response, message, code, attempts = transport(request)
    sys.whole(complete, record, function(part)
      return places.hide(place, request, scrub.body, part)
    end, response, code)
    return response, message, code, attempts
  end

  return function(transport)
    return function(request)
      local place = places.of(request, main)
      if not places.is_read(request, places.meaning(place, request)) then
        return write(transport, request, place)
      end
      local response, message, code, attempts = transport(request)
      before:saw(request, response)
      return response, message, code, attempts
    end
  end
end

return M
