--- Keeps what the audit, the journal and the plan show of a confined script's
--- writes.  All output replaces the texts of secrets, so a script could make
--- the name of an object a secret, and hide which object it writes.
--- `mkrun.host.world.http` and `mkrun.host.world.modules` call this module.
-- SPDX-License-Identifier: MIT

local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

--- Shorter texts are not replaced (MK_REDACT_MIN in src/base/redact.h).
local SHORTEST <const> = 8

---@type table<string, true>  URLs of the writes so far
local urls = {}

local function plain(url)
  return (url:gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

--- Raises an error if the URL of a write to the API holds a secret.  Otherwise
--- the URL must stay readable.
---@param url string
function M.keep(url)
  if secret.redact(url) ~= url then
    error("a write whose URL holds a secret is not sent", 0)
  end
  urls[url] = true
end

--- Raises an error if the text, as a secret, would hide the URL of a write.
---@param text any
---@return any text
function M.check(text)
  if type(text) ~= "string" or #text < SHORTEST then return text end
  for url in pairs(urls) do
    if url:find(text, 1, true) or plain(url):find(text, 1, true) then
      error("a part of the URL of a write cannot become a secret", 0)
    end
  end
  return text
end

--- Does the same for the text of a file.
---@param path string
function M.check_file(path)
  if not next(urls) then return end
  local text = sys.read(path)
  M.check(text and text:gsub("[\r\n]+$", ""))
end

return M
