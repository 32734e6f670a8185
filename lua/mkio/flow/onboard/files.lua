--- Reads the files of a SPEC, checks them, and merges them into one document.
--- Tells all that is wrong with them at once.  `mkio.flow.onboard` calls this
--- module.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.host.document"
local json = require "mkrun.json"

local merge = require "mkio.flow.onboard.merge"
local near = require "mkrun.rest.suggestion"
local places = require "mkio.flow.onboard.places"
local shape = require "mkrun.rest.shape"
local sources = require "mkio.flow.onboard.sources"
local spec = require "mkio.flow.onboard.spec"
local value = require "mkrun.value"

local M = {}

---@class mkio.ReadOptions
---@field read_outside? boolean  relative paths may leave the folder of the file
---  in which they stand
---@field set? string[]          "NAME=VALUE", for files in Lua

--- Adds a message for each fault of one file.
local function add_faults(lines, file, faults)
  for _, fault in ipairs(faults) do
    lines[#lines + 1] = ("%s: %s: %s"):format(file, shape.place(fault.pointer),
      fault.text)
  end
end

--- Returns the paths without those that were there already.
local function once_each(files)
  local seen, list = {}, {}
  for _, file in ipairs(files) do
    if not seen[file] then list[#list + 1] = file end
    seen[file] = true
  end
  return list
end

--- Returns all that is wrong with the whole SPEC, at the places in its files.
local function add_whole(lines, merged, faults)
  for _, fault in ipairs(faults) do
    lines[#lines + 1] = ("%s: %s"):format(places.place(merged, fault.pointer),
      fault.text)
  end
end

--- Reads the document of a file, or returns nil and what is wrong.  Notes the
--- variables that the file asks for.
local function read_document(file, set, used)
  local text, note = document.text(file, set)
  if not text then return nil, note end
  for name in note:gmatch "[^\n]+" do used[name] = true end
  local value_ = json.decode(text)
  if not file:find "%.lua$" then return value_ end
  return shape.mark(spec.shape, value_) -- Lua has one empty table
end

--- Adds a message for each variable of --set that no file asks for.
local function add_unused(lines, set, used)
  local values, fault = document.variables(set)
  if not values then
    lines[#lines + 1] = fault
    return
  end
  for _, name in ipairs(value.names(values)) do
    if not used[name] then
      local hint = near.hint(name, value.names(used))
      lines[#lines + 1] = ("--set %s: no file asks for '%s'%s"):format(name,
        name, hint and ": " .. hint or "")
    end
  end
end

--- Reads the files and checks each by itself.
local function read_parts(files, options)
  local parts, lines, used = {}, {}, {}
  for _, file in ipairs(files) do
    local part, message = read_document(file, options.set, used)
    if part == nil then
      lines[#lines + 1] = message
    else
      parts[#parts + 1] = { file = file, document = part }
      add_faults(lines, file, spec.faults(part, #files > 1))
      add_faults(lines, file, sources.faults(part, file, options.read_outside))
    end
  end
  if #parts == #files then add_unused(lines, options.set, used) end
  return parts, lines
end

--- Reads and merges the files.  Reads no secrets.
---@param files string[]
---@param options mkio.ReadOptions
---@return table? document  nil if something is wrong
---@return string[] lines   all that is wrong
function M.read(files, options)
  local parts, lines = read_parts(once_each(files), options)
  if lines[1] then return nil, lines end
  local merged, conflicts = merge.run(spec.shape, parts)
  if conflicts[1] then return nil, conflicts end
  add_whole(lines, merged, spec.faults(merged))
  return not lines[1] and merged or nil, lines
end

--- Reads the secrets of a SPEC.  Returns all that is wrong with them.
---@param merged table   of `read`
---@return string[] lines
function M.secret_faults(merged)
  local lines = {}
  add_whole(lines, merged, spec.secret_faults(merged))
  return lines
end

return M
