--- The steps of `check`: finds all that is wrong with the files of a SPEC,
--- without a network.  The script `check` calls it.
-- SPDX-License-Identifier: MIT

local harmless = require "mkrun.printable"
local near_names = require "mkio.likeness.near_names"
local newer = require "mkrun.rest.newer"
local onboard_files = require "mkio.flow.onboard.files"
local output = require "mkrun.output"
local places = require "mkio.flow.onboard.places"
local script = require "mkrun.script"
local spec = require "mkio.flow.onboard.spec"

local M = { columns = { "file", "place", "problem" } }

--- Returns a fault as a row.
local function row_of(fault)
  local text = fault.text
  local head = fault.file .. ": "
  if text:sub(1, #head) == head then text = text:sub(#head + 1) end
  if fault.other then text = text .. " from those of " .. fault.other end
  return { file = fault.file, place = fault.pointer, problem = text }
end

--- Warns of what is probably mistyped: events, roles and locations.
local function warn(document)
  local function place(pointer) return places.place(document, pointer) end
  newer.warn(spec.newer(document), place)
  for _, doubt in ipairs(near_names.find(document)) do
    script.say(("mkrun: warning: %s: %s"):format(place(doubt.pointer),
      doubt.text))
  end
end

--- Finds all that is wrong with the files.  Warns of what is probably mistyped.
---@param files string[]
---@param options mkio.ReadOptions|{secrets: boolean?}  `secrets`: the
---  variables and files of secrets are looked at, too
---@return mkio.SpecFault[]
function M.find(files, options)
  local document, faults = onboard_files.read(files, options)
  if document then warn(document) end
  if document and options.secrets then
    return onboard_files.secret_faults(document)
  end
  return faults
end

--- Writes the faults.
---@param format mkrun.Format
---@param faults mkio.SpecFault[]
function M.write(format, faults)
  local rows = {}
  for i, fault in ipairs(faults) do
    if format == "text" then
      print(harmless.line(onboard_files.message(fault)))
    end
    rows[i] = row_of(fault)
  end
  if format ~= "text" then output.write(format, M.columns, rows) end
end

return M
