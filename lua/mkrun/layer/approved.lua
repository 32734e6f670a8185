--- Layer: a run that was asked about deletes what was shown, and nothing else.
---
--- The host shows what a script would delete and asks, by a dry run of it, and
--- then runs it for good.  By then the world, or what the script reads, may be
--- another one.  A script that asks itself deletes nothing before the yes.
-- SPDX-License-Identifier: MIT

local arguments = require "mkrun.host.arguments"
local headers = require "mkrun.host.header"
local json = require "mkrun.json"
local limit = require "mkrun.layer.limit"
local sys = require "mkrun.sys"

local M = { LATER = "later" } -- src/host/confirm_deletes.h has it, too

local has_yes = false

--- There was a yes in the run itself.
function M.allow() has_yes = true end

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

--- A layer that sends no DELETE of which `fault` says something.
local function without(fault)
  return function(transport)
    return function(request)
      local url = bare(request.url)
      local why = (request.method or ""):upper() == "DELETE" and fault(url)
      if why then
        error(("DELETE %s: not sent, as %s"):format(
          url:gsub("^%a[%w+.-]*://[^/]+", ""), why), 0)
      end
      return transport(request)
    end
  end
end

local NOT_SHOWN <const> = "it was not among what was shown before the question"

--- The dry run before the question leaves a pipe to the run that follows it.
local function why_not_shown()
  local is_hidden = sys.is_special "/dev/stdin"
    and sys.real_path "/dev/stdin" ~= "/dev/null"
  return not is_hidden and NOT_SHOWN or NOT_SHOWN .. ", for which nothing of "
    .. "standard input was read: give a script that reads it --yes, or a file "
    .. "on standard input"
end

---@param text string  as `encode` gives it; "" is nothing
---@return fun(transport: function): function layer
function M.new(text)
  local exact, patterns = sorted_out((json.decode(text) or {}).delete or {})
  return without(function(url)
    if exact[url] then return nil end
    for _, pattern in ipairs(patterns) do
      if url:find(pattern) then return nil end
    end
    return why_not_shown()
  end)
end

--- Is --yes among the options, and not the value of another one?
local function says_yes(settings)
  local words = { table.unpack(arg or {}) }
  local script = settings.script
  local options = script
    and arguments.parse(headers.parse(script.source), words)
  if options then return options.yes == true end
  for _, word in ipairs(words) do -- the script reads them in its own way
    if word == "--" or word == "--yes" then return word == "--yes" end
  end
  return false
end

local on_question = function() end

--- A dry run wants to know when the script asks.
---@param call fun()
function M.on_question(call) on_question = call end

--- The script asks, in a dry run.
function M.question() on_question() end

--- The script is to ask; `settings` may say so only when the run has begun.
---@param settings {approved: string?}
---@return fun(transport: function): function layer
function M.later(settings)
  has_yes = has_yes or says_yes(settings)
  return without(function()
    if settings.approved == M.LATER and not has_yes then
      return "nobody has said yes: script.approve asks, and --yes is one"
    end
  end)
end

return M
