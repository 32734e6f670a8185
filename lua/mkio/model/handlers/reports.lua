--- Handlers of usage reports.  The figures are invented, but they are computed
--- from the project's id and the day, so a repeated request gets the same
--- answer.
-- SPDX-License-Identifier: MIT

local errors = require "mkio.model.errors"
local json = require "mkrun.json"
local list = require "mkio.model.list"
local sys = require "mkrun.sys"

local day = 24 * 60 * 60

local meters = {
  { meterName = "Encoding minutes", solution = "Encoding", family = "VOD",
    unit = "minute", price = 0.012 },
  { meterName = "Egress", solution = "Streaming", family = "Delivery",
    unit = "GB", price = 0.04 },
}

--- The longest range in days that a report may cover, by granularity.
local longest = { hour = 31, day = 366 }

--- Maps a granularity to the length of its periods in days.  Months and years
--- are missing, because their length varies.
local steps = { hour = 1 / 24, day = 1, week = 7 }

local M = {}

local function seconds(date) return sys.parse_time(date .. "T00:00:00Z") end

local function date_of(time) return sys.iso8601(math.floor(time)) end

--- Returns a number from 100 to 999 that depends on the text only.
local function noise(text)
  local sum = 7
  for i = 1, #text do sum = (sum * 31 + text:byte(i)) % 9973 end
  return sum % 900 + 100
end

--- Returns the start of the next period, in seconds since 1970.
local function next_period(time, granularity)
  local step = steps[granularity]
  if step then return time + step * day end
  local year, month = date_of(time):match "^(%d+)-(%d+)"
  year, month = tonumber(year), tonumber(month)
  if granularity == "year" then
    year, month = year + 1, 1
  else
    year, month = year + month // 12, month % 12 + 1
  end
  return seconds(("%04d-%02d-01"):format(year, month))
end

local function row(context, project, method, meter, time, days)
  local quantity = noise(project.id .. meter.meterName .. date_of(time)) * days
  return {
    date = date_of(time), dateProcessed = date_of(context.world:now()),
    project = project.name, paymentMethod = method.id,
    paymentMethodName = method.displayName or json.null,
    meterName = meter.meterName, meterSku = json.null,
    solution = meter.solution, family = meter.family, unit = meter.unit,
    price = meter.price, quantity = quantity,
    cost = ("%.4f"):format(quantity * meter.price), currency = "EUR",
    entitlement = json.null, entitlementType = json.null,
  }
end

local function wanted(filter, value)
  return not filter or #filter == 0 or list.contains(filter, value)
end

--- Calls `visit(project, method, meter)` for each project and meter that the
--- request body asks for.  `method` is the project's payment method; a project
--- without one has no usage.
local function each_meter(context, visit)
  local body, organization = context.body, context.organization
  for _, project in ipairs(organization.projects) do
    local id = project.paymentMethodId
    local method = list.find(organization.paymentMethods, "id", id)
    if method and wanted(body.projectNames, project.name)
      and wanted(body.paymentMethodIds, id) then
      for _, meter in ipairs(meters) do
        if wanted(body.meterNames, meter.meterName) then
          visit(project, method, meter)
        end
      end
    end
  end
end

local function rows(context)
  local body, out = context.body, json.array {}
  local granularity = body.granularity or "day"
  local last = math.min(seconds(body.endDate), context.world:now())
  local time = seconds(body.startDate)
  while time < last do
    local until_ = math.min(next_period(time, granularity), last)
    each_meter(context, function(project, method, meter)
      local from = math.max(time, seconds(project.created:sub(1, 10)))
      if from < until_ then
        out[#out + 1] = row(context, project, method, meter, time,
          (until_ - from) / day)
      end
    end)
    time = until_
  end
  return out
end

local function check(body)
  local first, last = seconds(body.startDate), seconds(body.endDate)
  local most = longest[body.granularity or "day"]
  if first >= last then
    errors.bad_request("bad_range", "/endDate: later than startDate expected")
  elseif most and last - first > most * day then
    errors.bad_request("bad_range", "/endDate: at most %d days expected",
      most)
  elseif body.projectNames and body.paymentMethodIds then
    errors.bad_request("bad_body",
      "projectNames and paymentMethodIds exclude each other")
  end
  for i, name in ipairs(body.groupBy or {}) do
    if name ~= "meter" then
      errors.bad_request("bad_body", "/groupBy/%d: 'meter' expected", i - 1)
    end
  end
end

--- Adds up the rows of each meter and returns one row for each meter.
local function grouped(all)
  local out, by_meter = json.array {}, {}
  for _, one in ipairs(all) do
    local sum = by_meter[one.meterName]
    if sum then
      sum.quantity = sum.quantity + one.quantity
      sum.cost = ("%.4f"):format(sum.quantity * sum.price)
    else
      by_meter[one.meterName], out[#out + 1] = one, one
    end
  end
  return out
end

local columns = {
  "date", "project", "paymentMethod", "solution", "family", "meterName",
  "unit", "quantity", "price", "cost", "currency",
}

local function csv(all)
  local lines = { table.concat(columns, ",") }
  for _, one in ipairs(all) do
    local cells = {}
    for i, name in ipairs(columns) do
      cells[i] = ('"%s"'):format(tostring(one[name]):gsub('"', '""'))
    end
    lines[#lines + 1] = table.concat(cells, ",")
  end
  return table.concat(lines, "\r\n") .. "\r\n"
end

local function supplemental(body, count)
  return {
    start = body.startDate, ["end"] = body.endDate, records = count,
    granularity = body.granularity or "day", format = body.format or "json",
    download = body.download or false, groupBy = body.groupBy or json.array {},
    filters = {
      meterNames = body.meterNames or json.array {},
      projectNames = body.projectNames or json.array {},
      paymentMethodIds = body.paymentMethodIds or json.array {},
    },
  }
end

M["reports.usage"] = function(context)
  local body = context.body
  check(body)
  local value = rows(context)
  if body.groupBy and body.groupBy[1] then value = grouped(value) end
  if body.format == "csv" then return 200, csv(value), "text/csv" end
  return 200, { value = value, supplemental = supplemental(body, #value) }
end

--- Answers with the project's usage from the first of this month until today.
M["project_usage.get"] = function(context)
  local project = list.get(context.organization.projects, "name",
    context.params.project_name, "project")
  local today = context.world:iso():sub(1, 10)
  local first = today:sub(1, 8) .. "01"
  local days = (seconds(today) - seconds(first)) / day
  local value = json.array {}
  for i, meter in ipairs(meters) do
    value[i] = {
      meterName = meter.meterName, solution = meter.solution,
      family = meter.family, unit = meter.unit,
      quantity = noise(project.id .. meter.meterName .. first) * days,
    }
  end
  return 200, {
    value = value,
    supplemental = {
      project = project.name, start = first, ["end"] = today,
      records = #value,
    },
  }
end

return M
