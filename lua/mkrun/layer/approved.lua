--- This layer lets a DELETE request pass only if the user has approved the
--- deletion.  `mkrun.host.stack` adds the layer to the run of a script that
--- deletes.
---
--- The host makes a dry run, shows the planned deletions, asks the user, and
--- then runs the script.  In the meantime the API's data or the script's input
--- may have changed, so this layer refuses a DELETE that was not shown.  If a
--- script itself asks (`script.approve`), the layer refuses every DELETE
--- before the user has said yes.
-- SPDX-License-Identifier: MIT

local arguments = require "mkrun.host.arguments"
local headers = require "mkrun.host.header"
local json = require "mkrun.json"
local limit = require "mkrun.layer.rate_limit"
local made_id = require "mkrun.plan.made_id"
local sys = require "mkrun.sys"

local M = { LATER = "later" } -- the same text is in src/host/confirm_deletes.h

local has_yes = false

--- Notes that the user said yes during the run.  `mkrun.script` calls this
--- function.
function M.allow() has_yes = true end

--- In a URL, these stand for an id that only the server can choose: a UUID, or
--- the id of a provider, which may be any text.
local ANY <const>, ANY_TEXT <const> = "*", "**"

local function bare(url) return url:match "^[^?#]*" end

--- Encodes the approved deletions for `new` in the next process.  The text also
--- contains the times of this process's requests, so that the rate limits of
--- the next process count these requests too.
---@param deletes mkrun.PlanRecord
---@return string
function M.encode(deletes)
  local urls = json.array {}
  for i, write in ipairs(deletes.writes) do
    urls[i] = made_id.replace(bare(write.url), function(id)
      local made = deletes.made[id]
      return made == "any" and ANY_TEXT or made and ANY
    end)
  end
  return assert(json.encode { delete = urls,
    spent = json.object(limit.spent()) })
end

--- Returns the requests that the dry run sent before the question.
---@param text string  the result of `encode`
---@return table<string, number[]>?  value for `mkrun.LimitOptions.spent`
function M.spent(text) return (json.decode(text) or {}).spent end

--- Returns a Lua pattern for a URL.  The pattern accepts any id in place of ANY
--- and ANY_TEXT, because only the server can choose that id.
local function pattern_of(url)
  local text = url:gsub("%*?[^%w]", function(c)
    if c == ANY_TEXT then return "[^/]+" end
    return c:gsub(".", function(one)
      return one == ANY and made_id.PATTERN or "%" .. one
    end)
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

--- Makes a layer that refuses a DELETE if `fault(url)` returns a reason.
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

local NOT_SHOWN <const> = "it was not shown before the question"

--- Returns the reason to refuse a DELETE that was not shown.  A possible cause
--- is a pipe on standard input: the dry run does not read the pipe, because the
--- real run needs the bytes.
local function why_not_shown()
  local is_hidden = sys.is_special "/dev/stdin" and not sys.isatty "stdin"
    and sys.real_path "/dev/stdin" ~= "/dev/null"
  return not is_hidden and NOT_SHOWN or NOT_SHOWN .. ", because mkrun does "
    .. "not read standard input before the question: if the script reads it, "
    .. "give --yes, or a file on standard input"
end

--- Makes the layer for a run whose deletions were shown and approved.
---@param text string  the result of `encode`; "" allows no DELETE
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

--- Returns true if --yes is an option of the command line, and not the value of
--- another option.
local function says_yes(settings)
  local words = { table.unpack(arg or {}) }
  local script = settings.script
  local options = script
    and arguments.parse(headers.parse(script.source), words)
  if options then return options.yes == true end
  for _, word in ipairs(words) do -- the header does not fit the arguments
    if word == "--" or word == "--yes" then return word == "--yes" end
  end
  return false
end

local on_question = function() end

--- Sets the function that `question` calls.  A dry run calls `on_question`.
---@param call fun()
function M.on_question(call) on_question = call end

--- Calls the function that `on_question` set.  `mkrun.script` calls `question`
--- when the script asks the user.
function M.question() on_question() end

--- Makes the layer for a script that itself asks the user.  The host may set
--- `settings.approved` after the layer was made.
---@param settings {approved: string?}
---@return fun(transport: function): function layer
function M.later(settings)
  has_yes = has_yes or says_yes(settings)
  return without(function()
    if settings.approved == M.LATER and not has_yes then
      return "nobody has said yes: call script.approve or give --yes"
    end
  end)
end

return M
