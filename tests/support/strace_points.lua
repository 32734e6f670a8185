--- Lists the system calls of a run, as places where strace can disturb it.
--- `torture_run.lua` calls it.

local process = require "tests.support.process"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local M = {}

---@class tests.Point
---@field call string   name of the system call
---@field nth integer   its number among the calls of that name
---@field line string   the line of strace, with paths of descriptors

--- Frequent calls without a lasting effect.
local IDLE <const> = { mmap = true, munmap = true, brk = true, fcntl = true,
  fstat = true, lseek = true, getrandom = true, rt_sigaction = true,
  prlimit64 = true, execve = true, geteuid = true, madvise = true }

--- Lists the calls of the program's own process, in their order.
---@param words string[]  arguments of the release binary
---@param options tests.RunOptions
---@return tests.Point[]
---@return tests.Outcome
function M.of(words, options)
  local path = temp.folder() .. "/trace"
  local outcome = process.run({ "strace", "-f", "-y", "-s", 16, "-o", path,
    release.path, table.unpack(words) }, options)
  local points, counts, own = {}, {}, nil
  for pid, call, rest in (temp.read(path) or "")
    :gmatch "(%d+) +([%w_]+)(%([^\n]*)\n" do
    own = own or pid
    if pid == own then
      counts[call] = (counts[call] or 0) + 1
      points[#points + 1] = { call = call, nth = counts[call], line = rest }
    end
  end
  return points, outcome
end

--- Leaves out the calls without a lasting effect.
---@param points tests.Point[]
---@return tests.Point[]
function M.busy(points)
  local list = {}
  for _, point in ipairs(points) do
    if not IDLE[point.call] then list[#list + 1] = point end
  end
  return list
end

return M
