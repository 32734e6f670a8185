---@meta mkrun.closest_name

--- Finds the names that are similar to a misspelled name.
local closest_name = {}

--- Returns at most three names that are similar to `wanted`, the closest first.
---@param wanted string   the misspelled name
---@param names string[]  the names that exist
---@return string[]
function closest_name.find(wanted, names) end

return closest_name
