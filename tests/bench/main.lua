--- main.lua full|quick|far: measures and prints; run.sh has started the
--- servers.

local far = require "far"
local growth = require "growth"
local measure = require "measure"
local programs = require "programs"
local rate = require "rate"
local report = require "report"
local targets = require "targets"

local quick = ... == "quick"
local ROUNDS <const> = quick and 5 or 15
local SECONDS <const> = quick and 0.7 or 3
local REQUESTS <const> = quick and 500 or 2000

local function rows(what, unit, found, commands, goal)
  goal = goal or targets.default
  local ours = found.mkrun
  for _, command in ipairs(commands) do
    local theirs = found[command.name]
    if command.name == "mkrun" then goto continue end
    if not ours or not theirs then
      report.absent(what, command.name)
    else
      report.row { what = what, unit = unit, ours = ours[unit],
        peer = command.name, theirs = theirs[unit],
        target = targets.of(goal, command.name),
        why = targets.why(goal, command.name) }
    end
    ::continue::
  end
end

local function run(commands, rounds)
  return measure.run(programs.spawn, programs.work, commands,
    rounds or ROUNDS, SECONDS)
end

local function start()
  report.part "An empty program (whole processes)"
  local commands = programs.start()
  local found = run(commands, quick and 11 or 41)
  rows("start", "wall", found, commands, targets.start)
  rows("peak memory", "rss", found, commands, targets.memory)
  local file <close> = assert(io.open(programs.mkrun))
  report.limit("binary, all in one file", "size", file:seek "end",
    1.8e6)
end

local function cold()
  report.part("One HTTPS request, all roots of the system trusted "
    .. "(whole processes)")
  local commands = programs.cold()
  rows("one cold request", "wall", run(commands), commands, targets.cold)
end

--- The same, but each request of curl's by a process of its own.
local function processes(found)
  local count = quick and 20 or 50
  local commands = programs.processes(count)
  for name, theirs in pairs(run(commands, 3)) do
    theirs.wall = theirs.wall * REQUESTS / count
    found[name] = theirs
  end
  rows("in turn", "wall", found, commands)
end

local function requests(version, in_flight)
  report.part(("%d requests over HTTP/%s, %s (whole processes)"):format(
    REQUESTS, version == "h1" and "1.1" or "2",
    in_flight == 1 and "in turn" or in_flight .. " in flight"))
  local what = in_flight == 1 and "in turn" or in_flight .. " in flight"
  local commands = programs.requests(version, REQUESTS, in_flight)
  local found = run(commands, quick and 5 or 9)
  rows(what, "wall", found, commands, targets.http)
  if in_flight == 1 then processes(found) end
  for _, of in pairs(found) do of.cpu = of.cpu * 1000 / REQUESTS end
  rows("processor, 1,000 requests", "cpu", found, commands, targets.http)
  if in_flight == 64 then
    rows("peak memory", "rss", found, commands, targets.http_memory)
    local floor = found["C on libcurl"]
    report.limit("memory of a task, beyond C's", "rss",
      (found.mkrun.rss - floor.rss) / in_flight, 64)
  end
end

local function json()
  report.part "JSON: the processor's time for one document"
  local sizes = { { "small", quick and 5000 or 20000 }, { "1mb", 10 } }
  if not quick then sizes[3] = { "25mb", 1 } end
  for _, operation in ipairs { "decode", "encode" } do
    for _, size in ipairs(sizes) do
      local commands = programs.json(operation, size[1], size[2])
      local found = run(commands, 7)
      rows(operation .. " " .. size[1], "printed", found, commands,
        targets.json)
      if size[1] == "25mb" and operation == "decode" then
        rows("peak memory", "rss", found, commands, targets.json_memory)
      end
    end
  end
  for _, kind in ipairs { "floats", "escapes" } do
    for _, operation in ipairs { "decode", "encode" } do
      local commands = programs.json(operation, kind, 20, true)
      rows(operation .. " " .. kind, "printed", run(commands, 7), commands,
        targets.json)
    end
  end
