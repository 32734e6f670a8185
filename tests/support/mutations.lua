--- Changes one place of one answer of a recording, in every way that
--- `sandbox-check` has to find.
---
---   for _, one in ipairs(mutations.of(entries)) do
---     mutations.apply(entries, one)   -> a copy of the entries
---     one.want                        -> what the check has to say
---   end

local contract = require "mkio.likeness.contract"
local fit = require "mkio.likeness.fit"
local json = require "mkrun.json"
local operations = require "mkio.operations"
local patch = require "mkrun.patch"

local M = {}

local NEW <const> = "brandNew"

--- Another value for each JSON type, and the type that it has.
local OTHERS <const> = {
  string = { 7, "integer" }, integer = { "seven", "string" },
  number = { "seven", "string" }, boolean = { "yes", "string" },
  null = { 7, "integer" }, array = { json.object {}, "object" },
  object = { json.array {}, "array" },
}

local FRAME <const> = { ["/value"] = true, ["/kind"] = true,
  ["/supplemental"] = true }

local function word_for(operation, what, place)
  if operation.list and (place == "/@odata.nextLink"
    or place:find "^/supplemental/pagination") then
    return "paging"
  elseif operation.list and FRAME[place] and what ~= "value" then
    return "list shape"
  end
  return what
end

local visit

local function add(self, pointer, place, what, change)
  change.entry, change.pointer = self.entry, pointer
  change.want = { operation = self.operation.key, place = place,
    what = word_for(self.operation, what, place) }
  self.list[#self.list + 1] = change
end

local function below(pointer, name) return pointer .. patch.pointer { name } end

local function visit_object(self, shape, value, pointer, place)
  add(self, below(pointer, NEW), below(place, NEW), "unknown field",
    { value = 1 })
  for name, field in pairs(shape.fields) do
    local member = value[name]
    if member ~= nil then
      if shape.required[name] then
        add(self, below(pointer, name), below(place, name), "missing field",
          { is_removed = true })
      end
      visit(self, field, member, below(pointer, name), below(place, name))
    end
  end
end

local function visit_text(self, shape, pointer, place)
  if shape.one_of or shape.is_word then
    add(self, pointer, place, "value", { value = "Surprise" })
  elseif shape.format and not place:find "/id$" then
    add(self, pointer, place, "form", { value = "surprise" })
  end
end

function visit(self, shape, value, pointer, place)
  if shape.kind == "any" then return end
  if shape.kind == "choice" then shape = fit.chosen(shape, value) end
  local kind = fit.type_of(value)
  local other = OTHERS[kind]
  add(self, pointer, place, place == "" and "body" or "type",
    { value = other[1] })
  if shape.kind == "map" then
    for name, member in pairs(value) do
      visit(self, shape.value, member, below(pointer, name), place .. "/*")
    end
  elseif kind == "object" then
    visit_object(self, shape, value, pointer, place)
  elseif kind == "array" then
    for i, item in ipairs(value) do
      visit(self, shape.item, item, below(pointer, i - 1), place .. "/*")
    end
  elseif kind == "string" then
    visit_text(self, shape, pointer, place)
  end
end

local function operation_of(entry)
  local path = entry.request.url:match "^https://[^/]+([^?]*)"
  return operations.match(entry.request.method, path)
end

--- Lists the changes of all answers, in a fixed order.
---@param entries table[]
---@return table[]
function M.of(entries)
  local list = {}
  for i, entry in ipairs(entries) do
    local operation = operation_of(entry)
    local body = json.decode(entry.response.content.text or "")
    local is_good = entry.response.status < 300
    local shape = is_good and contract.answers[operation.key]
      or not is_good and contract.error
    local self = { list = list, entry = i, operation = operation }
    if shape and type(body) == "table" then visit(self, shape, body, "", "") end
    add(self, "", "", "status", { status = is_good and 299 or 418 })
  end
  table.sort(list, function(a, b)
    local x = ("%05d %s %s"):format(a.entry, a.pointer, a.want.what)
    return x < ("%05d %s %s"):format(b.entry, b.pointer, b.want.what)
  end)
  return list
end

local function changed(text, one)
  local body = json.decode(text)
  if one.pointer == "" then return json.encode(one.value) end
  local entry = one.is_removed and { op = "remove", path = one.pointer }
    or { op = "add", path = one.pointer, value = one.value }
  if not one.is_removed and one.pointer:find "/%d+$" then
    entry.op = "replace"
  end
  return json.encode(assert(patch.apply(body, { entry })))
end

--- Returns a copy of the entries in which one place is changed.
---@param entries table[]
---@param one table   a change of `of`
---@return table[]
function M.apply(entries, one)
  local copy = { table.unpack(entries) }
  local entry = json.decode(json.encode(copy[one.entry]))
  if one.status then
    local text = entry.response.content.text or ""
    entry.response.status = one.status
    entry.response.content.text =
      text:gsub('"status":4%d%d', '"status":' .. one.status)
  else
    entry.response.content.text = changed(entry.response.content.text, one)
  end
  copy[one.entry] = entry
  return copy
end

return M
