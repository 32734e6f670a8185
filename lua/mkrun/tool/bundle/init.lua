--- Makes bundles: programs that are mkrun with a flow inside, or images of such
--- programs.  `mkrun bundle` calls this module.
-- SPDX-License-Identifier: MIT

local archive = require "mkrun.tool.bundle.archive"
local gather = require "mkrun.tool.bundle.gather"
local headers = require "mkrun.host.header"
local image = require "mkrun.tool.image"
local program = require "mkrun.tool.bundle.program"
local sys = require "mkrun.sys"

local M = {}

--- The running mkrun.
local OWN <const> = "/proc/self/exe"

---@class mkrun.BundleOptions
---@field flow string       a file, or the name of a built-in flow
---@field files string[]    files for the flow to read
---@field out string        path of the bundle; "NAME.tar" is an image
---@field bases? string[]   programs of mkrun; default: the running one
---@field force? boolean    true: replace any file

local function read_program(path)
  local bytes, message = sys.read(path)
  if not bytes and path == OWN then
    return nil, "mkrun cannot read its own file here, because /proc is "
      .. "missing: name the file by --base"
  elseif not bytes then
    return nil, message
  end
  local base, why = program.read(bytes)
  if not base then return nil, ("%s: %s"):format(path, why) end
  if base.archive then
    local entries = archive.unpack(base.archive)
    base.version = entries and entries[#entries].name
  end
  if base.version then return base end
  return nil, path .. ": is a damaged bundle"
end

--- Reads the programs for the bundle.
local function read_bases(options, is_image)
  local bases, seen = {}, {}
  for i, path in ipairs(options.bases or { OWN }) do
    local base, message = read_program(path)
    if not base then return nil, message end
    if seen[base.architecture] then
      return nil, ("--base: %s is for %s, too: an image has one mkrun of each "
        .. "architecture"):format(path, base.architecture)
    end
    bases[i], seen[base.architecture] = base, true
  end
  if bases[2] and not is_image then
    return nil, "--base: a program has one architecture; several make an "
      .. "image: -o NAME.tar"
  end
  return bases
end

--- Returns a message if the file at the path must stay.
local function check_place(options)
  local path = options.out
  local free, message, code = sys.check_place(path)
  if not free and code == "exists" and not sys.is_special(path) then
    local old = program.read(sys.read(path) or "")
    if options.force or old and old.archive then return nil end
    return path .. ": exists and is no bundle: --force replaces it"
  end
  return message
end

--- Returns the bytes of the program with the files of the bundle.
local function bundled(base, gathered)
  local entries = { table.unpack(gathered.entries) }
  entries[#entries + 1] = { kind = "v", name = base.version, path = "",
    bytes = "" }
  return program.join(base, archive.pack(entries))
end

--- Makes a text valid for JSON.
local function valid(text)
  return utf8.len(text) and text or (text:gsub("[\x80-\xFF]", "?"))
end

local function write_image(options, bases, gathered)
  local name = gathered.entries[1].path:match "([^/]*)$":gsub("%.lua$", "")
  local platforms = {}
  for i, base in ipairs(bases) do
    platforms[i] = { architecture = base.architecture,
      binary = bundled(base, gathered) }
  end
  local title = name:lower():gsub("[^a-z0-9]+", "-"):gsub("^%-*(.-)%-*$", "%1")
  return image.write { file = options.out, platforms = platforms,
    name = ("localhost/%s:latest"):format(title ~= "" and title or "flow"),
    config = { Labels = { ["org.opencontainers.image.title"] = valid(name),
      ["org.opencontainers.image.description"] =
        valid(gathered.header.summary) } } }
end

local function write(options, bases, gathered)
  if options.out:find "%.tar$" then
    return write_image(options, bases, gathered)
  end
  return sys.write(options.out, bundled(bases[1], gathered), "755")
end

---@class mkrun.Bundle
---@field architecture string  "amd64", or several with commas between them
---@field version string       version of mkrun
---@field entries mkrun.BundleEntry[]
---@field needs? string[]      of the flow; nil: it can do all
---@field warnings? string[]

--- Returns what `M.make` made.
local function made(bases, gathered)
  local names = {}
  for i, base in ipairs(bases) do names[i] = base.architecture end
  local header = gathered.header
  local is_confined = header.says_needs or gathered.entries[1].kind == "b"
  return { architecture = table.concat(names, ", "), version = bases[1].version,
    entries = gathered.entries, needs = is_confined and header.needs or nil,
    warnings = gathered.warnings }
end

--- Returns a message if the bundle would replace one of its own files.
local function check_own(options)
  local out = sys.real_path(options.out)
  for _, path in ipairs { options.flow, table.unpack(options.files) } do
    if out and sys.real_path(path) == out then
      return options.out .. ": is a file for the bundle itself"
    end
  end
end

--- Makes a bundle.
---@param options mkrun.BundleOptions
---@return mkrun.Bundle?
---@return string? message
---@return mkrun.FileCode? code   nil: the command line, or a file, is wrong
function M.make(options)
  local message = check_own(options) or check_place(options)
  if message then return nil, message end
  local gathered, why = gather.gather(options.flow, options.files)
  if not gathered then return nil, why end
  local bases, fault = read_bases(options, options.out:find "%.tar$" ~= nil)
  if not bases then return nil, fault end
  local done, problem, code = write(options, bases, gathered)
  if not done then return nil, problem, code end
  return made(bases, gathered)
end

-- Showing --------------------------------------------------------------------

--- Reads a bundle.
---@param path string
---@return mkrun.Bundle?
---@return string? message
function M.read(path)
  local bytes, message = sys.read(path)
  if not bytes then return nil, message end
  local base, why = program.read(bytes)
  if not base then return nil, ("%s: %s"):format(path, why) end
  if not base.archive then
    return nil, path .. ": is mkrun without a bundle in it"
  end
  local entries = archive.unpack(base.archive)
  if not entries then return nil, path .. ": is a damaged bundle" end
  local flow = entries[1]
  local source = flow.kind == "b" and sys.builtin("scripts/" .. flow.name)
    or flow.bytes
  local header = headers.parse(source)
  return { architecture = base.architecture, entries = entries,
    version = entries[#entries].name,
    needs = (header.says_needs or flow.kind == "b") and header.needs or nil }
end

local KINDS <const> = { f = "flow", m = "module", d = "file" }

--- Returns what is in a bundle, as rows: kind, path, bytes, SHA-256.
---@param bundle mkrun.Bundle
---@return string[][]
function M.rows(bundle)
  local rows = {}
  for _, entry in ipairs(bundle.entries) do
    if KINDS[entry.kind] then
      rows[#rows + 1] = { KINDS[entry.kind], entry.path,
        tostring(#entry.bytes), sys.sha256(entry.bytes) }
    elseif entry.kind == "b" then
      rows[#rows + 1] = { "flow", entry.name, "-", "built in" }
    end
  end
  return rows
end

--- Returns the bytes of a file in a bundle, or nil.
---@param bundle mkrun.Bundle
---@param path string
---@return string?
function M.file(bundle, path)
  for _, entry in ipairs(bundle.entries) do
    if KINDS[entry.kind] and entry.path == path then return entry.bytes end
  end
end

return M
