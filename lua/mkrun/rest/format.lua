--- Checks texts that must have a format: UUIDs, dates and times.
--- `mkrun.rest.fit` calls this module.
-- SPDX-License-Identifier: MIT

local function leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local days = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function is_date(text)
  local y, m, d = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  if not y then return false end
  y, m, d = tonumber(y), tonumber(m), tonumber(d)
  local last = m == 2 and leap(y) and 29 or days[m]
  return last ~= nil and d >= 1 and d <= last
end

local function is_zone(text)
  if text == "Z" or text == "z" then return true end
  local h, m = text:match "^[+-](%d%d):(%d%d)$"
  return h ~= nil and tonumber(h) < 24 and tonumber(m) < 60
end

local function is_date_time(text)
  local date, h, m, s, rest =
    text:match "^([%d-]+)[Tt](%d%d):(%d%d):(%d%d)(.*)$"
  if not date or not is_date(date) then return false end
  return tonumber(h) < 24 and tonumber(m) < 60 and tonumber(s) <= 60
    and is_zone((rest:gsub("^%.%d+", "")))
end

local hex = "%x"
local uuid = "^" .. table.concat({ hex:rep(8), hex:rep(4), hex:rep(4),
  hex:rep(4), hex:rep(12) }, "%-") .. "$"

--- Maps the name of a format to a description for messages, and to a function
--- that returns true if a text has the format.
---@type table<string, {[1]: string, [2]: fun(text: string): boolean}>
local M = {
  uuid = { "UUID", function(text) return text:find(uuid) ~= nil end },
  date = { "date (YYYY-MM-DD)", is_date },
  ["date-time"] = { "date-time (YYYY-MM-DDThh:mm:ssZ)", is_date_time },
}

return M
