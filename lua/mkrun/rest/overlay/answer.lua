--- Makes the answers of a provider's overlay.  `mkrun.rest.overlay` calls this
--- module.
-- SPDX-License-Identifier: MIT

local effect = require "mkrun.rest.overlay.effect"
local json = require "mkrun.json"
local patch = require "mkrun.patch"
local sys = require "mkrun.sys"

local M = {}

--- Copies an answer.
---@param response table
---@return table
function M.copy(response)
  local copy = {}
  for name, value in pairs(response) do copy[name] = value end
  return copy
end

--- Makes an answer.
---@param status integer
---@param document any   nil: without a body
---@return table response
function M.of(status, document)
  if document == nil then
    return { status = status, body = "", headers = {} }
  end
  return { status = status, body = assert(json.encode(document)),
    headers = { ["content-type"] = "application/json" } }
end

--- Returns an answer with another document.
---@param response table
---@param document any
---@return table
function M.with(response, document)
  local copy = M.copy(response)
  copy.body = assert(json.encode(document))
  copy.headers = { ["content-type"] = "application/json" }
  copy.header_list, copy.bytes = nil, nil
  return copy
end

local WORDS <const> = { [400] = "Bad Request", [404] = "Not Found",
  [409] = "Conflict" }

--- Makes the answer to a request that the API would refuse, in the form of this
--- provider's errors.
---@param overlay mkrun.rest.Overlay
---@param status integer
---@return table
function M.refused(overlay, status)
  local names, document = overlay.provider.error or {}, json.object {}
  effect.put(document, names.detail or "error", WORDS[status])
  local code = status == 404 and (names.absent or {})[1]
  if code then effect.put(document, names.code, code) end
  return M.of(status, document)
end

--- Makes the answer about something that is not there.
---@param overlay mkrun.rest.Overlay
---@return table
function M.missing(overlay) return M.refused(overlay, 404) end

--- Returns the status that an operation answers, nearest to the usual one.
local function status_of(operation, usual)
  local only = operation.only
  if not only or only[usual] then return usual end
  local lowest
  for status in pairs(only) do
    if not lowest or status < lowest then lowest = status end
  end
  return lowest or usual
end

local function answer(operation, usual, document)
  local status = status_of(operation, usual)
  local is_empty = operation.empty or status == 204 or document == nil
  return M.of(status, not is_empty and document or nil)
end

--- Makes the answer to a POST that made something.
---@param m mkrun.rest.Meaning
---@param document table
---@param reveals? string[]   secrets that only this answer has
---@return table
function M.made(m, document, reveals)
  local copy = patch.copy(document)
  for _, place in ipairs(reveals or {}) do
    effect.put(copy, place, sys.uuid())
  end
  return answer(m.operation, 201, copy)
end

--- Makes the answer to another write.
---@param m mkrun.rest.Meaning
---@param before any
---@param after any
---@return table
function M.written(m, before, after)
  if after == nil then return answer(m.operation, 204) end
  return answer(m.operation, m.act == "replace" and before == nil and 201
    or 200, after)
end

return M
