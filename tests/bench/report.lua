--- The table: a line for each comparison.

local M = { missed = 0 }

local ROW = "%-33s %10s  %-20s %10s %7s  %s"

local function seconds(value)
  if value < 1e-3 then return ("%.1f us"):format(value * 1e6) end
  if value < 1 then return ("%.2f ms"):format(value * 1e3) end
  return ("%.2f s"):format(value)
end

local function bytes(value)
  if value < 1e6 then return ("%.0f KB"):format(value / 1e3) end
  return ("%.1f MB"):format(value / 1e6)
end

local function instructions(value)
  if value < 1e6 then return ("%.0f k"):format(value / 1e3) end
  return ("%.1f M"):format(value / 1e6)
end

M.units = { wall = seconds, cpu = seconds, printed = seconds,
  rss = function(kilobytes) return bytes(kilobytes * 1024) end,
  size = bytes, count = instructions }

local function print_row(...)
  io.write((ROW:format(...):gsub(" +$", "")), "\n")
  io.flush()
end

--- The heading.
function M.begin()
  print_row("what", "mkrun", "beside", "theirs", "ratio", "target")
end

--- A headline between two parts of the table.
function M.part(title)
  io.write("\n", title, "\n")
  io.flush()
end

local function verdict(ratio, target)
  if not target then return "none, for scale" end
  if ratio < target + 0.0005 then return ("<= %.2f"):format(target) end
  M.missed = M.missed + 1
  return ("<= %.2f  MISSED by %.1f%%"):format(target,
    (ratio / target - 1) * 100)
end

---@class bench.Pair
---@field what string
---@field unit string    a name in `units`
---@field ours number
---@field peer string
---@field theirs number
---@field target? number  the highest ratio that will do
---@field why? string     said when it is missed
---@field note? string    said below it

--- One line, and the reason below it when it misses its target.
---@param pair bench.Pair
function M.row(pair)
  local show = M.units[pair.unit]
  local ratio = pair.ours / pair.theirs
  print_row(pair.what, show(pair.ours), pair.peer, show(pair.theirs),
    ("%.3f"):format(ratio), verdict(ratio, pair.target))
  if pair.note then io.write("    ", pair.note, "\n") end
  if pair.why and pair.target and ratio >= pair.target + 0.005 then
    io.write("    because ", pair.why, "\n")
  end
end

--- A line with a limit of its own instead of a peer.
function M.limit(what, unit, value, limit)
  local show = M.units[unit]
  print_row(what, show(value), "a limit of", show(limit),
    ("%.3f"):format(value / limit), verdict(value / limit, 1))
end

--- A line with nothing beside it.
function M.alone(what, unit, value)
  print_row(what, M.units[unit](value), "-", "-", "-", "")
end

--- A line for something at doubling sizes: its times, and the factor of each
--- doubling.
---@param what string
---@param sizes integer[]
---@param times number[]  seconds; one less where that failed
---@param most number     the factor that a doubling may have, on average: a
---                        single one says little on a busy machine
function M.growth(what, sizes, times, most)
  if #times < #sizes then return M.absent(what, "n = " .. sizes[1]) end
  local cells = {}
  for i, time in ipairs(times) do
    local factor = i > 1 and time / times[i - 1] or nil
    cells[i] = ("%d: %s%s"):format(sizes[i], seconds(time),
      factor and (" x%.1f"):format(factor) or "")
  end
  local mean = (times[#times] / times[1]) ^ (1 / (#times - 1))
  local missed = mean > most
  if missed then M.missed = M.missed + 1 end
  io.write(("%-26s %s  <= x%.1f%s\n"):format(what, table.concat(cells, "  "),
    most, missed and "  MISSED" or ""))
  io.flush()
end

--- A line for a program that did not do what it should.
function M.wrong(what, peer, why)
  M.missed = M.missed + 1
  print_row(what, "-", peer, "-", "-", "ERROR: " .. why)
end

--- A line that could not be measured.
function M.absent(what, peer)
  print_row(what, "-", peer, "-", "-", "it failed, or is not there")
end

return M
