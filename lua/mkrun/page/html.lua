--- Builds HTML from Lua values.  Every text is data: the characters that have
--- a meaning in HTML are escaped, and characters that nobody can see, or that
--- change the reading direction, are shown by their number.  The modules of
--- `mkrun.page` call this module.
---
---     html.text(html.tag("td", { class = "name" }, "<night & day>"))
---     --> <td class="name">&lt;night &amp; day&gt;</td>
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"
local unseen = require "mkrun.unseen"

local M = {}

---@class mkrun.Html  a part of a page: escaped already
---@field text string
local Html = {}
Html.__index = Html
Html.__name = "mkrun.Html"

local ENTITIES <const> = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
  ['"'] = "&quot;", ["'"] = "&#39;" }

--- Returns a text in which each character that nobody can see is written as
--- its number: "[U+202E]".  A tab and a line break stay.  Secrets are redacted
--- here, since the host would not know them any more in what this module makes
--- of a text.
---@param text string
---@return string
function M.shown(text) return unseen.shown(secret.redact(text)) end

--- Returns a text as HTML.
---@param text string|number
---@return string
function M.escape(text)
  if type(text) ~= "string" and type(text) ~= "number" then
    error(("bad argument #1 to 'escape' (string expected, got %s)")
      :format(type(text)), 2)
  end
  return (M.shown(tostring(text)):gsub("[&<>\"']", ENTITIES))
end

--- Marks a text as HTML that is escaped already.
---@param text string
---@return mkrun.Html
function M.raw(text) return setmetatable({ text = text }, Html) end

--- Returns a part as HTML text.
---@param part mkrun.Html|string|number   a string is data, and is escaped
---@return string
function M.text(part)
  return getmetatable(part) == Html and part.text or M.escape(part)
end

local function attributes_text(attributes)
  local names, parts = {}, {}
  for name in pairs(attributes) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = attributes[name]
    if value == true then
      parts[#parts + 1] = " " .. name
    elseif value then
      parts[#parts + 1] = (' %s="%s"'):format(name, M.escape(value))
    end
  end
  return table.concat(parts)
end

--- Joins parts.
---@param parts (mkrun.Html|string|number)[]
---@return mkrun.Html
function M.join(parts)
  local texts = {}
  for i, part in ipairs(parts) do texts[i] = M.text(part) end
  return M.raw(table.concat(texts))
end

local VOID <const> = { meta = true, input = true, br = true, col = true }

--- Makes an element.
---@param name string   "td"
---@param attributes table<string, string|number|boolean>  true: without a
---  value; false: left out
---@param ... mkrun.Html|string|number  what is inside; a string is data
---@return mkrun.Html
function M.tag(name, attributes, ...)
  local start = ("<%s%s>"):format(name, attributes_text(attributes))
  if VOID[name] then return M.raw(start) end
  return M.raw(start .. M.join({ ... }).text .. "</" .. name .. ">")
end

return M
