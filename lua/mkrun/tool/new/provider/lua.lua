--- Writes values as Lua, as a person would: in one line if there is room, else
--- a member a line.  No text can end the string or the comment that it is in.
-- SPDX-License-Identifier: MIT

local printable = require "mkrun.printable"

local M = {}

--- The most columns of a line.
M.WIDTH = 80

local KEYWORDS <const> = {}
for word in ("and break do else elseif end false for function goto if in local "
  .. "nil not or repeat return then true until while"):gmatch "%a+" do
  KEYWORDS[word] = true
end

local ESCAPES <const> = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n",
  ["\r"] = "\\r", ["\t"] = "\\t" }

--- Returns a text as a string of Lua in one line of ASCII or UTF-8.
---@param text string
---@return string
function M.quote(text)
  local escaped = text:gsub('[%c"\\]', function(byte)
    return ESCAPES[byte] or ("\\%03d"):format(byte:byte())
  end)
  -- What could hide or move text on a screen is written by its bytes.
  if printable.line(escaped) ~= escaped or not utf8.len(escaped) then
    escaped = escaped:gsub("[\128-\255]", function(byte)
      return ("\\%03d"):format(byte:byte())
    end)
  end
  return '"' .. escaped .. '"'
end

--- Returns the beginning of a member: "name = ", or '["odd name"] = '.
---@param name string
---@return string
function M.key(name)
  if name:find "^[%a_][%w_]*$" and not KEYWORDS[name] then
    return name .. " = "
  end
  return "[" .. M.quote(name) .. "] = "
end

--- Breaks a comment into lines.
---@param text string
---@param indent string
---@param first? string  what the first line begins with, such as "-- ? "
---@param rest? string   what the others begin with
---@return string[]
function M.comment(text, indent, first, rest)
  local lines, line = {}, indent .. (first or "-- ")
  local begun = false
  for word in printable.line(text):sub(1, 2000):gmatch "%S+" do
    if begun and #line + #word + 1 > M.WIDTH then
      lines[#lines + 1] = line
      line, begun = indent .. (rest or "-- "), false
    end
    line, begun = line .. (begun and " " or "") .. word, true
  end
  lines[#lines + 1] = line
  return lines
end

---@alias mkrun.new.Member {name?: string, value: any}
--- A table is a list of members in their order; other values are as in Lua.

local function flat(value)
  if type(value) == "string" then return M.quote(value) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for i, member in ipairs(value) do
    parts[i] = (member.name and M.key(member.name) or "") .. flat(member.value)
  end
  if #parts == 0 then return "{}" end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- Packs members into lines that are as full as they can be, each with a comma
--- at its end.
---@param members mkrun.new.Member[]
---@param indent string
---@param width? integer
---@return string[]
function M.packed(members, indent, width)
  local lines, line = {}, nil
  for _, member in ipairs(members) do
    local text = M.member(member, indent, width) .. ","
    local fits = line and not text:find "\n" and not line:find "\n"
      and #indent + #line + 1 + #text <= (width or M.WIDTH)
    if fits then
      line = line .. " " .. text
    else
      lines[#lines + 1] = line
      line = text
    end
  end
  lines[#lines + 1] = line
  return lines
end

--- Returns a member as Lua, without a comma behind it; its further lines have
--- an indentation.
---@param member mkrun.new.Member
---@param indent string   the indentation of its first line
---@param width? integer   the most columns; default `WIDTH`
---@return string
function M.member(member, indent, width)
  local head = member.name and M.key(member.name) or ""
  local short = head .. flat(member.value)
  if type(member.value) ~= "table" or #member.value == 0
    or #indent + #short + 1 <= (width or M.WIDTH) then
    return short
  end
  local inner = indent .. "  "
  return head .. "{\n" .. inner
    .. table.concat(M.packed(member.value, inner), "\n" .. inner)
    .. "\n" .. indent .. "}"
end

--- Makes a list of members of texts: { "a", "b" }.
---@param values any[]
---@return mkrun.new.Member[]
function M.list(values)
  local members = {}
  for i, value in ipairs(values) do members[i] = { value = value } end
  return members
end

return M
