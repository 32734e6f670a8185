--- Reads the options of the flow `rotate-tokens`.  `mkio.flow.rotate_tokens`
--- calls this module.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local numbers = require "mkrun.numbers"
local output = require "mkrun.output"
local script = require "mkrun.script"
local token_lease = require "mkio.flow.common.token_lease"

---@class mkio.RotationWish
---@field format mkrun.Format
---@field days? integer    days until the new token expires
---@field within? integer  only a token that expires within so many days
---@field keep? integer    seconds for which a replaced token stays valid
---@field lease? string    the path of the lease

local M = {}

--- The longest lifetime of a token, in days.
local MOST_DAYS <const> = 365

local SHORTEST <const> = 60
local LONGEST <const> = (MOST_DAYS - 1) * clock.DAY

--- Returns the value of an option, or nil without the option.  Ends the run if
--- `parse` returns a fault.
local function parsed(options, name, parse, min, max)
  local text = options[name]
  if not text then return nil end
  local result, fault = parse(text, min, max)
  if result then return result end
  script.usage(("--%s: %s"):format(name:gsub("_", "-"), fault))
end

local function check_stores(options)
  if options.file and options.exec then
    script.usage "--file and --exec: not both"
  elseif not (options.file or options.exec) then
    script.usage "one of --file and --exec is needed"
  elseif options.new_file and not options.file then
    script.usage "--new-file goes with --file"
  end
end

local function check_lease(options)
  if options.lease and options.file then
    script.usage("--lease goes with --exec; with --file the lease is "
      .. "FILE.lease")
  elseif options.keep_old and options.exec and not options.lease then
    script.usage "--keep-old and --exec: --lease FILE is needed"
  end
end

--- A new token that lives no longer than --within would be replaced by each
--- run.
local function check_life(days, within)
  if not days or not within or days > within then return end
  script.usage(("--days %d: the new token would be due at once, because "
    .. "--within is %d: more than %d is needed"):format(days, within, within))
end

--- Checks the options.  Ends the run with exit code 2 if one is wrong.
---@param options table<string, any>  from `script.arguments`
---@return mkio.RotationWish
function M.read(options)
  local format = output.format(options.output)
  local days = parsed(options, "days", numbers.integer, 1, MOST_DAYS)
  local within = parsed(options, "within", numbers.integer, 1, MOST_DAYS)
  local keep = parsed(options, "keep_old", numbers.duration, SHORTEST, LONGEST)
  check_life(days, within)
  check_stores(options)
  check_lease(options)
  return { format = format, days = days, within = within, keep = keep,
    lease = options.lease
      or options.file and token_lease.beside(options.file) or nil }
end

return M
