--- Decodes JSON that a person wrote.  The error messages name the usual
--- mistakes: a comment, a trailing comma, or YAML.  `mkrun.script` calls this
--- module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local M = {}

local COMMENTS <const> = { "^//", "^/%*", "^#" }

local function is_comment(text)
  for _, pattern in ipairs(COMMENTS) do
    if text:find(pattern) then return true end
  end
  return false
end

--- Returns the first line that is neither empty nor a YAML comment, without its
--- indentation.
local function first_line(text)
  for line in text:gsub("^\xEF\xBB\xBF", ""):gmatch "[^\r\n]+" do
    local own = line:match "^%s*(.*)$"
    if own ~= "" and not own:find "^#" then return own end
  end
  return ""
end

local YAML <const> = { "^%-%-%-", "^%%YAML", "^%-%s", "^%-$",
  "^[%w_][%w_ .-]*:%s", "^[%w_][%w_ .-]*:$", "^'[^']*':", '^"[^"]*":' }

--- Returns true if a text begins like YAML and unlike JSON.
---@param text string
---@return boolean
function M.is_yaml(text)
  local line = first_line(text)
  for _, pattern in ipairs(YAML) do
    if line:find(pattern) then return true end
  end
  return false
end

--- Returns the byte offset of a line and a column.  Columns count characters.
local function offset_of(text, line, column)
  local at = 1
  for _ = 2, line do at = text:find("\n", at, true) + 1 end
  local rest = text:sub(at):match "^[^\n]*"
  local offset = utf8.len(rest) and utf8.offset(rest, column)
  return at + (offset or column) - 1
end

local function place_of(text, at)
  local before = text:sub(1, at - 1)
  local _, breaks = before:gsub("\n", "")
  local line = before:match "[^\n]*$"
  return breaks + 1, (utf8.len(line) or #line) + 1
end

--- Returns the offset of the comma before the bracket at `at`, or nil.
local function trailing_comma(text, at)
  if not text:find("^[%]}]", at) then return nil end
  return text:sub(1, at - 1):match "^.*(),%s*$"
end

--- Returns the name of the mistake at a line and column, and the line and
--- column to show.  Returns nil for an unusual mistake.
local function explain(text, line, column)
  local at = offset_of(text, line, column)
  if is_comment(text:sub(at, at + 1)) then
    return "a comment: JSON has none", line, column
  end
  local comma = trailing_comma(text, at)
  if comma then return "a trailing comma", place_of(text, comma) end
end

local function better(text, message)
  if M.is_yaml(text) then return "this looks like YAML: JSON expected" end
  local line, column = message:match "line (%d+) column (%d+)$"
  if not line then return message end
  local words, l, c = explain(text, tonumber(line), tonumber(column))
  if not words then return message end
  return ("bad JSON: %s, at line %d column %d"):format(words, l, c)
end

--- Decodes a text as `json.decode` does, with better error messages.
---@param text string
---@return any value
---@return string? message
---@return "json"? code
function M.decode(text)
  local value, message, code = json.decode(text)
  if message == nil then return value end
  return nil, better(text, message), code
end

--- Returns true if a text begins like a JSON object or array, perhaps after
--- comments.
---@param text string
---@return boolean
function M.is_meant(text)
  local rest = text:gsub("^\xEF\xBB\xBF", "")
  repeat
    rest = rest:gsub("^%s+", "")
    local before = #rest
    rest = rest:gsub("^//[^\n]*", ""):gsub("^#[^\n]*", "")
      :gsub("^/%*.-%*/", "")
  until #rest == before
  return rest:find "^[%[{]" ~= nil
end

return M
