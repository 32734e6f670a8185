--- Makes a page: one HTML file that needs nothing else, for a browser without
--- a network.  `mkrun.page` and flows whose page has a script of its own call
--- this module.
---
---     io.write(document.render { title = "Access report", body = body,
---       data = report, scripts = { "folder/main.js" } })
---
--- The page's policy (CSP) allows its own style and its own script, by their
--- SHA-256, and nothing else: no request, no other script, no form.  The data
--- are a block of JSON, which a browser never runs.
-- SPDX-License-Identifier: MIT

local base64 = require "mkrun.base64"
local html = require "mkrun.page.html"
local json = require "mkrun.json"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

---@class mkrun.PageDocument
---@field title string      title of the document
---@field body mkrun.Html
---@field data? any         for scripts: element "data"; default: none
---@field styles? string[]  names of embedded files, after mkrun/page/page.css
---@field scripts? string[] names of embedded files, after mkrun/page/dom.js

--- Returns the text of embedded files, one after the other.
local function joined(names)
  local texts = {}
  for i, name in ipairs(names) do
    local text = sys.builtin(name)
    if not text then
      error(("bad argument #1 to 'render' (no file '%s' is embedded)")
        :format(name), 4)
    end
    texts[i] = text
  end
  return table.concat(texts, "\n")
end

--- Returns the source that a policy names: "'sha256-...'".
local function source_of(text)
  local digest = sys.sha256(text):gsub("%x%x", function(byte)
    return string.char(tonumber(byte, 16))
  end)
  return ("'sha256-%s'"):format(base64.encode(digest))
end

local function policy(style, script)
  return ("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; "
    .. "form-action 'none'"):format(source_of(style), source_of(script))
end

local ESCAPES <const> = { ["<"] = "\\u003c", [">"] = "\\u003e",
  ["&"] = "\\u0026" }

--- Returns a value as a block of JSON.  The block contains no "<", so nothing
--- in it can end the block.  Secrets are redacted before that, since the host
--- would not know them afterwards.
local function data_block(data)
  local text = secret.redact(assert(json.encode(data, { sort = true })))
  return '<script type="application/json" id="data">'
    .. text:gsub("[<>&]", ESCAPES):gsub("\u{2028}", "\\u2028")
      :gsub("\u{2029}", "\\u2029") .. "</script>\n"
end

local function meta(attributes)
  return html.tag("meta", attributes).text .. "\n"
end

local function head(page, style, script)
  return meta { charset = "utf-8" }
    .. meta { ["http-equiv"] = "Content-Security-Policy",
      content = policy(style, script) }
    .. meta { name = "viewport", content = "width=device-width" }
    .. meta { name = "color-scheme", content = "light dark" }
    .. meta { name = "referrer", content = "no-referrer" }
    .. meta { name = "robots", content = "noindex" }
    .. html.tag("title", {}, page.title).text .. "\n"
    .. "<style>" .. style .. "</style>\n"
end

--- Returns a whole page.
---@param page mkrun.PageDocument
---@return string
function M.render(page)
  local style = joined { "mkrun/page/page.css",
    table.unpack(page.styles or {}) }
  local script = '"use strict";(() => {\n' .. joined { "mkrun/page/dom.js",
    table.unpack(page.scripts or {}) } .. "\n})();"
  return table.concat { '<!doctype html>\n<html lang="en">\n<head>\n',
    head(page, style, script), "</head>\n<body>\n", html.text(page.body), "\n",
    page.data and data_block(page.data) or "", "<script>", script,
    "</script>\n</body>\n</html>\n" }
end

return M
