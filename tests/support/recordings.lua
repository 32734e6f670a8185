--- Records every flow on the served sandbox, and has `sandbox-check` look at
--- the recordings.
---
---   local all <close> = recordings.new()
---   local folder = all:record({ "team", "night-desk" })
---   recordings.check(folder)   -> outcome, the decoded report

local cases = require "tests.support.answer_cases"
local json = require "mkrun.json"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- The flows with what they run on.
M.flows = cases.flows

---@class tests.Recordings
---@field server tests.Served
---@field files table<string, string>
local Recordings = {}
Recordings.__index = Recordings
Recordings.__close = function(self) self.server:stop() end

--- Makes a folder with the files of the flows.
function Recordings:folder()
  local folder = temp.folder()
  for name, text in pairs(self.files) do
    temp.write(folder .. "/" .. name, text)
  end
  shell.execute(("chmod 600 %s/*"):format(folder))
  return folder
end

--- Runs a flow and records it in `run.har`.
---@param words string[]   `fresh`: on a new organization
---@return string folder
---@return tests.Outcome outcome
function Recordings:record(words)
  local folder = self:folder()
  self.server:begin(words.fresh and self.first
    or json.decode(self.files["state.json"]))
  if words.fresh then shell.execute(("rm %s/*.token"):format(folder)) end
  if words[1] == "undo" then self:write_journal(folder) end
  return folder, self:run(folder, "--record", "run.har", table.unpack(words))
end

--- Runs a flow without a server and records it.  libcurl sends some requests
--- again whose connection ended, and does not tell.
---@param words string[]
---@param faults mkio.sandbox.FaultPlan
---@return string folder
---@return tests.Outcome outcome
function Recordings:record_in_process(words, faults)
  local folder = self:folder()
  temp.write(folder .. "/faults.json", json.encode(faults))
  return folder, release.run({ "--sandbox=state.json", "--faults",
    "faults.json", "--record", "run.har", table.unpack(words) },
    { cwd = folder })
end

function Recordings:run(folder, ...)
  return release.run({ ... }, { cwd = folder, env = {
    MKIO_BASE_URL = self.server.url, MKIO_TOKEN = "olas-token" } })
end

--- Replaces the journal by that of a run on the server.
function Recordings:write_journal(folder)
  shell.execute(("rm %s/journal"):format(folder))
  local outcome = self:run(folder, "--journal", "journal", "onboard",
    "other.json")
  assert(outcome.code == 0, outcome.err)
end

--- Starts a server.
---@return tests.Recordings
function M.new()
  local server = served.start { token = "olas-token" }
  return setmetatable({ server = server, first = server:state(),
    files = cases.files() }, Recordings)
end

--- Looks at `run.har`.
---@param folder string
---@return tests.Outcome outcome
---@return table? report
function M.check(folder)
  local outcome = release.run({ "sandbox-check", "--output", "json",
    "run.har" }, { cwd = folder })
  return outcome, (json.decode(outcome.out))
end

return M
