--- Makes tar archives (POSIX ustar) whose bytes depend on nothing but their
--- content: names sorted, owner 0:0, one time for all entries.
--- `mkrun.tool.image` calls this module.
---
---     tar.pack({ { name = "mkrun", bytes = binary, mode = 493 } }, 0)
-- SPDX-License-Identifier: MIT

local M = {}

local BLOCK <const> = 512
local NAME_MAX <const>, PREFIX_MAX <const> = 100, 155

---@class mkrun.TarEntry
---@field name string    path without a leading "/"; a folder ends with "/"
---@field bytes? string  content of a file
---@field mode? integer  permissions; default: 0755 for a folder, else 0644

local function padded(text, size) return text .. ("\0"):rep(size - #text) end

--- Returns a number as octal digits and a NUL.
local function octal(number, size) return ("%%0%do\0"):format(size - 1)
  :format(number) end

--- Splits a name at a "/" into the fields prefix and name.  Returns nil if the
--- name fits nowhere.
local function split(name)
  if #name <= NAME_MAX then return "", name end
  local at = #name - NAME_MAX
  repeat at = name:find("/", at + 1, true) until not at or at > 1
  if not at or at == #name or at - 1 > PREFIX_MAX then return nil end
  return name:sub(1, at - 1), name:sub(at + 1)
end

--- Returns the 512 bytes before the content of an entry.
local function header(prefix, name, kind, mode, size, mtime)
  local first = padded(name, NAME_MAX) .. octal(mode, 8) .. octal(0, 8)
    .. octal(0, 8) .. octal(size, 12) .. octal(mtime, 12)
  local last = kind .. padded("", 100) .. "ustar\00000" .. padded("", 64)
    .. octal(0, 8) .. octal(0, 8) .. padded(prefix, PREFIX_MAX + 12)
  local sum = 0
  for at = 1, BLOCK - 8 do sum = sum + (first .. last):byte(at) end
  return first .. ("%06o\0 "):format(sum + 8 * 32) .. last
end

local function fill(size) return ("\0"):rep(-size % BLOCK) end

--- Returns an extended header (pax) that holds the name of the next entry.
local function long_name(name, mtime)
  local rest, size = (" path=%s\n"):format(name), 0
  while size ~= #rest + #tostring(size) do size = #rest + #tostring(size) end
  local record = size .. rest
  return header("", "pax", "x", 420, #record, mtime) .. record .. fill(#record)
end

--- Appends an entry to the list of strings `out`.
local function add(out, entry, mtime)
  local is_folder = entry.name:sub(-1) == "/"
  local bytes = entry.bytes or ""
  local prefix, name = split(entry.name)
  if not prefix then
    out[#out + 1] = long_name(entry.name, mtime)
    prefix, name = "", entry.name:sub(1, NAME_MAX)
  end
  out[#out + 1] = header(prefix, name, is_folder and "5" or "0",
    entry.mode or (is_folder and 493 or 420), #bytes, mtime)
  out[#out + 1] = bytes
  out[#out + 1] = fill(#bytes)
end

--- Returns the entries by name, and the folders that the names need.
local function with_folders(entries)
  local by_name = {}
  for _, entry in ipairs(entries) do
    local name = entry.name
    assert(name ~= "" and not name:find "^/" and not ("/" .. name .. "/")
      :find("/%.%.?/"), "a name of an archive is relative, without . and ..")
    for at in name:sub(1, -2):gmatch "()/" do
      local folder = name:sub(1, at)
      by_name[folder] = by_name[folder] or { name = folder }
    end
    by_name[name] = entry
  end
  return by_name
end

--- Returns the archive's bytes.  Folders that the names need are added.
--- Raises for a name that is absolute or has "." or ".." in it.
---@param entries mkrun.TarEntry[]
---@param mtime integer  time of every entry, in seconds since 1970
---@return string
function M.pack(entries, mtime)
  local by_name, names, out = with_folders(entries), {}, {}
  for name in pairs(by_name) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do add(out, by_name[name], mtime) end
  out[#out + 1] = ("\0"):rep(2 * BLOCK)
  return table.concat(out)
end

return M
