--- Marks a request with the id of its journal and the number of its write.  The
--- layer `journal` sets the mark.  The layer `audit` reads the mark.
-- SPDX-License-Identifier: MIT

local M = {}

local marks = setmetatable({}, { __mode = "k" })

--- Marks a request.
---@param request table
---@param id? string       id of the journal; nil for old journals, without ids
---@param number integer   number of the write
function M.set(request, id, number)
  marks[request] = { journal = id, write = number }
end

--- Returns the mark of a request.
---@param request table
---@return {journal: string?, write: integer?}  empty without a journal
function M.of(request) return marks[request] or {} end

return M
