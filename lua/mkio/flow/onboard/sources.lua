--- Where the secrets of a SPEC come from: files and variables, which a plan
--- names.  A SPEC may be somebody else's: a path that is relative does not
--- leave its folder.
-- SPDX-License-Identifier: MIT

local inputs = require "mkrun.host.sources"
local patch = require "mkrun.patch"
local sys = require "mkrun.sys"

local M = {}

--- Visits each {"file": ...} and {"env": ...} below an "authentication"; the
--- SPEC is not checked yet.
local function each_source(part, at, is_secret, visit)
  if type(part) ~= "table" then return end
  if is_secret and (type(part.file) == "string" or type(part.env) == "string")
  then
    return visit(part, patch.pointer(at))
  end
  for key, member in pairs(part) do
    local deeper = table.move(at, 1, #at, 1, {})
    deeper[#deeper + 1] = math.type(key) == "integer" and key - 1 or key
    each_source(member, deeper, is_secret or key == "authentication", visit)
  end
end

local function folder_of(file)
  if file == "-" then return "." end
  return file:match "^(.*)/[^/]*$" or "."
end

--- Is what the path leads to in the folder, or below it?  What is missing is
--- told of by who reads it.
local function is_within(path, folder)
  local real, home = sys.real_path(path), sys.real_path(folder)
  if not real or not home then return not path:find("..", 1, true) end
  return home == "/" or real:sub(1, #home + 1) == home .. "/"
end

local function leaves(path, file)
  return path:sub(1, 1) ~= "/" and not is_within(path, folder_of(file))
end

--- Note where the secrets come from, for the plan.
---@param document any      of the SPEC
---@param file string       its name; "-" is standard input
---@param outside? boolean  relative paths may lead anywhere
---@return string? pointer  of a path that may not be read
---@return string? problem
function M.check(document, file, outside)
  local pointer, problem
  each_source(document, {}, false, function(source, at)
    if source.env then return inputs.note("variable", source.env, at) end
    inputs.note("file", source.file, at)
    if outside or problem and at >= pointer or not leaves(source.file, file)
    then
      return
    end
    pointer, problem = at, ("'%s' leads out of the folder of SPEC; "
      .. "--read-outside allows that"):format(source.file)
  end)
  return pointer, problem
end

return M
