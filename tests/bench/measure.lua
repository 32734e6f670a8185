--- Runs programs in turn with `spawn`, and takes the medians.

local M = {}

local function median(values)
  table.sort(values)
  return values[(#values + 1) // 2]
end

local function note(samples, line)
  local name, wall, cpu, rss, status, printed =
    line:match "^(.-)\t(.-)\t(.-)\t(.-)\t(.-)\t(.*)$"
  local of = samples[name] or { wall = {}, cpu = {}, rss = {}, printed = {} }
  samples[name] = of
  if status ~= "0" then of.failed = true end
  table.insert(of.wall, tonumber(wall))
  table.insert(of.cpu, tonumber(cpu))
  table.insert(of.rss, tonumber(rss))
  table.insert(of.printed, tonumber(printed) or 0)
end

--- The commands are run in turn, `rounds` times, or as often as one takes
--- `seconds` (but three times).
---@param spawn string  the program
---@param folder string  where the plan goes
---@param commands {name: string, [integer]: string}[]
---@param rounds integer
---@param seconds number
---@return table<string, {wall: number, cpu: number, rss: number,
--- printed: number, runs: integer}>  medians; nothing of those that failed
function M.run(spawn, folder, commands, rounds, seconds)
  local lines = {}
  for i, command in ipairs(commands) do
    lines[i] = command.name .. "\t" .. table.concat(command, "\t") .. "\n"
  end
  local plan <close> = assert(io.open(folder .. "/plan", "w"))
  assert(plan:write(table.concat(lines)))
  plan:flush()

  local samples, medians = {}, {}
  local pipe <close> = assert(io.popen(("%s %d %g < %s/plan 2> %s/errors")
    :format(spawn, rounds, seconds, folder, folder)))
  for line in pipe:lines() do note(samples, line) end
  for name, of in pairs(samples) do
    if not of.failed then
      medians[name] = { runs = #of.wall, wall = median(of.wall),
        cpu = median(of.cpu), rss = median(of.rss),
        printed = median(of.printed) }
    end
  end
  return medians
end

--- Instructions of a whole process, by callgrind; nothing when it fails.
---@param command string[]
---@return integer?
function M.instructions(command)
  local words = {}
  for i, word in ipairs(command) do words[i] = "'" .. word .. "'" end
  local pipe = assert(io.popen(
    "valgrind --tool=callgrind --callgrind-out-file=/dev/null "
      .. table.concat(words, " ") .. " 2>&1 >/dev/null"))
  local count = pipe:read "a":match "Collected : (%d+)"
  return pipe:close() and math.tointeger(tonumber(count)) or nil
end

return M
