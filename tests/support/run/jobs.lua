--- Runs spec files side by side, each in a process of its own.
---
--- What a process prints is kept until it has ended, so nothing is mixed.  A
--- process that ends without results counts as one failure of its file.

local process = require "tests.support.process"
local results = require "tests.support.run.results"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local task = require "mkrun.task"
local temp = require "tests.support.temp"

local M = {}

--- Seconds that an interrupted process has to remove what it made.
local GRACE <const> = 10

---@class tests.Jobs
---@field words string[]   the command line before `--job` and the file
---@field limit integer    how many run at once
---@field folder string    its names begin the names of the processes' folders
---@field all tests.Results
---@field running table<tests.Job, true>
---@field started integer  number of processes so far
local Jobs = {}
Jobs.__index = Jobs

---@class tests.Job
---@field file tests.SpecFile
---@field process tests.Process
---@field top string    the folder for the temporary files of the process
---@field result string  the file with its results
---@field began number

--- Returns what the process wrote that is not a result.
local function noise(outcome)
  return (outcome.out .. outcome.err):gsub("%s+$", "")
end

local function read_results(job)
  local chunk = load(temp.read(job.result) or "", "=results", "t", {})
  return chunk and chunk()
end

--- Returns results in place of those that a process did not write.
local function died(job, why)
  local all = results.new()
  all.failed = 1
  results.fail(all, job.file.path, why)
  all.files = { { name = job.file.path, passed = 0, failed = 1, skipped = 0,
                  seconds = sys.monotonic() - job.began, processor = 0 } }
  return all
end

--- Returns the results of a process that has ended.
local function judge(job, outcome)
  local all = read_results(job)
  local said = noise(outcome)
  local why = ("the process ended with code %d%s"):format(outcome.code,
    said == "" and "" or ", and said:\n" .. said)
  if not all then return died(job, why) end
  if outcome.code ~= (all.failed > 0 and 1 or 0) then
    results.add(all, died(job, why))
  elseif said ~= "" then
    all.said = said
  end
  return all
end

function Jobs:start(file)
  self.started = self.started + 1
  local top = ("%s.%d"):format(self.folder, self.started)
  shell.execute("mkdir -m 700 " .. shell.quote(top))
  local words = table.move(self.words, 1, #self.words, 1, {})
  words[#words + 1] = "--job=" .. top
  words[#words + 1] = file.path
  local job = { file = file, top = top, result = top .. ".lua",
                began = sys.monotonic() }
  self.running[job] = true
  job.process = process.spawn(words)
end

local function remove(job)
  shell.execute("rm -rf " .. shell.join { job.top, job.result })
end

function Jobs:finish(job)
  local more = judge(job, job.process:wait())
  self.running[job] = nil
  remove(job)
  for _, file in ipairs(more.files) do results.say_file(file) end
  if more.said then io.write("  ", (more.said:gsub("\n", "\n  ")), "\n") end
  results.add(self.all, more)
end

--- Finishes the processes that have ended.
function Jobs:look()
  local ended = {}
  for job in pairs(self.running) do
    if not job.process:alive() then ended[#ended + 1] = job end
  end
  for _, job in ipairs(ended) do self:finish(job) end
end

function Jobs:count()
  local count = 0
  for _ in pairs(self.running) do count = count + 1 end
  return count
end

--- Waits until fewer than `limit` run.
function Jobs:wait(limit)
  self:look()
  while self:count() >= limit do
    task.sleep(0.05)
    self:look()
  end
end

function Jobs:run(list, limit)
  for _, file in ipairs(list) do
    self:wait(limit)
    self:start(file)
  end
  self:wait(1)
end

local function any_alive(jobs)
  for job in pairs(jobs) do
    if job.process and job.process:alive() then return true end
  end
  return false
end

--- Ends what still runs, and removes its files.
function Jobs:close()
  for job in pairs(self.running) do
    if job.process then job.process:signal "TERM" end
  end
  for _ = 1, GRACE / 0.05 do
    if not any_alive(self.running) then break end
    task.sleep(0.05)
  end
  process.stop_all()
  for job in pairs(self.running) do remove(job) end
  self.running = {}
end

Jobs.__close = Jobs.close

local function split(list)
  local together, alone = {}, {}
  for _, file in ipairs(list) do
    local part = file.alone and alone or together
    part[#part + 1] = file
  end
  return together, alone
end

--- Runs spec files and prints each file's line when it ends.
---@param words string[]  the command line that runs one more word, a file
---@param list tests.SpecFile[]  in the order in which they start
---@param limit integer   how many run at once
---@return tests.Results
function M.run(words, list, limit)
  local self <close> = setmetatable({ words = words, all = results.new(),
    folder = temp.folder():gsub("/[^/]*$", ""), running = {}, started = 0 },
    Jobs)
  local together, alone = split(list)
  self:run(together, limit)
  self:run(alone, 1)
  return self.all
end

return M
