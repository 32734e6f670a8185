--- Remembers in which file each part of a SPEC stands, for messages.
--- `mkio.flow.onboard.merge` and `mkio.flow.onboard.files` call this module.
-- SPDX-License-Identifier: MIT

local shape = require "mkrun.rest.shape"

---@class mkio.Places
---@field sources table<string, {file: string, pointer: string}>  by pointer
local Places = {}
Places.__index = Places

local M = {}

--- The places of each document.  The keys are weak, so an entry goes away with
--- its document.
---@type table<table, mkio.Places>
local known = setmetatable({}, { __mode = "k" })

---@return mkio.Places
function M.new() return setmetatable({ sources = {} }, Places) end

--- Notes where a part comes from, with all that is below it.
---@param pointer string   JSON Pointer in the whole SPEC
---@param file string
---@param own string       JSON Pointer in the file
function Places:note(pointer, file, own)
  self.sources[pointer] = { file = file, pointer = own }
end

--- Returns the file and the pointer in it for a pointer in the whole SPEC.
---@param pointer string
---@return string file
---@return string pointer
function Places:find(pointer)
  local head, rest = pointer, ""
  while not self.sources[head] do
    local up, last = head:match "^(.*)(/[^/]*)$"
    head, rest = up, last .. rest
  end
  local source = self.sources[head]
  return source.file, source.pointer .. rest
end

--- Makes these the places of a document.
---@param document table
function Places:keep(document) known[document] = self end

--- Returns where a part of a document stands.
---@param document table    what `mkio.flow.onboard.files` has read
---@param pointer string    JSON Pointer in it
---@return string file
---@return string pointer   in the file
function M.find(document, pointer) return known[document]:find(pointer) end

--- Returns the place of a part for a message: "base.json: at '/teams/0'".
---@param document table    what `onboarding.read` has returned
---@param pointer string    JSON Pointer in it
---@param file? string      the file of a document that was not read from files
---@return string
function M.place(document, pointer, file)
  local places = known[document]
  if places then file, pointer = places:find(pointer) end
  return ("%s: %s"):format(file or "SPEC", shape.place(pointer))
end

return M
