--- Runs writes against `rest_store` with a journal, and undoes them by the
--- journal alone, as the flow `undo` does.

local apis = require "mkio.flow.undo.api"
local client = require "mkrun.client"
local journal = require "mkrun.journal"
local json = require "mkrun.json"
local layer = require "mkrun.layer.journal"
local looking = require "mkio.flow.undo.look"
local subjects = require "mkrun.rest.subject"
local temp = require "tests.support.temp"
local undoing = require "mkio.flow.undo"
local worlds = require "tests.support.rest_store"

local M = {}

M.SETTINGS = { version = "1", base_url = "https://api.test", words = { "-" },
  kept = {} }

M.BROKER = "http://localhost:15672/api"
M.NAMES = "http://localhost:8081/api/v1"

--- A server on which a run sends writes with a journal.  `lost` says which of
--- them get no answer: "before" or "after" they take effect; "silent": they get
--- one without a body.
---@param documents table<string, table>
---@param writes table[]   {method, url, body, lost}
---@return tests.RestStore world
---@return mkrun.JournalContent content
---@return string path   the journal's
function M.run(documents, writes)
  local world, path = worlds.new(documents), temp.folder() .. "/j"
  local file, send = journal.create(path, M.SETTINGS), world:transport()
  for _, write in ipairs(writes) do
    local method, url, body, lost = table.unpack(write)
    if type(body) == "table" and body[1] then json.array(body) end
    layer.new { journal = file }(function(request)
      if request.method == "GET" or not lost then return send(request) end
      if lost ~= "before" then send(request) end
      if lost == "silent" then return { status = 204, body = "" } end
      return nil, "lost", "closed"
    end) { method = method, url = url, json = body, safe = method == "PUT" }
  end
  file.log:close()
  local content, log = journal.hold(path, M.SETTINGS)
  log:close()
  return world, content, path
end

--- The APIs of a journal, which send to a server and know only what the journal
--- keeps.
---@param world tests.RestStore
---@param content mkrun.JournalContent
---@return table<string, mkio.UndoApi>
function M.connections(world, content)
  local all = {}
  for name, facts in pairs(content.providers) do
    local kept = json.decode(json.encode(facts))
    local provider = next(kept.operations) and apis.provider(name, kept)
    all[name] = provider and apis.new { provider = provider,
      client = client.new { base = facts.base_url,
        http = { request = world:transport() } },
      subject = subjects.new(provider) }
  end
  return all
end

--- Undoes a journal.
---@return string[] told   what each step did
---@return mkio.UndoStep[] steps
function M.undo(world, content, connected)
  local told = {}
  local steps = undoing.steps(content.writes, content.notes,
    connected or M.connections(world, content))
  for _, step in ipairs(steps) do
    local outcome = step.problem
    if step.run then
      local done, why = undoing.take(step)
      outcome = why or tostring(done)
    end
    told[#told + 1] = ("%s %s %s: %s"):format(step.sign, step.kind, step.name,
      outcome)
  end
  return told, steps
end

--- Returns what undo would do: a line for each step.
---@return string[]
function M.look(world, content)
  local steps = undoing.steps(content.writes, content.notes,
    M.connections(world, content))
  looking.look(steps, nil, function() end)
  local told = {}
  for i, step in ipairs(steps) do
    told[i] = ("%s %s %s: %s"):format(step.sign, step.kind, step.name,
      step.reason or step.state or step.problem)
  end
  return told
end

return M