end

local function patch()
  report.part "JSON Patch: the processor's time for one"
  local few = quick and 500 or 3000
  for _, kind in ipairs {
    { "apply, small", "apply", "small-from", "small-patch", few },
    { "diff, small", "diff", "small-from", "small-to", few },
    { "apply, 1 member of 10 MB", "apply", "10mb", "10mb-patch", 1 },
    { "diff, 320 changes in 1 MB", "diff", "1mb", "1mb-to", 1 },
  } do
    local commands = programs.patch(table.unpack(kind, 2))
    rows(kind[1], "printed", run(commands, 5), commands)
  end
end

local function onboard()
  report.part("`onboard`: a new organization, 24 calls over HTTPS "
    .. "(whole processes)")
  local commands = programs.onboard()
  rows("onboard", "wall", run(commands), commands)
end

local function counted(what, commands, wanted)
  local ours = measure.instructions(commands[1])
  for _, command in ipairs(commands) do
    if not wanted[command.name] then goto continue end
    local theirs = measure.instructions(command)
    if not ours or not theirs then
      report.absent(what, command.name)
    else
      report.row { what = what, unit = "count", ours = ours,
        peer = command.name, theirs = theirs, target = wanted[command.name],
        why = targets.why(targets.json, command.name) }
    end
    ::continue::
  end
end

--- What each further request takes, by the difference of two runs.
local function one_more(version)
  local FEW <const>, MANY <const> = 100, 600
  local few = programs.requests(version, FEW, 1)
  local many = programs.requests(version, MANY, 1)
  local counts = {}
  for i = 1, 2 do -- mkrun and the program in C
    local low = measure.instructions(few[i])
    local high = measure.instructions(many[i])
    counts[i] = low and high and (high - low) / (MANY - FEW)
  end
  if not counts[1] or not counts[2] then return end
  local peer = many[2].name
  report.row { what = "one request more, HTTP/"
      .. (version == "h1" and "1.1" or "2"), unit = "count",
    ours = counts[1], peer = peer, theirs = counts[2],
    target = targets.of(targets.http, peer),
    why = targets.why(targets.http, peer) }
end

local function instructions()
  report.part "Instructions (callgrind, whole processes)"
  counted("start", programs.start(),
    { ["lua5.4"] = 0.6, ["curl --version"] = 1 })
  counted("one cold request", programs.cold(),
    { curl = 0.35, ["C on libcurl"] = 1.15 })
  one_more "h1"
  one_more "h2"
  for _, kind in ipairs {
    { "decode", "1mb", 10 }, { "encode", "1mb", 10 },
    { "encode", "floats", 20 }, { "decode", "escapes", 20 },
  } do
    counted(("%s %s, %d times"):format(table.unpack(kind)),
      programs.json(table.unpack(kind)), { ["lua-cjson as it was"] = 1 })
  end
  report.alone("apply, small, 1,000 times", "count", measure.instructions(
    programs.patch("apply", "small-from", "small-patch", 1000)[1]))
end

local function sandbox_growth()
  report.part "Growth: processor time of flows on a sandbox, as n doubles"
  growth.run(quick and 250 or 1000)
end

local function far_away()
  report.part("Far: each answer takes 50 ms, HTTPS (whole processes, the best; "
    .. "a hop is 50 ms)")
  far.run(quick and 1 or 3)
  report.part "At the API's rate: simulated time"
  rate.run()
end

local function nearby()
  start()
  cold()
  for _, version in ipairs { "h1", "h2" } do
    requests(version, 1)
    requests(version, 16)
    requests(version, 64)
  end
  json()
  patch()
  onboard()
  sandbox_growth()
  instructions()
end

report.begin()
if ... ~= "far" then nearby() end
far_away()
io.write(("\n%d of the targets missed; ratios below 1 are mkrun's lead.\n")
  :format(report.missed))
