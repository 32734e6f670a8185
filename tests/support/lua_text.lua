--- Writes values as Lua text, for the files of a script.

local M = {}

--- Returns Lua text of a value.
---@param value any   a plain value, or a table of such
---@return string
function M.of(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local words = {}
  for name, member in pairs(value) do
    words[#words + 1] = ("[%q] = %s"):format(name, M.of(member))
  end
  return "{ " .. table.concat(words, ", ") .. " }"
end

return M
