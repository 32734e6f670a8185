--- Reads the files of a SPEC, checks them, and merges them into one document.
--- Tells all that is wrong with them at once.  `mkio.flow.onboard` calls this
--- module.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.host.document"
local json = require "mkrun.json"

local merge = require "mkio.flow.onboard.merge"
local near = require "mkrun.rest.suggestion"
local part_of = require "mkio.flow.onboard.part"
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
---@field partial? boolean       the files are some of several, so others may
---  have what they lack

--- What is wrong at a place of a file.
---@class mkio.SpecFault
---@field file string
---@field pointer? string  nil: the file cannot be read at all
---@field other? string    the place in another file that says otherwise
---@field text string

--- Returns a fault as a message.
---@param fault mkio.SpecFault
---@return string
function M.message(fault)
  if fault.other then
    return ("%s: %s and %s: %s"):format(fault.file, fault.pointer, fault.other,
      fault.text)
  elseif fault.pointer then
    return ("%s: %s: %s"):format(fault.file, shape.place(fault.pointer),
      fault.text)
  end
  return fault.text
end

local function add(list, faults, file)
  for _, fault in ipairs(faults) do
    fault.file = fault.file or file
    list[#list + 1] = fault
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

--- Moves faults of the whole SPEC to the places in its files.
local function placed(merged, faults)
  for _, fault in ipairs(faults) do
    fault.file, fault.pointer = places.find(merged, fault.pointer)
  end
  return faults
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

--- Returns a fault for each variable of --set that no file asks for.
local function unused(set, used)
  local list = {}
  for _, name in ipairs(value.names(document.variables(set))) do
    if not used[name] then
      local hint = near.hint(name, value.names(used))
      list[#list + 1] = { file = "--set", text = ("--set %s: no file asks for "
        .. "'%s'%s"):format(name, name, hint and ": " .. hint or "") }
    end
  end
  return list
end

--- Reads a file and checks it by itself.
---@return table? document  nil: something is wrong
---@return mkio.SpecFault[] faults
---@return boolean is_read
local function read_part(file, options, used, is_part)
  local part, message = read_document(file, options.set, used)
  if part == nil then return nil, { { file = file, text = message } }, false end
  local faults = spec.faults(part, is_part)
  add(faults, sources.faults(part, file, options.read_outside))
  return not faults[1] and part or nil, faults, true
end

local function read_parts(files, options)
  local parts, faults, used, count = {}, {}, {}, 0
  for _, file in ipairs(files) do
    local part, wrong, is_read = read_part(file, options, used,
      #files > 1 or options.partial)
    add(faults, wrong, file)
    parts[#parts + 1] = part and { file = file, document = part }
    if is_read then count = count + 1 end
  end
  -- A file that could not be read to its end may ask for more variables, and so
  -- may a file that is not there.
  if count == #files and not options.partial then
    add(faults, unused(options.set, used))
  end
  return parts, faults
end

--- Reads and merges the files.  Reads no secrets.
---@param files string[]
---@param options mkio.ReadOptions
---@return table? document  nil if something is wrong
---@return mkio.SpecFault[] faults   all that is wrong
function M.read(files, options)
  local _, wrong = document.variables(options.set)
  if wrong then return nil, { { file = "--set", text = wrong } } end
  files = once_each(files)
  local parts, faults = read_parts(files, options)
  if not parts[1] then return nil, faults end
  local merged, conflicts = merge.run(spec.shape, parts)
  add(faults, conflicts)
  if #parts == #files then
    add(faults, placed(merged, spec.faults(merged, options.partial)))
  end
  return not faults[1] and merged or nil, faults
end

--- Reads the secrets of a SPEC or of a part of it.
---@param merged table   of `read`
---@param part? table    of `mkio.flow.onboard.part` (default: all of it)
---@return mkio.SpecFault[] faults   all that is wrong with them
function M.secret_faults(merged, part)
  local faults = spec.secret_faults(part or merged)
  for _, fault in ipairs(faults) do
    fault.pointer = part_of.pointer(part or merged, fault.pointer)
  end
  return placed(merged, faults)
end

--- Adds the sources of the secrets of a part to the plan.
---@param merged table   of `read`
---@param part table     of `mkio.flow.onboard.part`, or `merged`
function M.note_sources(merged, part)
  sources.note(part, function(pointer)
    return select(2, places.find(merged, part_of.pointer(part, pointer)))
  end)
end

return M
