--- Reads the files of a SPEC, checks them, and merges them into one document.
--- Tells all that is wrong with them at once.  `mkio.flow.onboard` calls this
--- module.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local merge = require "mkio.flow.onboard.merge"
local places = require "mkio.flow.onboard.places"
local shape = require "mkrun.rest.shape"
local sources = require "mkio.flow.onboard.sources"
local spec = require "mkio.flow.onboard.spec"

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
local function add_whole(lines, document, faults)
  for _, fault in ipairs(faults) do
    lines[#lines + 1] = ("%s: %s"):format(places.place(document, fault.pointer),
      fault.text)
  end
end

--- Reads and merges the files.  Reads no secrets.
---@param files string[]
---@param options mkio.ReadOptions
---@return table? document  nil if something is wrong
---@return string[] lines   all that is wrong
function M.read(files, options)
  local parts, lines = {}, {}
  files = once_each(files)
  for i, file in ipairs(files) do
    local document = script.read_json(file)
    parts[i] = { file = file, document = document }
    add_faults(lines, file, spec.faults(document, #files > 1))
    add_faults(lines, file,
      sources.faults(document, file, options.read_outside))
  end
  if lines[1] then return nil, lines end
  local document, conflicts = merge.run(spec.shape, parts)
  if conflicts[1] then return nil, conflicts end
  add_whole(lines, document, spec.faults(document))
  return not lines[1] and document or nil, lines
end

--- Reads the secrets of a SPEC.  Returns all that is wrong with them.
---@param document table   of `read`
---@return string[] lines
function M.secret_faults(document)
  local lines = {}
  add_whole(lines, document, spec.secret_faults(document))
  return lines
end

return M
