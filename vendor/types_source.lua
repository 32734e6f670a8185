--- Reads what a source file declares, for vendor/types.lua.  An item is one
--- declaration with the comment above it:
---
---     {kind = "function", docs =, owner = "M", sign = ".", name =,
---      parameters = "(path, mode)"}
---     {kind = "class", docs =, variable = "Client"}   a type and its table
---     {kind = "type", docs =}                         a type alone
---     {kind = "module", docs =, variable = "M", fields = "{ a = b.c }"}
---     {kind = "value", docs =, owner =, name =, text = "120"}
---     {kind = "copy", docs =, owner =, name =, of = "leave"}

local M = {}

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function has_type(docs)
  return docs:find "%-%-%-@class " ~= nil or docs:find "%-%-%-@alias " ~= nil
end

-- Items ----------------------------------------------------------------------

local function function_of(line)
  local owner, sign, name, parameters =
    line:match "^function ([%w_]+)([.:])([%l%d][%l_%d]*)(%b())"
  return owner and { kind = "function", owner = owner, sign = sign, name = name,
    parameters = parameters }
end

local function table_of(line, docs)
  local variable, fields = line:match "^local (%a[%w_]*) = (.*)$"
  if has_type(docs) then
    if line:find "^return " then variable = "class" end
    return { kind = variable and "class" or "type", variable = variable }
  end
  return variable and fields:find "^{" and { kind = "module",
    variable = variable, fields = fields }
end

local function field_of(line)
  local owner, name, text = line:match "^(%a%w*)%.(%a[%w_]*) = (.+)$"
  if not owner then return nil end
  local of = text:match("^" .. owner .. "%.([%l_]+)$")
  if of then return { kind = "copy", owner = owner, name = name, of = of } end
  return { kind = "value", owner = owner, name = name, text = text }
end

-- Comments -------------------------------------------------------------------

--- Writes each annotation of a comment in one line, and leaves out the text.
local function annotations(lines)
  local list, is_open = {}, false
  for _, line in ipairs(lines) do
    local more = line:match "^%-%-%-  +(.*)$"
    if line:find "^%-%-%-[@|]" then
      list[#list + 1], is_open = line, true
    elseif more and is_open then
      list[#list] = list[#list] .. " " .. more:gsub("^# ", "")
    else
      is_open = false
    end
  end
  return list
end

--- Annotations whose notes are left out, since the manual has them.
local BARE <const> = { param = true, ["return"] = true }

--- The brackets of a type, so that two blanks in it begin no note.
local function end_of_type(line)
  local depth = 0
  for at, sign in line:gmatch "()([%S ])" do
    if sign:find "[{(<]" then depth = depth + 1 end
    if sign:find "[})>]" then depth = depth - 1 end
    if depth == 0 and line:find("^  ", at) then return at - 1 end
  end
end

--- Leaves the annotations of a comment, and the notes on options.
local function brief(lines)
  local kept = {}
  for _, line in ipairs(annotations(lines)) do
    if BARE[line:match "^%-%-%-@(%l+)"] then
      line = line:sub(1, end_of_type(line))
    end
    if not line:find "^%-%-%-@field package" then
      kept[#kept + 1] = line:gsub("  +", "  ")
        :gsub("(@class [%w_.]+): mkrun%.rest%.Resource", "%1")
    end
  end
  return table.concat(kept, "\n")
end

-- Files ----------------------------------------------------------------------

--- The name that a file is required by; nil for a file of types alone.
local function module_of(path, text)
  local stated = text:match "^%-%-%-@meta (%S+)"
  if stated or text:find "^%-%-%-@meta" then return stated end
  return (path:gsub("^lua/", ""):gsub("%.lua$", ""):gsub("/init$", "")
    :gsub("/", "."))
end

--- Writes a signature, and the fields of a module, in one line.
local function joined(text, name)
  return (text:gsub("\n(function [%w_.:]+)(%b())", function(head, parameters)
    return "\n" .. head .. parameters:gsub("%s+", " ")
  end):gsub("\n(local M = )(%b{})", function(head, fields)
    return "\n" .. head .. fields:gsub("%s+", " ")
  end):gsub("%f[%w_]M%f[^%w_]", name))
end

--- Reads a file.
---@param path string
---@return table file  path, module, returned (the name of the module's table),
---  requires (variable -> module) and items
function M.parse(path)
  local text = read(path)
  local module = module_of(path, text)
  text = joined(text, module and module:match "[^.]+$" or "M")
  local file = { path = path, module = module, items = {}, requires = {},
    returned = text:match "\nreturn ([%w_]+)%s*$" }
  local docs = {}
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local name, required = line:match '^local ([%w_]+) = require "([^"]+)"$'
    if name then file.requires[name] = required end
    if line:find "^%-%-%-" then
      docs[#docs + 1] = not line:find "@meta" and line or nil
    else
      local comment = brief(docs)
      local item = function_of(line) or table_of(line, comment)
        or field_of(line)
        or has_type(comment) and { kind = "type" }
      if item then
        item.docs, item.file = comment, file
        file.items[#file.items + 1] = item
      end
      docs = {}
    end
  end
  return file
end

return M
