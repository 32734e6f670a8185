--- Finds the modules that a script requires, without running it.
---
---     requires.find 'local names = require "lib.names"'
---     --> { { name = "lib.names", line = 1 } }
-- SPDX-License-Identifier: MIT

local M = {}

---@class mkrun.Required
---@field line integer
---@field name? string       nil if the script computes the name
---@field is_optional? boolean  true if `pcall` may catch that it is missing

--- Returns the kind of the token at a position, and the position behind it.
--- Comments and blanks are of the kind "blank".
local function token_at(source, at)
  local equals = source:match("^%-%-%[(=*)%[", at)
    or source:match("^%[(=*)%[", at)
  if equals then
    local kind = source:find("^%-%-", at) and "blank" or "text"
    local _, to = source:find("]" .. equals .. "]", at, true)
    return kind, (to or #source) + 1
  end
  local to = source:match("^%-%-[^\n]*()", at) or source:match("^%s+()", at)
  if to then return "blank", to end
  local quote = source:match("^[\"']", at)
  if quote then
    to = at + 1
    while to <= #source and source:sub(to, to) ~= quote do
      to = to + (source:sub(to, to) == "\\" and 2 or 1)
    end
    return "text", to + 1
  end
  return "word", source:match("^[%a_][%w_]*()", at)
    or source:match("^%.%.+()", at) or at + 1
end

--- Returns the tokens of a script without comments.
local function tokens_of(source)
  local list, at, line = {}, 1, 1
  source = source:gsub("^#[^\n]*", "")
  while at <= #source do
    local kind, after = token_at(source, at)
    local text = source:sub(at, after - 1)
    if kind ~= "blank" then
      list[#list + 1] = { kind = kind, text = text, line = line }
    end
    line = line + select(2, text:gsub("\n", ""))
    at = after
  end
  return list
end

--- Returns the value of a text in quotes or brackets, or nil.
local function value_of(token)
  local chunk = token and token.kind == "text"
    and load("return " .. token.text, "=", "t", {})
  return chunk and chunk()
end

local NONE <const> = { kind = "end", text = "" }

--- Returns what the word `require` at the index `i` requires, or nil if the
--- word calls nothing.
local function required_at(list, i)
  local before, after = list[i - 1] or NONE, list[i + 1] or NONE
  local line = list[i].line
  if before.text == "." or before.text == ":" or after.text == "="
    or before.text == "=" and (list[i - 2] or NONE).text == "require" then
    return nil
  elseif after.kind == "text" then
    return { line = line, name = value_of(after) }
  end
  local last = (list[i + 3] or NONE).text
  if after.text == "(" and last == ")" then
    return { line = line, name = value_of(list[i + 2]) }
  elseif after.text == "," and (last == ")" or last == ",") then
    return { line = line, name = value_of(list[i + 2]), is_optional = true }
  end
  return { line = line }
end

--- Returns what a script requires, in the order of its text.
---@param source string
---@return mkrun.Required[]
function M.find(source)
  local found, list = {}, tokens_of(source)
  for i, token in ipairs(list) do
    if token.kind == "word" and token.text == "require" then
      found[#found + 1] = required_at(list, i)
    end
  end
  return found
end

return M
