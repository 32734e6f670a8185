--- Takes the results that report.lua collects in this process: prints them, or
--- writes them to a file for the process that started this one (jobs.lua).

local process = require "tests.support.process"
local results = require "tests.support.run.results"
local temp = require "tests.support.temp"

local M = {}

local file_of_job
local files = {}

--- From now on results go to this file.
---@param path string
function M.write_to(path) file_of_job = path end

--- Takes the result of a file that has ended.
---@param file tests.FileResult
function M.file_done(file)
  files[#files + 1] = file
  if not file_of_job then results.say_file(file) end
end

--- Returns Lua source of a value.  Names of tests hold any bytes, which JSON
--- could not.
local function source(value)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local words = {}
  for key, member in pairs(value) do
    words[#words + 1] = ("[%q]=%s"):format(key, source(member))
  end
  return "{" .. table.concat(words, ",\n") .. "}"
end

local function write(all)
  all.files = files
  temp.write(file_of_job, "return " .. source(all))
  return all.failed == 0
end

--- Ends the process, with exit code 1 if something failed.
---@param all tests.Results
function M.finish(all)
  local ok
  if file_of_job then ok = write(all) else ok = results.say(all) end
  process.stop_all()
  temp.remove_all()
  os.exit(ok, true)
end

return M
