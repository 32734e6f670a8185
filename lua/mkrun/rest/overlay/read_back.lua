--- Reads back what the writes of an applied plan have changed, and compares it
--- with what they declared.  These are methods of `mkrun.rest.overlay`.
---
--- Secrets, ignored members, and members that GET does not show are left out.
-- SPDX-License-Identifier: MIT

local compare_documents = require "mkrun.rest.generic.compare".differences
local effect = require "mkrun.rest.overlay.effect"
local json = require "mkrun.json"
local documents = require "mkrun.rest.overlay.documents"
local meaning = require "mkrun.rest.meaning"
local patch = require "mkrun.patch"
local scrub = require "mkrun.journal.scrub"
local task = require "mkrun.task"

local M = {}

--- What a thing has to be after the last write to it.
---@class mkrun.rest.Expectation
---@field m mkrun.rest.Meaning   of the last write
---@field path string
---@field resource mkrun.rest.DeclaredResource
---@field at table<string, string>
---@field is_gone boolean
---@field is_swept boolean    it went with another thing that was removed later
---@field members table<string, any>   JSON Pointer -> value; ABSENT: none
---@field items {[1]: table, [2]: table|false, [3]: table}[]   of lists inside:
---  the item, what it has to be, its meaning

local ABSENT <const> = {}

local function is_branch(value)
  return type(value) == "table" and not json.is_array(value)
    and next(value) ~= nil
end

--- Adds what a body declares.  An empty body declares nothing.
local function add_members(members, value, at)
  if at == "" and type(value) == "table" and next(value) == nil then
    return
  elseif is_branch(value) then
    for name, inner in pairs(value) do
      add_members(members, inner, at .. "/" .. patch.escape(name))
    end
  else
    members[at] = value == json.null and ABSENT or value
  end
end

