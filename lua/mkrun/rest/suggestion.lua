--- What to say of a name that is not there.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.closest_name"
local value = require "mkrun.value"

local M = {}

local FEW <const> = 5

local function before_at(address) return address:match "^[^@]*" end

--- As `mkrun.closest_name.find`; of addresses the nearest, since what stands
--- behind the @ makes them all look alike.
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

--- "did you mean 'x'?", or what there is when that is little, or nil.
---@param wanted string
---@param names string[]
---@return string?
function M.hint(wanted, names)
  local meant = M.find(wanted, names)
  if #meant > 0 then
    return ("did you mean %s?"):format(value.quoted(meant, nil, "or"))
  elseif #names > 0 and #names <= FEW then
    return "there is " .. value.quoted(names)
  end
end

--- What to say of a name that is to be taken away and is not there: it may be
--- gone, or a slip of the keyboard.
---@param wanted string
---@param names string[]
---@param gone? string  default: "it may be gone"
---@return string
function M.or_gone(wanted, names, gone)
  local hint, otherwise = M.hint(wanted, names),
    "--missing-ok if " .. (gone or "it may be gone")
  if not hint then return otherwise end
  return hint .. (hint:find "?$" and " " or "; ") .. otherwise
end

return M
