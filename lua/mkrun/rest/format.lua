--- Checks texts that must have a format: UUIDs, dates and times.
--- `mkrun.rest.fit` calls this module.
-- SPDX-License-Identifier: MIT

local function leap(year)
  return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local days = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

--- Returns the year, the month, the day and the last day of the month, which is
--- nil if there is no such month.  Returns nil if the text is no date at all.
local function parts_of(text)
  local y, m, d = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  if not y then return nil end
  y, m, d = tonumber(y), tonumber(m), tonumber(d)
  return y, m, d, m == 2 and leap(y) and 29 or days[m]
end

local function is_date(text)
  local year, _, day, last = parts_of(text)
  return year ~= nil and last ~= nil and day >= 1 and day <= last
end

--- Returns what is wrong with a text that looks like a date, or nil.
local function no_such_date(text)
  local year, month, day, last = parts_of(text)
  if not year or is_date(text) then return nil end
  if not last then return ("there is no month %02d"):format(month) end
  if day == 0 then return "there is no day 00" end
  return ("%04d-%02d has %d days"):format(year, month, last)
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

--- Maps the name of a format to a description for messages, to a function that
--- returns true if a text has the format, and to one that returns why a text
--- that looks right has not.
---@type table<string, {[1]: string, [2]: (fun(text: string): boolean),
---  [3]: (fun(text: string): string?)?}>
local M = {
  uuid = { "UUID", function(text) return text:find(uuid) ~= nil end },
  date = { "date (YYYY-MM-DD)", is_date, no_such_date },
  ["date-time"] = { "date-time (YYYY-MM-DDThh:mm:ssZ)", is_date_time,
    function(text) return no_such_date(text:sub(1, 10)) end },
}

return M