--- Forgets what is below a pointer.
local function forget(members, pointer)
  for known in pairs(members) do
    if (known .. "/"):sub(1, #pointer + 1) == pointer .. "/" then
      members[known] = nil
    end
  end
end

local acts = {}

function acts.replace(expected, write)
  expected.members = {}
  add_members(expected.members, write.body or {}, "")
end

acts.make = acts.replace

function acts.merge(expected, write)
  local members = {}
  add_members(members, write.body or {}, "")
  for pointer, value in pairs(members) do
    forget(expected.members, pointer)
    expected.members[pointer] = value
  end
end

--- Entries with an index of a list are left out: the index means something else
--- after the next entry.
acts["json-patch"] = function(expected, write)
  for _, entry in ipairs(type(write.body) == "table" and write.body or {}) do
    local path = entry.path
    if type(path) ~= "string" or path:find "/%d+$" or path:find "/%d+/"
      or path:find "/%-$" then
      forget(expected.members, type(path) == "string"
        and path:match "^(.-)/[%d-]" or "")
    elseif entry.op == "add" or entry.op == "replace" then
      forget(expected.members, path)
      add_members(expected.members, entry.value, path)
    elseif entry.op == "remove" or entry.op == "move" then
      forget(expected.members, entry.from or path)
      expected.members[entry.from or path] = ABSENT
    end
  end
end

function acts.remove(expected) expected.is_gone = true end

acts["item-put"] = function(expected, _, m)
  for _, item in ipairs(m.items) do
    table.insert(expected.items, { item, effect.item(m, item), m })
  end
end

acts["item-remove"] = function(expected, _, m)
  for _, item in ipairs(m.items) do
    table.insert(expected.items, { item, false, m })
  end
end

--- Returns the path of what a write is about, or nil if its id is not known.
local function path_of(self, m, write)
  if m.act ~= "make" then return self:path(write) end
  local keys, at = m.resource.keys, {}
  for name, text in pairs(m.at) do at[name] = text end
  local id = write.id_given
  if id == nil then id = meaning.member(write.body, m.operation.id or "") end
  if id == nil or not keys[1] then return nil end
  at[keys[#keys]] = tostring(id)
  return documents.expand(m.resource, at)
end

--- Notes that what goes with a removed thing is gone.
local function sweep(list, removed)
  for _, expected in ipairs(list) do
    if expected ~= removed and documents.goes_with(expected, removed) then
      expected.is_swept = true
    end
  end
end

--- Returns what each thing has to be, in the order of the first writes.
local function expectations(self, writes)
  local by_path, list = {}, {}
  for _, write in ipairs(writes) do
    local m = meaning.of(self.provider, write.method, self:path(write),
      write.body)
    local path = m and acts[m.act] and path_of(self, m, write)
    if path then
      local expected = by_path[path]
      if not expected then
        expected = { path = path, members = {}, items = {} }
        by_path[path], list[#list + 1] = expected, expected
      end
      expected.is_gone, expected.is_swept, expected.m = false, false, m
      expected.resource, expected.at = m.resource, m.at
      acts[m.act](expected, write, m)
      if expected.is_gone then sweep(list, expected) end
    end
  end
  return list
end

--- Returns those of the things that can be there, or must be gone, now.
local function still_there(list)
  local left = {}
  for _, expected in ipairs(list) do
    if expected.is_gone or not expected.is_swept then
      left[#left + 1] = expected
    end
  end
  return left
end

local function is_left_out(m, pointer)
  local place = pointer:sub(2):gsub("/%d+%f[/\0]", ""):gsub("/", ".") .. "."
  for _, list in ipairs { m.resource.ignore, m.resource.secrets } do
    for _, name in ipairs(list) do
      if name == "*" or place:sub(1, #name + 1) == name .. "." then
        return true
      end
    end
  end
  return false
end

local function text_of(value)
  if value == ABSENT or value == nil then return "nothing" end
  return assert(json.encode(scrub.texts(value), { sort = true }))
end

--- Returns the shape of what a pointer leads to.
local function shape_at(shape, pointer)
  for _, name in ipairs(patch.parse(pointer) or {}) do
    shape = shape and (shape.fields and shape.fields[name] or shape.value)
  end
  return shape or { kind = "any" }
end

local function differs(planned, found, shape)
  if planned == ABSENT then return found ~= nil and found ~= json.null end
  if found == nil or scrub.hides(planned) then return false end
  return compare_documents({ it = planned }, { it = found },
    { kind = "object", fields = { it = shape } })[1] ~= nil
end

--- Adds a sentence for each member that is not as it was planned.
local function compare_members(sentences, m, members, found, at)
  local shape = m.operation.item or m.operation.shape
  local pointers = {}
  for pointer in pairs(members) do pointers[#pointers + 1] = pointer end
  table.sort(pointers)
  for _, pointer in ipairs(pointers) do
    local now = patch.get(found, pointer)
    if not is_left_out(m, pointer)
      and differs(members[pointer], now, shape_at(shape, pointer)) then
      table.insert(sentences, ("%s %s: %s: planned %s, found %s"):format(
        m.resource.kind, m.name, at .. pointer, text_of(members[pointer]),
        text_of(now)))
    end
  end
end

local function compare_items(sentences, expected, found)
  local last = {}
  for _, row in ipairs(expected.items) do
    local words = {}
    for i, key in ipairs(row[3].resource.keys) do
      words[i] = tostring(row[1][key])
    end
    last[table.concat(words, "/")] = row
  end
  for name, row in pairs(last) do
    local item, planned, m = row[1], row[2], row[3]
    local now = meaning.item(m.resource, found, item)
    local at = ("/%s/(%s)"):format(m.operation.inside, name)
    if (planned ~= false) ~= (now ~= nil) then
      table.insert(sentences, ("%s %s: %s: planned %s, found %s"):format(
        m.resource.kind, name, at, planned and "an item" or "nothing",
        now and "an item" or "nothing"))
    elseif planned then
      local members = {}
      add_members(members, planned, "")
      compare_members(sentences, m, members, now, at)
    end
  end
end

--- Returns what of a thing is not as it has to be, as sentences.
local function compare(expected, found)
  local sentences, m = {}, expected.m
  if expected.is_gone or found == nil then
    if expected.is_gone ~= (found == nil) then
      sentences[1] = ("%s %s: planned %s, found %s"):format(m.resource.kind,
        m.name, expected.is_gone and "nothing" or "it",
        found == nil and "nothing" or "it")
    end
    return sentences
  end
  compare_members(sentences, m, expected.members, found, "")
  compare_items(sentences, expected, found)
  return sentences
end

--- How often and how many seconds apart a thing is read that is not yet as it
--- has to be: a server may take a moment.
local TRIES <const>, PAUSE <const> = 3, 0.5

--- Reads a thing, afresh.  Returns nil if it is not there, and false if nothing
--- shows it.
local function found_of(self, request, expected)
  local reading = self:reading(expected.path)
  local is_read = reading and reading.act == "read"
  if not is_read and not expected.m.collection then return false end
  self.seen = {}
  return (self:current(request, { act = "", at = expected.m.at,
    resource = expected.m.resource, collection = expected.m.collection },
    expected.path))
end

local function differences_of(self, request, expected)
  local sentences
  for try = 1, TRIES do
    local ok, found = pcall(found_of, self, request, expected)
    if not ok then
      return { ("%s %s: cannot be read back: %s"):format(
        expected.m.resource.kind, expected.m.name,
        tostring(type(found) == "table" and found[1] or found)) }
    end
    if found == false then return {} end
    sentences = compare(expected, found)
    if not sentences[1] or try == TRIES then break end
    task.sleep(self.pause or PAUSE)
  end
  return sentences
end

--- Reads back what writes have changed.  Returns a sentence for each member
--- that is not as it was declared.
---@param self mkrun.rest.Overlay
---@param writes table[]   of a saved plan, after they were sent
---@param token? mkrun.Secret
---@param token_as? string
---@return string[]
function M.differences(self, writes, token, token_as)
  local request = { method = "GET", url = self.base, token = token,
    token_as = token_as }
  local all = {}
  local found = task.map(still_there(expectations(self, writes)),
    function(expected)
    return differences_of(self, request, expected)
  end)
  for _, sentences in ipairs(found) do
    table.move(sentences, 1, #sentences, #all + 1, all)
  end
  return all
end

return M
