--- Turns the names of a document into names of Lua: "paymentMethods" into
--- "payment_methods".
-- SPDX-License-Identifier: MIT

local M = {}

local LONGEST <const> = 60

--- Returns a name in lower case with "_" between its words; "" if it has no
--- letter or digit.
---@param text string
---@return string
function M.snake(text)
  local name = text:sub(1, 200):gsub("(%l)(%u)", "%1_%2")
    :gsub("(%d)(%u%l)", "%1_%2"):gsub("(%u)(%u%l)", "%1_%2")
    :gsub("%W+", "_"):gsub("_+", "_"):gsub("^_", ""):gsub("_$", "")
  return (name:lower():sub(1, LONGEST):gsub("_$", ""))
end

--- Returns a name that begins with a letter: "x_2fa" for "2fa".
---@param text string
---@return string?  nil if nothing is left
function M.identifier(text)
  local name = M.snake(text)
  if name == "" then return nil end
  return name:find "^%l" and name or "x_" .. name
end

--- Returns a name that is not taken yet, and takes it.
---@param name string
---@param taken table<string, any>
---@return string
function M.free(name, taken)
  local own, count = name, 1
  while taken[own] do
    count = count + 1
    own = name .. "_" .. count
  end
  taken[own] = true
  return own
end

return M
