--- Copies flows without their `@needs`.  A flow is confined, so no code of -e
--- reaches its modules; a script of one's own without `@needs` is not.

local temp = require "tests.support.temp"

local M = {}

--- Writes the copy into a folder.
---@param folder string
---@param name string   of the flow: "onboard"
---@return string   the name of the copy: "onboard.lua"
function M.copy(folder, name)
  local file = name .. ".lua"
  local source = temp.read("scripts/" .. file)
  local text, n = source:gsub("\n%-%- @needs.-(\n%-%- @)", "%1")
  assert(n == 1, name)
  temp.write(folder .. "/" .. file, text)
  return file
end

return M
