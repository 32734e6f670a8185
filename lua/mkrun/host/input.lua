--- The files that a run was told to work by, its script among them: a journal
--- keeps their hashes, so that a resumed run tells when one is another now.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local sys = require "mkrun.sys"

local M = {}

--- Of the texts that were read, by path.
local digests = {}

local is_taken = false -- standard input

--- As `sys.read`, but standard input is there once.
---@param path string
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

--- Not before it is known which script runs: --resume finds it in the journal.
local function with_script()
  local script = config.script
  if script and script.path then
    digests[script.path] = sys.sha256(script.source)
  end
  return digests
end

--- Tell what is not as it was in earlier runs of a journal, and note what is
--- there now.
---@param journal mkrun.Journal
---@param note fun(text: string)
---@return true? done
---@return string? message
function M.keep(journal, note)
  local now, is_new = with_script(), false
  for path, digest in pairs(now) do
    local before = journal.inputs[path]
    is_new = is_new or before ~= digest
    if before and before ~= digest then
      note(path .. ": is not as it was when the run began")
    end
  end
  if is_new then return journal:keep_inputs(now) end
  return true
end

return M
