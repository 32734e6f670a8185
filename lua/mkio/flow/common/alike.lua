--- Compares names that people can hardly tell apart: names that differ only in
--- case, in blanks, in characters that nobody sees, or in how accents are
--- written.  Such a name is probably a typing error.  The flows call this
--- module before they remove what a file does not name, and before they create
--- an organization.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"

local M = {}

--- What to say of two such names.
M.DIFFERENCE = "they differ in case, blanks or accents only"

--- Returns a key that is the same for names that are alike.  It is not for
--- people.
---@param name string
---@return string
function M.key(name)
  return (address.key(address.visible(name)):gsub("%s+", ""))
end

--- Returns such a key of a pattern, or of a name for it.  It keeps the blanks:
--- without them, "night *" would be like "nightly".
---@param text string
---@return string
function M.pattern_key(text) return address.key(address.visible(text)) end

--- Says that a thing is to go, and that a file has a name like it that is not
--- there.
---@param kind string    "webhook rule"
---@param name string    the thing
---@param other string   the name in the file
---@param file string    "SPEC"
---@return string
function M.text(kind, name, other, file)
  return ("the %s '%s' is to go, and %s has '%s', which is not there: %s (if "
    .. "both are meant, run it without --prune first)"):format(kind, name, file,
    other, M.DIFFERENCE)
end

return M
