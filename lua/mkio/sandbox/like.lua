--- Makes the first state of a sandbox from SOURCE, for `--like SOURCE`: a SPEC,
--- which may be several files, the output of `export`, or a recording of
--- --record.  `mkio.sandbox` calls this module.
-- SPDX-License-Identifier: MIT

local documents = require "mkrun.host.document"
local har = require "mkrun.journal.har_read"
local json = require "mkrun.json"
local machine = require "mkrun.backend".machine
local merge = require "mkio.likeness.merge"
local near_names = require "mkio.likeness.near_names"
local operations = require "mkio.operations"
local recording = require "mkio.likeness.recording"
local refusal = require "mkio.model.refusal"
local script = require "mkrun.script"
local shape = require "mkrun.rest.shape"
local spec = require "mkio.likeness.spec"
local state_check = require "mkio.model.state_check"
local worlds = require "mkio.model.world"

local M = {}

local function refuse(path, format, ...)
  refusal.raise("--like: %s: " .. format, path, ...)
end

--- Returns true if a text is a recording, although its end may be cut off.
local function is_recording(text) return text:find '^%s*{%s*"log"' ~= nil end

--- Returns the recorded answers to reads of which MK.IO has no operation: what
--- providers may be filled with.
local function answers_of(entries)
  local answers = json.array {}
  for _, entry in ipairs(entries) do
    local url = entry.request.url:match "^[^?#]*"
    local path = url:match "/api/v1/.*$" or ""
    local is_read = entry.request.method:upper() == "GET"
      and entry.response.status == 200 and not operations.match("GET", path)
    local document = is_read and json.decode(
      har.content(entry.response.content) or "")
    if type(document) == "table" then
      answers[#answers + 1] = { url = url, document = document }
    end
  end
  return answers
end

local function of_recording(text, path)
  local entries, message = har.parse(text, path)
  if not entries then refusal.raise("--like: %s", message) end
  local state, why = recording.state(entries)
  local recorded = answers_of(entries)
  if not state and not recorded[1] then refuse(path, "%s", why) end
  state = state or json.decode(worlds.new {}:save())
  state.recorded = recorded[1] and recorded or nil
  return state
end

--- Warns of names that are probably mistyped.  The sandbox has them, because
--- only the service knows which there are.
local function warn(document, path)
  if document.exported then return end
  for _, doubt in ipairs(near_names.find(document)) do
    script.say(("mkrun: warning: --like: %s: %s: %s"):format(path,
      shape.place(doubt.pointer), doubt.text))
  end
end

--- Reads a SPEC, or one of several files of it: JSON, JSON with comments, or
--- Lua.
local function read_spec(path)
  local text, message = documents.text(path, documents.set_of(arg))
  if not text then refusal.raise("--like: %s", message) end
  local part, pointer, expected = spec.part(json.decode(text))
  if not part then refuse(path, "%s: %s", shape.place(pointer), expected) end
  return part
end

--- Makes a state of the files of a SPEC.
local function of_spec(paths)
  local whole
  for i, path in ipairs(paths) do
    local part = read_spec(path)
    local pointer, fault
    whole, pointer, fault = merge.add(i > 1 and whole or nil, part)
    if not whole then refuse(path, "%s: %s", shape.place(pointer), fault) end
    warn(part, path)
  end
  local names = table.concat(paths, ", ")
  local state, pointer, expected = spec.state(whole)
  if not state then refuse(names, "%s: %s", shape.place(pointer), expected) end
  return state
end

--- Returns the text of the first recording, and its path.
local function recording_in(paths)
  for _, path in ipairs(paths) do
    local text, message = machine["sys.read_trusted"](path)
    if not text then refusal.raise("--like: %s", message) end
    if is_recording(text) then return text, path end
  end
end

--- Reads the SOURCEs of --like.  Ends the run if one is of no use.
---@param paths string[]  one recording, or the files of a SPEC
---@return string state   the JSON text of a sandbox's state
function M.read(paths)
  local text, path = recording_in(paths)
  if path and paths[2] then
    refuse(path, "a recording is a SOURCE by itself: one --like expected")
  end
  local state = text and of_recording(text, path) or of_spec(paths)
  local pointer, fault = state_check.fault(state)
  if pointer then refuse(table.concat(paths, ", "),
    "no sandbox can be made of it: %s: %s", shape.place(pointer), fault) end
  return assert(json.encode(state))
end

return M
