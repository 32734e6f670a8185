--- The verbs of a declared provider that have a meaning.  `mkrun.rest.declare`
--- reads rows by them, and `mkrun new provider` writes rows.
-- SPDX-License-Identifier: MIT

local one_letter = require "mkrun.row.one_letter"

local M = {}

--- Methods that a verb may have, and its act.
---@type table<string, table<string, string|true>>
M.MEANT = {
  get = { act = "read", GET = true },
  list = { act = "list", GET = true },
  put = { act = "replace", PUT = true, POST = true },
  create = { act = "make", POST = true },
  delete = { act = "remove", DELETE = true, POST = true },
  patch = { act = "merge", PATCH = true, PUT = true, POST = true },
}

local ORDER <const> = { "create", "delete", "get", "list", "patch", "put" }

--- Returns the verb with a meaning that a verb is perhaps to be: it is one
--- letter away, and may have the method.
---@param verb string
---@param method string
---@return string?   nil if the verb has a meaning, or is like none
function M.meant(verb, method)
  if M.MEANT[verb] then return nil end
  for _, known in ipairs(ORDER) do
    if M.MEANT[known][method] and one_letter.apart(verb, known) then
      return known
    end
  end
end

return M
