--- Finds a module by its old name.  An old script keeps working, and mkrun
--- prints a warning with the new name.  The host's module searcher calls this
--- module if it finds no module of the required name.  The provider's library
--- knows its own old names.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local NEW_NAMES <const> = {
  ["mkrun.arguments"] = "mkrun.host.arguments",
  ["mkrun.audit"] = "mkrun.journal.audit",
  ["mkrun.audit_chain"] = "mkrun.journal.audit_chain",
  ["mkrun.bearer"] = "mkrun.host.bearer",
  ["mkrun.before"] = "mkrun.journal.before",
  ["mkrun.before_exit"] = "mkrun.host.before_exit",
  ["mkrun.duplicates"] = "mkrun.host.duplicates",
  ["mkrun.har"] = "mkrun.journal.har",
  ["mkrun.harmless"] = "mkrun.printable",
  ["mkrun.header"] = "mkrun.host.header",
  ["mkrun.home"] = "mkrun.journal.home",
  ["mkrun.init_code"] = "mkrun.host.init_code",
  ["mkrun.input"] = "mkrun.host.input",
  ["mkrun.journal_belonging"] = "mkrun.journal.belonging",
  ["mkrun.journal_file"] = "mkrun.journal.file",
  ["mkrun.near"] = "mkrun.closest_name",
  ["mkrun.rate"] = "mkrun.layer.rate_tickets",
  ["mkrun.request"] = "mkrun.layer.request",
  ["mkrun.retry_after"] = "mkrun.layer.retry_after",
  ["mkrun.scrub"] = "mkrun.journal.scrub",
  ["mkrun.sources"] = "mkrun.host.sources",
  ["mkrun.stack"] = "mkrun.host.stack",
  ["mkrun.timeless"] = "mkrun.journal.timeless",
}

local M = {}

--- Returns the new name of a module.
---@param name string  old name of a module
---@return string?  nil if no module had this name
function M.new_name(name)
  return NEW_NAMES[name] or config.renamed(name)
end

--- Prints a warning that a module has a new name, and returns the new name.
---@param name string  old name of the module
---@return string
function M.warn(name)
  local new = M.new_name(name)
  io.stderr:write(("mkrun: warning: the module '%s' is called '%s' now\n")
    :format(name, new))
  return new
end

--- Returns a loader for a module's old name.  The loader prints a warning.
---@param name string  old name of a module
---@return (fun(): any)? loader  nil if no module had this name
function M.loader(name)
  return M.new_name(name) and function() return require(M.warn(name)) end
end

return M
