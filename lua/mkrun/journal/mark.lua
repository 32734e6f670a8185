--- Which write of which journal a request is: the journal layer says so to the
--- layers below it.
-- SPDX-License-Identifier: MIT

local M = {}

local marks = setmetatable({}, { __mode = "k" })

---@param request table
---@param id? string       of the journal; older ones have none
---@param number integer   of the write
function M.set(request, id, number)
  marks[request] = { journal = id, write = number }
end

---@param request table
---@return {journal: string?, write: integer?}  empty without a journal
function M.of(request) return marks[request] or {} end

return M
