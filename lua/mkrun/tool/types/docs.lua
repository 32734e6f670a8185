--- Adds what the manual says of each function to the declarations for editors.
--- `mkrun.tool.types` calls this module.
---
--- A page of the manual has a line for each function, and below it indented
--- lines that belong to it:
---
---     sys.lock(path, seconds?)     -> lock | nil, message, code    "busy"
---     org.teams:ensure(name, want, options?) -> ensured   have, before
-- SPDX-License-Identifier: MIT

local shelf = require "mkrun.host.shelf"
local sys = require "mkrun.sys"

local M = {}

--- Returns the lists of lines of the functions that a line begins with.
local function functions_in(line, about)
  local lists = {}
  for owner, name in (" " .. line):gmatch " (%l[%w_.]*)[.:]([%l_%d]+)[({]" do
    local key = owner .. "." .. name
    about[key] = about[key] or {}
    lists[#lists + 1] = about[key]
  end
  return lists
end

--- Notes the lines of a page's plain blocks of code, by the functions that they
--- are about.
local function take_page(page, about)
  local block, lists = nil, {}
  for line in page:gmatch "[^\n]*" do
    local fence = line:match "^```(.*)$"
    if fence then
      block, lists = not block and fence, {}
    elseif block == "" then
      if line:find "^%l" then lists = functions_in(line, about) end
      for _, lines in ipairs(lists) do lines[#lines + 1] = line end
    end
  end
end

--- Reads the manual.
---@return table<string, string[]>  "sys.lock" -> its lines
function M.all()
  local about = {}
  for _, name in ipairs(sys.builtins()) do
    if name:find "^manual/" then take_page(sys.builtin(name), about) end
  end
  return about
end

--- Returns lines of the manual as a comment: code, as they are aligned.
local function comment(lines)
  return "--- ```text\n--- " .. table.concat(lines, "\n--- ") .. "\n--- ```\n"
end

--- Adds the lines of the manual to the declarations of a file.
---@param text string
---@param about table<string, string[]>  from `M.all`
---@return string
function M.add(text, about)
  local objects, blocks = {}, {}
  for block in (text .. "\n\n"):gmatch "(.-)\n\n" do
    local class = block:match "%-%-%-@class ([%w_.]+)"
    local variable = block:match "%f[^\n\0]local ([%w_]+) = {}"
    if class and variable then objects[variable] = shelf.object_of(class) end
    local owner, name = block:match "%f[^\n\0]function ([%w_]+)[.:]([%w_]+)"
    local lines = owner and about[(objects[owner] or owner) .. "." .. name]
    blocks[#blocks + 1] = (lines and comment(lines) or "") .. block
  end
  return (table.concat(blocks, "\n\n"):gsub("\n*$", "\n"))
end

return M
