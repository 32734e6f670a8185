--- Reads a run's input files and writes their hashes to the journal.  A resumed
--- run then warns if an input file or the script has changed.  `mkrun.script`
--- and `mkrun.host.stack` call this module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local sys = require "mkrun.sys"

local M = {}

--- Path of each file that was read -> SHA-256 of the file's text.
local digests = {}

local is_taken = false -- true after standard input was read

--- Path of each file that was read ahead -> its text, until `read` asks for it.
local texts = {}

--- Reads a file before the script does.  The text is kept for `read`, because a
--- pipe can be read only once, and because the script must get the text that
--- decided what it may do.
---@param path string  "-" for standard input
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function M.ahead(path)
  local text, message, code = sys.read(path)
  texts[path] = text
  return text, message, code
end

local function take(path)
  local text = texts[path]
  if not text then return sys.read(path) end
  texts[path] = nil
  return text
end

--- Reads a file as `sys.read` does, and stores the file's hash.  Refuses to
--- read standard input twice.
---@param path string  "-" for standard input
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function M.read(path)
  if path == "-" and is_taken then
    return nil, "-: standard input was read already", "io"
  end
  is_taken = is_taken or path == "-"
  local text, message, code = take(path)
  if text and path ~= "-" and (config.journal or config.resume) then
    digests[path] = sys.sha256(text)
  end
  return text, message, code
end

--- Returns the hashes of the input files and of the script.  Must be called
--- after --resume has found the script in the journal.
local function with_script()
  local script = config.script
  if script and script.path then
    digests[script.path] = sys.sha256(script.source)
  end
  return digests
end

local told = {} -- paths of files that the user was warned of

local function warn(path, note)
  if not told[path] then note(path .. ": has changed since the run began") end
  told[path] = true
end

--- Warns if the script has changed since an earlier run of the journal.
---@param journal mkrun.Journal
---@param note fun(text: string)  function that prints a warning
function M.check_script(journal, note)
  local script = config.script
  local before = script and script.path and journal.inputs[script.path]
  if before and before ~= sys.sha256(script.source) then
    warn(script.path, note)
  end
end

--- Warns about each input file that has changed since an earlier run of the
--- journal.  Writes the current hashes into the journal.
---@param journal mkrun.Journal
---@param note fun(text: string)  function that prints a warning
---@return true? done  nil if the journal cannot be written
---@return string? message  why the journal cannot be written
function M.keep(journal, note)
  local now, is_new = with_script(), false
  for path, digest in pairs(now) do
    local before = journal.inputs[path]
    is_new = is_new or before ~= digest
    if before and before ~= digest then warn(path, note) end
  end
  if is_new then return journal:keep_inputs(now) end
  return true
end

return M
