--- Each flow that writes, with a disk that is full or broken: it says which
--- file and why, reports nothing as done that is not kept, and a second run
--- ends as an undisturbed one.

local errors = require "tests.support.file_errors"
local flows = require "tests.support.torture_flows"
local runs = require "tests.support.torture_run"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local strace = require "tests.support.strace"
local temp = require "tests.support.temp"
local torture = require "tests.support.torture"

local FINE <const> = 1000000

--- How many writes a file tells of; how often a run reads, and finds what it
--- waits for, differs.
local function writes_in(path)
  local pattern = path:find "/h$" and '"method":"[PD]' or '"status":%d'
  return select(2, (temp.read(path) or ""):gsub(pattern, ""))
end

--- A run that ends well has lost nothing, or says what it has lost.
local function fault_of_success(place, prepared, first, folder)
  if temp.read(prepared.traced .. "/p") and not temp.read(folder .. "/p") then
    return "ended well, and kept no plan"
  end
  for _, name in ipairs { "j", "a", "h" } do
    local was = writes_in(prepared.traced .. "/" .. name)
    local is = writes_in(folder .. "/" .. name)
    if is ~= was and not first.err:find(" " .. name .. ": ", 1, true) then
      return ("ended well with %d writes in %s, not %d"):format(is, name, was)
    end
  end
  place:settle(folder)
  if place:outcome(folder) ~= prepared.outcome then
    return "ended well, and not as an undisturbed one: " .. first.err
  end
end

--- A lock and a log are named by the file that they are of.  When the disk
--- stays as it is, any of them may be the one that a run ends with.
local function names(text, broken)
  if broken.file == "." then return true end -- some file in that folder
  local file = (broken.file or ""):gsub("%.log$", ""):gsub("%.lock$", "")
  return text:find(file, 1, true) or broken.lasting and text:find ": "
end

--- One that does not names the file and the reason.
local function fault_of_failure(first, broken)
  if first.code >= 128 then return nil end
  local said = first.err .. first.out -- a row may tell, too
  local named = names(said, broken)
  local why = said:find(errors.WORDS[broken.error], 1, true)
  if not named or not why then
    return ("ended with code %d, did not name %s and '%s': %s"):format(
      first.code, broken.file or "a file", errors.WORDS[broken.error],
      first.err)
  end
end

--- What the first run reported as made, and the second made again.
local function made_twice(first, second)
  for line in first.out:gmatch "%f[^\n\0](%+ [^\n]*)" do
    if second.out:find(line, 1, true) then return "made twice: " .. line end
  end
end

local function fault_in(place, flow, case, prepared, broken, folder)
  local first = broken.run(runs.words_of(place, flow, case), folder,
    place:options(folder))
  local fault = runs.fault_of_first(case, first, folder)
    or first.code == runs.ends(case)
      and fault_of_success(place, prepared, first, folder)
    or first.code ~= runs.ends(case) and fault_of_failure(first, broken)
  if fault then return fault end
  local second = runs.again(place, flow, case, folder)
  return runs.fault_of_second(place, case, prepared, second, folder)
    or made_twice(first, second)
end

-- Ways to break it ------------------------------------------------------------

local ways = {}

--- One call fails, or that one and all after it.
function ways.call(case, prepared)
  prepared.broken = prepared.broken
    or errors.of(prepared.points, prepared.traced)
  local list = prepared.broken
  local found = list[case.where * #list // (FINE + 1) + 1]
  local told = errors.injection(found)
  return { told = told .. " of " .. found.file, file = found.file,
    error = found.error, lasting = found.lasting,
    run = function(words, _, options)
      return strace.run(words, { told }, options, true)
    end }
end

--- No file may be longer: the write that reaches the limit is a short one.
function ways.limit(case)
  local blocks = case.where * 60 // FINE + 1
  return { told = ("ulimit -f %d"):format(blocks), error = "EFBIG",
    lasting = true, run = function(words, _, options)
      return process.run({ "sh", "-c", ('ulimit -f %d; exec "$@"')
        :format(blocks), "sh", release.path, table.unpack(words) }, options)
    end }
end

--- A disk of its own that is full at some time; what was on it is put back.
local DISK <const> = [[
  mount -t tmpfs -o size=%dk none . && cd . && cp -a "$1/." . || exit 99
  out=$1; shift; "$@"; code=$?
  cp -a . "$out" && exit $code]]

local function on_disk(kilobytes)
  return function(words, folder, options)
    local other = flows.copy(folder)
    local outcome = process.run({ "unshare", "-rm", "sh", "-c",
      DISK:format(kilobytes), "sh", other, release.path,
      table.unpack(words) }, options)
    shell.execute(("rm -rf %s && mv %s %s"):format(folder, other, folder))
    return outcome
  end
end

function ways.disk(case)
  local kilobytes = 4 * (case.where * 40 // FINE + 12)
  return { told = ("a disk of %d kB"):format(kilobytes), error = "ENOSPC",
    lasting = true, run = on_disk(kilobytes) }
end

local function try(case, worker)
  local prepared, place = runs.prepared_for(worker, case)
  local broken = ways[case.way](case, prepared)
  local fault = fault_in(place, flows.flows[case.flow], case, prepared, broken,
    place:begin(prepared))
  return fault and ("%s: %s"):format(broken.told, fault)
end

local function all_cases(way, count)
  local all, pick, list = runs.flow_names(), torture:pick(way), {}
  for i = 1, count do
    local case = { flow = all[i % #all + 1], where = pick(FINE), way = way,
      options = pick(3) == 1 and pick(#runs.OPTIONS) or 1,
      place = pick(3) > 1 and "sandbox" or "http" }
    case.name = ("%s, %s, options %d, %s at %d"):format(case.flow, case.place,
      case.options, way, case.where)
    list[i] = case
  end
  return list
end

describe("A disk that is full or broken is told of, and takes nothing that was "
  .. "reported as done:", function()
  local workers

  setup(function() workers = runs.workers() end)
  teardown(function() runs.stop(workers) end)

  it("any call on a file fails", function()
    if not strace.run({ "--version" }, {}) then pending "needs strace" end
    torture:try("errors: any call on a file", all_cases("call", 2000),
      { sample = 24, workers = workers, by = 0.6 }, try)
  end)

  it("no file may grow beyond a size", function()
    torture:try("errors: files that may not grow", all_cases("limit", 400),
      { sample = 8, workers = workers, by = 0.64 }, try)
  end)

  it("there is no more room", function()
    local folder = temp.folder()
    if on_disk(64)({ "--version" }, folder, { cwd = folder }).code ~= 0 then
      pending "needs a disk of its own: unshare, tmpfs"
    end
    torture:try("errors: no more room", all_cases("disk", 300),
      { sample = 6, workers = workers, by = 0.68 }, try)
  end)
end)
