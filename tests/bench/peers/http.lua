-- http.lua URL COUNT IN_FLIGHT: fetches URL COUNT times, IN_FLIGHT at a time.

local http = require "mkrun.http"
local task = require "mkrun.task"

local url, count, in_flight = ...
in_flight = tonumber(in_flight)

local function fetch()
  local response = assert(http.get(url))
  assert(response.status == 200)
end

if in_flight == 1 then
  for _ = 1, count do fetch() end
else
  local numbers = {}
  for i = 1, tonumber(count) do numbers[i] = i end
  task.map(numbers, fetch, { limit = in_flight })
end
