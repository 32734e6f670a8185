--- Finds the id of what an applied plan has made.  A server may tell it in the
--- body of its answer, in the field Location, or only in the list.  This is a
--- method of `mkrun.rest.overlay`.
-- SPDX-License-Identifier: MIT

local documents = require "mkrun.rest.overlay.documents"
local json = require "mkrun.json"
local listed = require "mkrun.rest.overlay.listed"
local meaning = require "mkrun.rest.meaning"
local parts = require "mkrun.rest.overlay.parts"

local M = {}

--- Returns the id as the thing itself shows it: a number stays a number.
local function at_location(self, request, m, id)
  local at, keys = {}, m.resource.keys
  for name, text in pairs(m.at) do at[name] = text end
  at[keys[#keys]] = id
  local path = documents.expand(m.resource, at)
  local reading = path and self:reading(path)
  if not reading or reading.act ~= "read" then return id end
  local response = self.read(self:reading_of(request, path))
  local document = response and response.status == 200
    and json.decode(response.body)
  local shown = meaning.member(document, m.operation.id)
  return meaning.text(shown) == id and shown or id
end

--- Returns the id of the only item of the list that has what identifies it.
local function in_list(self, request, m)
  local listing = m.collection and self:reading(m.collection)
  local body = json.decode(request.body or "")
  if not listing or type(body) ~= "table" then return nil end
  self.seen = {}
  local ok, items = pcall(listed.all, self,
    self:reading_of(request, m.collection), listing)
  local found, count = nil, 0
  for _, item in ipairs(ok and items or {}) do
    if parts.is_same_thing({ resource = m.resource, body = body }, m.resource,
      item) then
      found, count = meaning.member(item, m.operation.id), count + 1
    end
  end
  return count == 1 and meaning.text(found) and found or nil
end

--- Returns the id of what a write has made, or nil.
---@param self mkrun.rest.Overlay
---@param request table   the write
---@param document any    the body of the answer
---@param response table  the answer
---@return any
function M.id_in(self, request, document, response)
  local m = meaning.of(self.provider, request.method, self:path(request), nil)
  local place = m and m.act == "make" and m.operation.id
  if not place or response.status > 299 then return nil end
  local id = meaning.member(document, place)
  if meaning.text(id) then return id end
  local made = meaning.created(m, document, response)
  if made then return at_location(self, request, m, made.id) end
  return in_list(self, request, m)
end

return M
