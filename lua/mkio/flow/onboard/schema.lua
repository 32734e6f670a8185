--- Prints the JSON Schema of a SPEC, for `onboard --schema`.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local script = require "mkrun.script"

local json_schema = require "mkrun.rest.json_schema"
local shapes = require "mkio.flow.onboard.shapes"

local M = {}

--- Returns the JSON Schema of a SPEC as text.
---@param is_part? boolean  true: of one of several files
---@return string
function M.text(is_part)
  local schema = json_schema.of(shapes.spec, is_part)
  schema.title = "SPEC of mkrun onboard"
  return (assert(json.encode(schema, { indent = 2, sort = true })))
end

--- Checks the arguments of `onboard`.  Prints the schema if they ask for it.
---@param options {schema: boolean?, partial: boolean?}
---@param files string[]
---@return boolean is_done  true: the run has nothing else to do
function M.print(options, files)
  if options.schema and files[1] then
    script.usage "--schema goes with no SPEC"
  elseif options.partial and not options.schema then
    script.usage "--partial goes with --schema"
  elseif options.schema then
    print(M.text(options.partial))
  elseif not files[1] then
    script.usage "argument SPEC is missing"
  end
  return options.schema ~= nil
end

return M
