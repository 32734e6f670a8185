--- Reads the cases of tests/src/lua/patch/*.json, compares JSON values, and
--- generates documents.  The specs of `mkrun.patch` call it.

local json = require "mkrun.json"

local M = {}

--- Decodes a text that is known to be valid.
function M.decode(text)
  local value, message = json.decode(text)
  if value == nil then error(message, 2) end
  return value
end

---@param name string   the file's name without folder and ending
---@return table[] cases
function M.load(name)
  local file <close> =
    assert(io.open(("tests/src/lua/patch/%s.json"):format(name)))
  return M.decode(file:read "a")
end

--- Returns a canonical text: sorted members, and numbers by their value.
local function text(value)
  if type(value) == "number" then
    local integer = math.tointeger(value)
    return integer and tostring(integer) or ("%.17g"):format(value)
  end
  if type(value) ~= "table" then return json.encode(value) end
  local parts = {}
  if json.is_array(value) then
    for i, element in ipairs(value) do parts[i] = text(element) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, member in pairs(value) do
    parts[#parts + 1] = json.encode(name) .. ":" .. text(member)
  end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

--- Raises unless both values are the same JSON.  It does not use `mkrun.patch`,
--- which the specs test.
function M.assert_json(expected, actual)
  local want, have = text(expected), text(actual)
  if want ~= have then
    error(("expected %s\nbut is   %s"):format(want, have), 2)
  end
end

--- Makes a generator of documents.  The same seed gives the same documents.
---@param seed integer
function M.generator(seed)
  local state = seed
  --- Returns a number from 1 to n, from a 64-bit linear congruential generator.
  local function pick(n)
    state = state * 6364136223846793005 + 1442695040888963407
    return (state >> 33) % n + 1
  end

  local scalars = { 0, 1, 2, 1.5, -1, "", "a", "b", "0", true, false,
                    json.null, 9007199254740993, "\u{e9}" }
  local names = { "a", "b", "c", "", "/", "~", "~1", "0", "1", "-", "a/b" }

  local generate

  local function array(depth)
    local list = json.array()
    for i = 1, pick(7) - 1 do list[i] = generate(depth - 1) end
    return list
  end

  local function object(depth)
    local map = {}
    for _ = 1, pick(5) - 1 do
      map[names[pick(#names)]] = generate(depth - 1)
    end
    return map
  end

  function generate(depth)
    local kind = pick(10)
    if depth > 0 and kind <= 3 then return array(depth) end
    if depth > 0 and kind <= 7 then return object(depth) end
    return scalars[pick(#scalars)]
  end

  local function some_key(value)
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    return keys[pick(math.max(#keys, 1))]
  end

  local mutate

  local function mutate_array(list, depth)
    local at, what = pick(#list + 1), pick(3)
    if what == 1 then
      table.insert(list, at, generate(depth))
    elseif at <= #list and what == 2 then
      table.remove(list, at)
    elseif at <= #list then
      list[at] = mutate(list[at], depth - 1)
    end
  end

  local function mutate_object(map, depth)
    local name = some_key(map) or "new"
    local what = pick(3)
    if what == 1 then
      map[names[pick(#names)]] = generate(depth)
    elseif what == 2 then
      map[name] = nil
    elseif map[name] ~= nil then
      map[name] = mutate(map[name], depth - 1)
    end
  end

  --- Changes a value in one place.  A table is changed in place.
  function mutate(value, depth)
    if type(value) ~= "table" or pick(12) == 1 then return generate(depth) end
    if json.is_array(value) then
      mutate_array(value, depth)
    else
      mutate_object(value, depth)
    end
    return value
  end

  return { pick = pick, generate = generate, mutate = mutate,
           names = names }
end

return M
