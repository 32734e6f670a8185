--- Finds the files and environment variables that contain the secrets of a
--- SPEC, the file of `onboard`, and adds them to the plan.  A relative path
--- must not lead out of the folder of the SPEC, because somebody else may have
--- written the SPEC.  `mkio.flow.onboard` calls this module before it reads a
--- secret.
-- SPDX-License-Identifier: MIT

local inputs = require "mkrun.host.sources"
local patch = require "mkrun.patch"
local sys = require "mkrun.sys"

local M = {}

--- Calls `visit` for each {"file": ...} and {"env": ...} inside a member
--- "authentication".  The SPEC is not checked yet, so a value may have any
--- type.
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
  local folder = file:match "^(.*)/[^/]*$"
  return folder == "" and "/" or folder or "."
end

--- Returns true if the path leads to a file in the folder.  A missing file is
--- reported later, by the code that reads the file.
local function is_within(path, folder)
  local real, home = sys.real_path(path), sys.real_path(folder)
  if not real or not home then return not path:find("..", 1, true) end
  return home == "/" or real:sub(1, #home + 1) == home .. "/"
end

local function leaves(path, file)
  return path:sub(1, 1) ~= "/" and not is_within(path, folder_of(file))
end

--- Adds the files and variables of the secrets to the plan.
---@param document table    a SPEC whose form is right, or a part of it
---@param own? fun(pointer: string): string  returns the pointer to show
function M.note(document, own)
  each_source(document, {}, false, function(source, at)
    inputs.note(source.env and "variable" or "file", source.env or source.file,
      own and own(at) or at)
  end)
end

--- Finds the paths that lead out of the folder of a SPEC.
---@param document any      the content of the SPEC
---@param file string       the path of the SPEC; "-" is standard input
---@param outside? boolean  true: a path may lead out of the folder of the SPEC
---@return mkrun.rest.Fault[] faults  the paths that may not be read, in order
function M.faults(document, file, outside)
  local faults = {}
  each_source(document, {}, false, function(source, at)
    local is_file = not source.env and not outside
    if not is_file or not leaves(source.file, file) then return end
    faults[#faults + 1] = { pointer = at, text = ("'%s' leads out of the "
      .. "folder of SPEC; --read-outside allows that"):format(source.file) }
  end)
  table.sort(faults, function(a, b) return a.pointer < b.pointer end)
  return faults
end

return M
