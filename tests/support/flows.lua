--- The built-in scripts of the source tree: the flows, and the tools beside
--- them, whose tag is `tool`.

local headers = require "mkrun.host.header"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local function is_tool(header)
  for _, tag in ipairs(header.tags) do
    if tag == "tool" then return true end
  end
  return false
end

local function scripts(wants_tools)
  local list = {}
  for path in shell.output("ls scripts/*.lua"):gmatch "[^\n]+" do
    local source = temp.read(path)
    local header = headers.parse(source)
    if is_tool(header) == wants_tools then
      list[#list + 1] = { name = path:match "([^/]+)%.lua$", path = path,
        source = source, header = header }
    end
  end
  assert(#list > 0, "there is none")
  return list
end

---@class tests.Script
---@field name string    "onboard"
---@field path string    "scripts/onboard.lua"
---@field source string
---@field header mkrun.Header

--- Returns the flows, sorted by their names.
---@return tests.Script[]
function M.flows() return scripts(false) end

--- Returns the tools, sorted by their names.
---@return tests.Script[]
function M.tools() return scripts(true) end

return M
