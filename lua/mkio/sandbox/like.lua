--- Makes the first state of a sandbox from SOURCE, for `--like SOURCE`: a SPEC,
--- the output of `export`, or a recording of --record.  `mkio.sandbox` calls
--- this module.
-- SPDX-License-Identifier: MIT

local documents = require "mkrun.host.document"
local har = require "mkrun.journal.har_read"
local json = require "mkrun.json"
local machine = require "mkrun.backend".machine
local near_names = require "mkio.likeness.near_names"
local recording = require "mkio.likeness.recording"
local refusal = require "mkio.model.refusal"
local script = require "mkrun.script"
local shape = require "mkrun.rest.shape"
local spec = require "mkio.likeness.spec"
local state_check = require "mkio.model.state_check"

local M = {}

local function refuse(path, format, ...)
  refusal.raise("--like: %s: " .. format, path, ...)
end

--- Returns true if a text is a recording, although its end may be cut off.
local function is_recording(text) return text:find '^%s*{%s*"log"' ~= nil end

local function of_recording(text, path)
  local entries, message = har.parse(text, path)
  if not entries then refusal.raise("--like: %s", message) end
  local state, why = recording.state(entries)
  if not state then refuse(path, "%s", why) end
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

--- Reads a SPEC: JSON, JSON with comments, or Lua.
local function of_spec(_, path)
  local text, message = documents.text(path)
  if not text then refusal.raise("--like: %s", message) end
  local document = json.decode(text)
  local state, pointer, expected = spec.state(document)
  if not state then refuse(path, "%s: %s", shape.place(pointer), expected) end
  warn(document, path)
  return state
end

--- Reads SOURCE.  Ends the run if it is none of the three.
---@param path string
---@return string state   the JSON text of a sandbox's state
function M.read(path)
  local text, message = machine["sys.read_trusted"](path)
  if not text then refusal.raise("--like: %s", message) end
  local act = is_recording(text) and of_recording or of_spec
  local state = act(text, path)
  local pointer, fault = state_check.fault(state)
  if pointer then refuse(path, "no sandbox can be made of it: %s: %s",
    shape.place(pointer), fault) end
  return assert(json.encode(state))
end

return M
