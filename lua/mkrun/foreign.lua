--- Recognizes answers that are not the API's own: HTML pages and redirects.
--- They come from a proxy, a login page or a wrong server.  `mkrun.client` and
--- the providers' hints call this module.
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"

local M = {}

--- The largest number of bytes of a title or an address in a message.
local MOST <const> = 120

--- Bytes at the beginning of a page in which its title is looked for.
local HEAD <const> = 65536

local ENTITIES <const> = { amp = "&", lt = "<", gt = ">", quot = '"',
  apos = "'", nbsp = " ", ["#39"] = "'", ["#x27"] = "'" }

local function short(text)
  if #text <= MOST then return text end
  return text:sub(1, MOST):gsub("[\xC0-\xFF][\x80-\xBF]*$", "") .. "..."
end

--- Returns a text of a page on one line, safe to print.
local function cleaned(text)
  text = text:gsub("<[^>]*>", ""):gsub("&(#?%w+);", ENTITIES)
  text = harmless.line((text:gsub("%s+", " ")))
  return short(text:match "^%s*(.-)%s*$")
end

local function header(response, name)
  local value = response.headers and response.headers[name]
  return type(value) == "string" and value or nil
end

--- Returns true if a body is an HTML page or another document of tags, by its
--- media type or by its first character.  JSON never begins with "<".
---@param response table
---@return boolean
function M.is_page(response)
  local kind = (header(response, "content-type") or ""):lower()
  if kind:find("html", 1, true) then return true end
  local body = response.body
  return type(body) == "string" and body:find "^[%s\xEF\xBB\xBF]*<" ~= nil
end

--- Describes a page: "an HTML page titled 'Sign in'", "an XML document".
---@param response table
---@return string? text   nil if the body is no page
function M.page(response)
  if not M.is_page(response) then return nil end
  local head = (response.body or ""):sub(1, HEAD)
  if head:find "^%s*<%?xml" and not head:find "<[Hh][Tt][Mm][Ll]" then
    return "an XML document"
  end
  local title = head:match "<[Tt][Ii][Tt][Ll][Ee][^>]*>(.-)</"
  title = title and cleaned(title) or ""
  return title == "" and "an HTML page"
    or ("an HTML page titled '%s'"):format(title)
end

--- Returns an address without its user, query and fragment, which may hold
--- secrets.
local function bare(location)
  return short(harmless.line((location:gsub("[?#].*", "")
    :gsub("^(%a[%w+.-]*://)[^/]*@", "%1"):gsub("^//[^/]*@", "//"))))
end

--- Says where a redirect leads that was not followed.
---@param response table
---@return string? text   nil if the answer is no redirect
function M.redirect(response)
  local location = header(response, "location")
  if response.status < 300 or response.status > 399 or not location then
    return nil
  end
  return ("redirect to %s, which is not followed"):format(bare(location))
end

--- Returns true if somebody else than the API answered.
---@param response? table
---@return boolean
function M.is_foreign(response)
  return response ~= nil
    and (M.redirect(response) ~= nil or M.is_page(response))
end

return M
