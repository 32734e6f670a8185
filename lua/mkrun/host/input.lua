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
  local text, message, code = sys.read(path)
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
    if before and before ~= digest then
      note(path .. ": has changed since the run began")
    end
  end
  if is_new then return journal:keep_inputs(now) end
  return true
end

return M
