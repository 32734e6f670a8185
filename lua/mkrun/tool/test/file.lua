--- Runs one test file, in the process that `mkrun.tool.test.runner` has started
--- for it, and tells what happens.
-- SPDX-License-Identifier: MIT

local assertions = require "mkrun.tool.test.assert"
local config = require "mkrun.config"
local folders = require "mkrun.tool.test.folder"
local flow = require "mkrun.test"
local json = require "mkrun.json"
local match = require "mkrun.tool.test.match"
local says = require "mkrun.tool.test.say"
local spies = require "mkrun.tool.test.spy"
local suites = require "mkrun.tool.test.suite"
local trial = require "mkrun.trial"

local M = {}

--- Where a test's modules are, beside what LUA_PATH says: beside the test, in
--- the current folder, and in its folder src.
local function search_path(folder)
  local places = { folder, ".", "./src" }
  for i, place in ipairs(places) do
    places[i] = ("%s/?.lua;%s/?/init.lua"):format(place, place)
  end
  return table.concat(places, ";") .. ";" .. package.path
end

--- What a test may require by the names that it has with busted.
local MODULES <const> = {
  ["luassert"] = assertions, ["luassert.spy"] = spies.spies,
  ["luassert.stub"] = spies.stubs, ["luassert.mock"] = spies.mocks,
  ["luassert.match"] = match, ["say"] = says,
}

local function define(suite)
  suite:define(_G)
  _G.assert, _G.spy, _G.stub, _G.mock, _G.match, _G.flow = assertions,
    spies.spies, spies.stubs, spies.mocks, match, flow
  for name, module in pairs(MODULES) do package.loaded[name] = module end
  package.loaded.busted = setmetatable({}, { __index = _G })
end

local function tell(event) trial.tell("event " .. json.encode(event)) end

--- Makes the texts of an event valid for JSON.
local function clean(text)
  if not text or utf8.len(text) then return text end
  return (text:gsub("[\x80-\xFF]", function(c)
    return ("\\x%02X"):format(c:byte())
  end))
end

local function tell_clean(event)
  event.name, event.message, event.trace =
    clean(event.name), clean(event.message), clean(event.trace)
  tell(event)
end

--- Runs the file of the settings.
function M.run()
  local settings = json.decode(config.trial_settings)
  local path = settings.file
  local folder = path:match "^(.*)/[^/]*$" or "."
  package.path = search_path(folder)
  folders.settings = settings
  settings.is_tried = true
  local suite = suites.new(settings, tell_clean, trial.clock)
  define(suite)
  local chunk, message = loadfile(path, "t")
  if chunk then
    suite:run(chunk, path)
  else
    tell_clean { status = "error", name = path, file = path, message = message }
  end
  trial.tell "done"
  if suite.has_failed then os.exit(1) end
end

return M
