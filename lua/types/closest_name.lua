---@meta mkrun.closest_name

--- Which of some names somebody may have meant.
local closest_name = {}

--- The names that are like `wanted`, the likest first, three at most.
---@param wanted string
---@param names string[]
---@return string[]
function closest_name.find(wanted, names) end

return closest_name
