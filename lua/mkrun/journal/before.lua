--- Reads the document that a write will change, unless the task that writes has
--- just read the document.  The layers `journal` and `audit` and
--- `mkrun.journal.home` call this module.
-- SPDX-License-Identifier: MIT

local places = require "mkrun.journal.place"
local requests = require "mkrun.layer.request"
local scrub = require "mkrun.journal.scrub"
local sys = require "mkrun.sys"

---@class mkrun.Before
---@field main mkrun.Place   the API of the run.  Its `subject` has `changes`, a
---  function that returns the path of the document that a write changes
---@field kept table<thread, mkrun.KeptAnswer[]>  what each task has read since
---  its last write, the oldest answer first
---@field writes integer      number of writes of the run so far
---@field written table<string, integer>   number of the last write to each URL
---@field now fun(): number   seconds

---@class mkrun.KeptAnswer
---@field url string
---@field sender any       the token of the read
---@field time number      when the answer came
---@field writes integer   number of writes of the run until then
---@field response table

local Before = {}
Before.__index = Before

local M = {}

--- Statuses of an answer that shows that a document does not exist.
local ABSENT <const> = { [404] = true, [410] = true }

local REPLACES <const> = { PUT = true, PATCH = true, DELETE = true }

local NOT_OF_READS <const> = { body = true, json = true, query = true,
  safe = true, headers = true, secrets = true }

--- Makes the request that reads `url` with the token of a write.
---@param request table  the write request
---@param url string
---@return table
function M.read_of(request, url)
  local read, headers = {}, { Accept = "application/json" }
  for name, value in pairs(request) do
    if not NOT_OF_READS[name] then read[name] = value end
  end
  for name, value in pairs(request.headers or {}) do
    local word = type(name) == "string" and name:lower() or ""
    if word ~= "accept" and not word:find "^content%-" then
      headers[name] = value
    end
  end
  read.method, read.url, read.headers = "GET", url, headers
  return read
end

--- Returns the document in an answer, without the document's secrets, or nil.
local function document_of(response)
  if not response or response.status ~= 200 then return nil end
  local document = scrub.body(response.body)
  return type(document) == "table" and document or nil
end

--- Returns the reason why a read failed.  Returns nil if the answer contains
--- the document, or shows that the document does not exist.
---@param response? table
---@param message? string
---@return string? problem
function M.failure(response, message)
  if not response then return message end
  local status = response.status
  return (status >= 500 or status == 429) and ("status %d"):format(status)
    or nil
end

local function bare(url) return url:match "^[^?#]*" end

--- The number of answers that are kept for a task: it reads one document or a
--- few right before it changes them.
local KEPT <const> = 4
--- The largest body that is kept, in bytes.  A list may be larger, but no write
--- changes a list.
local LARGEST <const> = 256 * 1024
--- Seconds for which an answer is kept.  Later somebody else may have changed
--- the document, and undo would take back that change.
local FRESH <const> = 5

--- Returns what tells two senders apart: the same URL shows each its own
--- organization.
local function sender_of(request)
  return request.token or requests.header(request, "authorization")
end

--- Returns the newest answer in `kept` from this URL, or nil.
local function find(kept, url, sender)
  for i = #kept, 1, -1 do
    local answer = kept[i]
    if answer.url == url and answer.sender == sender then return answer end
  end
end

--- Returns the answer that this task got from this URL, unless a task has
--- written there since.  Drops all that this task has read: a write may change
--- more than one document.
local function take(self, request, url)
  local task = coroutine.running()
  local answer = find(self.kept[task] or {}, url, sender_of(request))
  self.kept[task], self.writes = nil, self.writes + 1
  local written = self.written[url] or 0
  self.written[url or ""] = self.writes
  if answer and answer.writes >= written
    and self.now() - answer.time < FRESH then
    return answer.response
  end
end

--- Stores the answer to a read, so that `of` need not read the same document
--- again.  The answer to a failed read is not stored.
---@param request table
---@param response? table
function Before:saw(request, response)
  if (request.method or "GET"):upper() ~= "GET" then return end
  if not response or M.failure(response)
    or #(response.body or "") > LARGEST then
    return
  end
  local task = coroutine.running()
  local kept = self.kept[task] or {}
  self.kept[task] = kept
  kept[#kept + 1] = { url = bare(request.url), response = response,
    sender = sender_of(request), time = self.now(), writes = self.writes }
  if #kept > KEPT then table.remove(kept, 1) end
end

--- Returns the URL of the document that a write changes, or nil.
local function url_of(place, request)
  local method = requests.method(request)
  local path = requests.path(request, place.base_url)
  if path:sub(1, 1) ~= "/" then return nil end
  local meaning = places.meaning(place, request)
  if meaning then
    return meaning.target and place.base_url .. meaning.target
  end
  if REPLACES[method] then return bare(request.url) end
  local changes = place.subject and place.subject.changes
  local other = changes and changes(method, path)
  return other and place.base_url .. other
end

--- Reads what a write changes from the list that alone shows it.
---@return boolean is_listed   false: a path of its own shows it
---@return table? item
---@return string? problem
local function in_list(place, transport, request)
  local listed = place.name and place.subject and place.subject.listed
  if not listed then return false end
  return listed(requests.path(request, place.base_url), function(path, query)
    local read = M.read_of(request, place.base_url .. path)
    read.query = query
    local response, message = transport(read)
    local problem = M.failure(response, message)
    return not problem and response or nil, problem
  end)
end

--- Returns the document that a write changes, without the document's secrets.
---@param transport function  function that reads the document
---@param request table       the write request
---@return table? document   nil if there is no document, or the read failed
---@return string? problem   why the read failed
---@return boolean? absent   true if there certainly is no document
function Before:of(transport, request)
  local place = places.of(request, self.main)
  local url = url_of(place, request)
  local response, message = take(self, request, url), nil
  if not url then
    local is_listed, item, problem = in_list(place, transport, request)
    return places.hide(place, request, scrub.value, item), problem,
      is_listed and not item and not problem or nil
  end
  if not response then
    response, message = transport(M.read_of(request, url))
  end
  local absent = response and ABSENT[response.status] or nil
  return places.hide(place, request, document_of, response),
    M.failure(response, message), absent
end

--- Makes a `mkrun.Before` for a run.
---@param base_url string
---@param subject? table
---@param now? fun(): number   seconds (default: `sys.monotonic`)
---@return mkrun.Before
function M.new(base_url, subject, now)
  return setmetatable({ kept = setmetatable({}, { __mode = "k" }),
    writes = 0, written = {}, now = now or sys.monotonic,
    main = { base_url = base_url, subject = subject } }, Before)
end

return M
