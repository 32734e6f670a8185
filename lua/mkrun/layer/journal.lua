--- Layer: each write is in the journal before it is sent, and its outcome
--- after.
---
--- In a resumed run, a write that must not be sent twice, and that an earlier
--- run sent without seeing an answer, is not sent before this run has looked:
--- has read that very path, the collection that it is in, or what is below it.
--- Until then it fails as a lost answer does ("closed"), upon which those who
--- know what to look for look.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local befores = require "mkrun.before"
local retry = require "mkrun.layer.retry"
local scrub = require "mkrun.scrub"

local M = {}

local READS <const> = { GET = true, HEAD = true, OPTIONS = true }

local function method_of(request) return (request.method or "GET"):upper() end

--- "/api/v1/projects" of a URL, without its query.
local function path_of(request)
  local path = request.url:match "^%a[%w+.-]*://[^/?#]*([^?#]*)"
  return path and path ~= "" and path or "/"
end

local function body_of(request)
  if request.body then return scrub.body(request.body) end
  return request.json ~= nil and scrub.value(request.json) or nil
end

local function write_of(request)
  return {
    method = method_of(request), path = path_of(request),
    body = body_of(request), safe = retry.is_safe(request),
  }
end

--- What the answer calls the thing: for `--undo`, and for people.
local function created_by(response)
  local document = json.decode(response.body or "")
  local metadata = type(document) == "table" and document.metadata
  if type(metadata) ~= "table" then return nil end
  return { id = metadata.id, name = metadata.name }
end

local function outcome_of(response, code)
  if not response then return { error = code or "failed" } end
  return { status = response.status, created = created_by(response) }
end

-- Looking before sending again -----------------------------------------------

--- A moment differs from run to run: `expireDate` of a token is one.
local function timeless(value)
  if type(value) == "string" then
    return (value:gsub("^%d%d%d%d%-%d%d%-%d%dT[%d:.]+Z$", "(time)"))
  elseif type(value) ~= "table" then
    return value
  end
  local result = json.is_array(value) and json.array {} or json.object {}
  for name, member in pairs(value) do result[name] = timeless(member) end
  return result
end

local function is_same(a, b)
  return a.method == b.method and a.path == b.path
    and patch.equal(timeless(a.body), timeless(b.body))
end

--- The unsafe writes that nobody knows the fate of.
local function doubtful(journal)
  local list = {}
  for _, write in ipairs(journal:unanswered()) do
    if not write.safe then list[#list + 1] = write end
  end
  return list
end

local function starts_with(text, start) return text:sub(1, #start) == start end

local function has_looked(looked, path)
  if looked[path] or looked[path:match "^(.+)/[^/]*$"] then return true end
  for seen in pairs(looked) do
    if starts_with(seen, path .. "/") then return true end
  end
  return false
end

--- May it be sent, as far as earlier runs are concerned?
local function is_clear(doubts, looked, write)
  for i, earlier in ipairs(doubts) do
    if is_same(earlier, write) then
      if not has_looked(looked, write.path) then return false end
      table.remove(doubts, i)
      return true
    end
  end
  return true
end

-- The layer ------------------------------------------------------------------

---@param journal mkrun.Journal
---@param note? fun(text: string)  told when an outcome could not be kept
---@return fun(transport: function): function layer
function M.new(journal, note)
  local doubts, looked = doubtful(journal), {}
  local before = befores.new()

  local function read(transport, request)
    local response, message, code, attempts = transport(request)
    before:saw(request, response)
    if doubts[1] and response and response.status < 300 then
      looked[path_of(request)] = true
    end
    return response, message, code, attempts
  end

  local function write(transport, request)
    local intent = write_of(request)
    local what = intent.method .. " " .. intent.path
    if not is_clear(doubts, looked, intent) then
      return nil, what .. ": an earlier run sent this and saw no answer; look "
        .. "before it is sent again", "closed"
    end
    intent.before = before:of(transport, request, journal.head.base_url)
    local ok, problem = journal:intent(intent)
    if not ok then
      return nil, ("%s: not sent, journal %s"):format(what, problem), "journal"
    end
    local response, message, code, attempts = transport(request)
    ok, problem = journal:outcome(intent, outcome_of(response, code))
    if not ok and note then
      note("what came of a write is not in journal " .. problem)
    end
    return response, message, code, attempts
  end

  return function(transport)
    return function(request)
      local act = READS[method_of(request)] and read or write
      return act(transport, request)
    end
  end
end

return M
