--- The option `--at-most N`: a run that would remove more things is refused
--- before its first write.  The flows that remove things call this module.
-- SPDX-License-Identifier: MIT

local numbers = require "mkrun.numbers"
local script = require "mkrun.script"

local value = require "mkrun.value"

local M = {}

--- Reads the value of the option.  Ends the run if it is wrong.
---@param text? string       the value of --at-most
---@param default? integer   for a command line without it
---@return integer?   nil: no limit
function M.read(text, default)
  if not text then return default end
  local limit, fault = numbers.integer(text, 0, 1000000)
  if fault then script.usage("--at-most: " .. fault) end
  return limit
end

local function counted(kind)
  local count = #kind.names
  return ("%d %s"):format(count, count == 1 and kind.one or kind.many)
end

local function joined(texts)
  if #texts < 2 then return texts[1] end
  return table.concat(texts, ", ", 1, #texts - 1) .. " and " .. texts[#texts]
end

---@class mkio.CountedKind
---@field one string      "team"
---@field many string     "teams"
---@field names string[]  what would be removed

--- Ends the run if more things would be removed than the limit says.  The
--- message counts them by kind and names them.
---@param limit? integer
---@param kinds mkio.CountedKind[]
function M.check(limit, kinds)
  local all, counts, lines = 0, {}, {}
  for _, kind in ipairs(kinds) do
    if kind.names[1] then
      all = all + #kind.names
      counts[#counts + 1] = counted(kind)
      lines[#lines + 1] = ("%s: %s"):format(kind.many,
        value.some_quoted(kind.names))
    end
  end
  if not limit or all <= limit then return end
  script.refuse(("%s to remove, which is more than --at-most %d: nothing was "
    .. "done (--at-most %d goes ahead)"):format(joined(counts), limit, all),
    table.unpack(lines))
end

return M
