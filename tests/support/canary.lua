--- Searches everything that a run outputs for a known token.  canary_spec and
--- the parrot use it.
---
---   local search = canary.search()
---   search:text("stdout of export", text)
---   search:files(canary.files(folder), "export", { ["its.token"] = true })
---   search.places, search.hits, search.masked (number of labels found)

local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- The known token.  Its characters have other forms in JSON, in a URL and in
--- base64.
M.TOKEN = 'canary/+"\\%41~5f0c1d7e?>8Zx'

--- The key of a webhook rule.
M.KEY = "canary-key/+%41-of-the-webhook"

--- The password of a proxy.
M.PASSWORD = "canary-of-the/proxy"

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  .. "0123456789+/"

--- Encodes a text in base64, without the digits that depend on the bytes around
--- it.
local function base64(text, shift)
  local bits = text:gsub(".", function(c)
    local digits = {}
    for i = 7, 0, -1 do digits[#digits + 1] = c:byte() >> i & 1 end
    return table.concat(digits)
  end)
  return (bits:sub(shift + 1):gsub("%d%d?%d?%d?%d?%d?", function(six)
    local at = #six == 6 and tonumber(six, 2) + 1
    return at and ALPHABET:sub(at, at) or ""
  end))
end

--- Returns all forms in which a text may contain the token.
---@return table<string, string>  name of the form -> text to search for
function M.forms(token)
  local escaped = token:gsub('[\\"]', "\\%0")
  local forms = {
    plain = token, json = escaped, slashes = escaped:gsub("/", "\\/"),
    url = token:gsub("[^%w%-._~]", function(c)
      return ("%%%02X"):format(c:byte())
    end),
  }
  forms.small = forms.url:gsub("%%%x%x", string.lower)
  for name, shift in pairs { base64 = 0, base64b = 4, base64c = 2 } do
    forms[name] = base64(token, shift)
    forms[name .. "url"] = forms[name]:gsub("[+/]", { ["+"] = "-",
      ["/"] = "_" })
  end
  return forms
end

---@class tests.Search
local Search = {}
Search.__index = Search

--- Searches one text.
function Search:text(place, text)
  self.places = self.places + 1
  self.bytes = self.bytes + #text
  self.masked = self.masked + select(2, text:gsub("%(secret: API token%)", ""))
  for way, form in pairs(self.forms) do
    if text:find(form, 1, true) then
      self.hits[#self.hits + 1] = ("%s (%s)"):format(place, way)
    end
  end
end

--- Searches all files but those in `meant`, which may contain the secret.
---@param files table<string, string>   by name
---@param meant table<string, true>
function Search:files(files, place, meant)
  for name, text in pairs(files) do
    if not meant[name] then self:text(place .. ": " .. name, text) end
  end
end

--- Reads all files of a folder.
---@return table<string, string>   text by name
function M.files(folder)
  local files = {}
  local list = shell.output("cd " .. shell.quote(folder) .. " && ls -A")
  for name in list:gmatch "[^\n]+" do
    files[name] = temp.read(folder .. "/" .. name)
  end
  return files
end

---@param token? string   default: TOKEN
---@return tests.Search
function M.search(token)
  return setmetatable({ forms = M.forms(token or M.TOKEN), places = 0,
                        bytes = 0, masked = 0, hits = {} }, Search)
end

return M
