--- Layer: a run that was asked about deletes what was shown, and nothing else.
---
--- The host shows what a script would delete and asks, by a dry run of it, and
--- then runs it for good.  By then the world, or what the script reads, may be
--- another one.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"

local limit = require "mkrun.layer.limit"

local M = {}

local ID <const> = "%x+%-%x+%-%x+%-%x+%-%x+"

local ANY <const> = "*" -- for an id

local function bare(url) return url:match "^[^?#]*" end

--- What may be deleted, for `new` in another process, and what it takes for the
--- API's rates to count both processes as one.
---@param deletes mkrun.PlanRecord
---@return string
function M.encode(deletes)
  local urls = json.array {}
  for i, write in ipairs(deletes.writes) do
    urls[i] = bare(write.url):gsub(ID, function(id)
      return deletes.made[id] and ANY
    end)
  end
  return assert(json.encode { delete = urls,
    spent = json.object(limit.spent()) })
end

--- What was used of the rates before the question.
---@param text string  as `encode` gives it
---@return table<string, number[]>?
function M.spent(text) return (json.decode(text) or {}).spent end

--- Ids that only the server can give are any.
local function pattern_of(url)
  local text = url:gsub("[^%w]", function(c)
    return c == ANY and ID or "%" .. c
  end)
  return "^" .. text .. "$"
end

local function sorted_out(urls)
  local exact, patterns = {}, {}
  for _, url in ipairs(urls) do
    if url:find(ANY, 1, true) then
      patterns[#patterns + 1] = pattern_of(url)
    else
      exact[url] = true
    end
  end
  return exact, patterns
end

---@param text string  as `encode` gives it; "" is nothing
---@return fun(transport: function): function layer
function M.new(text)
  local exact, patterns = sorted_out((json.decode(text) or {}).delete or {})

  local function is_approved(url)
    if exact[url] then return true end
    for _, pattern in ipairs(patterns) do
      if url:find(pattern) then return true end
    end
    return false
  end

  return function(transport)
    return function(request)
      local url = bare(request.url)
      if request.method == "DELETE" and not is_approved(url) then
        error(("DELETE %s: not sent, as it was not among what was shown before "
          .. "the question"):format(url:gsub("^%a[%w+.-]*://[^/]+", "")), 0)
      end
      return transport(request)
    end
  end
end

return M
