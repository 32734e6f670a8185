--- Suggests names that are similar to an unknown name, for hints.  The
--- resources' shapes and the flows call this module.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.closest_name"
local value = require "mkrun.value"

local M = {}

local FEW <const> = 5

local function before_at(address) return address:match "^[^@]*" end

--- Finds similar names, as `mkrun.closest_name.find` does.  E-mail addresses
--- are compared by the part before the "@", because the part after the "@" is
--- often the same.
---@param wanted string
---@param names string[]
---@return string[]
function M.find(wanted, names)
  if not wanted:find("@", 1, true) then return near.find(wanted, names) end
  local close = {}
  for _, name in ipairs(names) do
    if near.find(before_at(wanted), { before_at(name) })[1] then
      close[#close + 1] = name
    end
  end
  return { near.find(wanted, close)[1] }
end

local function with(before, names)
  local list = {}
  for i, name in ipairs(names) do list[i] = (before or "") .. name end
  return list
end

--- Returns "did you mean 'x'?", or a short list of names, or nil.
---@param wanted string
---@param names string[]
---@param before? string  text before each name of the answer: "teams/"
---@return string?
function M.hint(wanted, names, before)
  local meant = M.find(wanted, names)
  if #meant > 0 then
    return ("did you mean %s?"):format(value.quoted(with(before, meant), nil,
      "or"))
  elseif #names > 0 and #names <= FEW then
    return "there is " .. value.quoted(with(before, names))
  end
end

--- Returns the hint for a name that should be removed but does not exist.  The
--- name may be misspelt, or somebody may have removed it before.
---@param wanted string
---@param names string[]
---@param gone? string  text for a removed name (default: "it may be gone")
---@return string
function M.or_gone(wanted, names, gone)
  local hint, otherwise = M.hint(wanted, names),
    "--missing-ok if " .. (gone or "it may be gone")
  if not hint then return otherwise end
  return hint .. (hint:find "?$" and " " or "; ") .. otherwise
end

return M
