--- Packs the files of a bundle into the archive that src/base/bundle.c reads,
--- and unpacks them.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local M = {}

local MAGIC <const> = "mkrun bundle 1\n"
local ENTRY <const> = "<c1s4xs4xs8x"

---@class mkrun.BundleEntry
---@field kind string   "f" flow, "b" built-in flow, "m" module, "d" data, "o"
---  option of the flow, "v" version of mkrun
---@field name string
---@field path string   of an option: the name of its value, or ""
---@field bytes string

local function digest(text)
  return (sys.sha256(text):gsub("%x%x", function(byte)
    return string.char(tonumber(byte, 16))
  end))
end

---@param entries mkrun.BundleEntry[]
---@return string
function M.pack(entries)
  local parts = {}
  for i, entry in ipairs(entries) do
    parts[i] = ENTRY:pack(entry.kind, entry.name, entry.path, entry.bytes)
  end
  -- No NUL at the end: a file that is cut off seems to go on with NULs.
  local content = table.concat(parts) .. "\n"
  return MAGIC .. digest(content) .. content
end

local function read_entries(content)
  local entries, at = {}, 1
  while at < #content do
    local entry = {}
    entry.kind, entry.name, entry.path, entry.bytes, at =
      ENTRY:unpack(content, at)
    entries[#entries + 1] = entry
  end
  return entries
end

--- Returns true if the entries begin with a flow and end with a version.
local function is_complete(entries)
  local first, last = entries[1], entries[#entries]
  return first and first.kind:find "^[fb]$" and last.kind == "v"
end

---@param archive string
---@return mkrun.BundleEntry[]?  nil if the archive is damaged
function M.unpack(archive)
  local from = #MAGIC + 33
  local content = archive:sub(from)
  if archive:sub(1, from - 1) ~= MAGIC .. digest(content) then return nil end
  local good, entries = pcall(read_entries, content)
  if good and is_complete(entries) then return entries end
end

return M
