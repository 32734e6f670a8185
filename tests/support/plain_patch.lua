--- Implements JSON Patch a second time, as simply as possible.  It copies the
--- whole document through text and changes the copy.  Specs compare its results
--- with those of `mkrun.patch`.

local json = require "mkrun.json"

local M = {}

local function clone(value)
  return assert(json.decode("[" .. json.encode(value) .. "]"))[1]
end

local function split(pointer)
  local segments = {}
  for segment in pointer:gmatch "/([^/]*)" do
    segments[#segments + 1] = (segment:gsub("~1", "/"):gsub("~0", "~"))
  end
  return segments
end

local function check(good)
  if not good then error({ "the patch does not apply" }, 0) end
end

--- Returns the Lua key of a segment.  The key after the last element is valid
--- only for an insertion.
local function key_of(container, segment, inserting)
  check(type(container) == "table")
  if not json.is_array(container) then return segment end
  if segment == "-" and inserting then return #container + 1 end
  check(segment == "0" or segment:match "^[1-9]%d*$")
  local key = tonumber(segment) + 1
  check(key <= #container + (inserting and 1 or 0))
  return key
end

local function get(document, segments, last)
  for i = 1, last or #segments do
    document = document[key_of(document, segments[i])]
    check(document ~= nil)
  end
  return document
end

local function place(document, pointer, inserting)
  local segments = split(pointer)
  local container = get(document, segments, #segments - 1)
  return container, key_of(container, segments[#segments], inserting)
end

local run = {}

function run.add(document, o)
  if o.path == "" then return clone(o.value) end
  local container, key = place(document, o.path, true)
  if json.is_array(container) then
    table.insert(container, key, clone(o.value))
  else
    container[key] = clone(o.value)
  end
  return document
end

function run.remove(document, o)
  check(o.path ~= "")
  local container, key = place(document, o.path)
  check(container[key] ~= nil)
  if json.is_array(container) then
    table.remove(container, key)
  else
    container[key] = nil
  end
  return document
end

function run.replace(document, o)
  if o.path == "" then return clone(o.value) end
  local container, key = place(document, o.path)
  check(container[key] ~= nil)
  container[key] = clone(o.value)
  return document
end

function run.copy(document, o)
  local value = get(document, split(o.from))
  return run.add(document, { path = o.path, value = value })
end

function run.move(document, o)
  check(o.path:sub(1, #o.from + 1) ~= o.from .. "/")
  local value = get(document, split(o.from))
  if o.from == o.path then return document end
  document = run.remove(document, { path = o.from })
  return run.add(document, { path = o.path, value = value })
end

function run.test(document, o)
  local function text(value) return json.encode({ value }, { sort = true }) end
  check(text(get(document, split(o.path))) == text(o.value))
  return document
end

--- Applies well-formed operations.  Returns nil if one fails.
function M.apply(document, operations)
  local result = clone(document)
  local ok, why = pcall(function()
    for _, o in ipairs(operations) do result = run[o.op](result, o) end
  end)
  if not ok and type(why) ~= "table" then error(why, 0) end
  if ok then return result end
end

return M
