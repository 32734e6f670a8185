--- What to say of a name that is not there.
-- SPDX-License-Identifier: MIT

local near = require "mkrun.near"
local value = require "mkio.value"

local M = { find = near.find, slips = near.slips }

local FEW <const> = 5

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

return M
