--- Says in words what a script may do, for the help: one line for each kind of
--- its `@needs`.  `mkrun.host.header` calls this module.
-- SPDX-License-Identifier: MIT

local condition = require "mkrun.host.need_condition"
local needs = require "mkrun.host.needs"

local M = {}

--- Joins texts: "a, b and c".
local function joined(list)
  if #list < 2 then return list[1] or "" end
  return table.concat(list, ", ", 1, #list - 1) .. " and " .. list[#list]
end

--- Returns the values of all needs of a kind.  `is_named` limits them to those
--- that name an argument, or to the others.
local function values(list, kind, is_named)
  local found = {}
  for _, need in ipairs(list) do
    if need.kind == kind
      and (is_named == nil or is_named == (need.arguments[1] ~= nil)) then
      found[#found + 1] = need.value
    end
  end
  return found
end

--- Returns the text for the values of a kind, or nil if there are none.
local function phrase(list, kind, one, many, is_named)
  local found = values(list, kind, is_named)
  if not found[1] then return nil end
  return ("%s %s"):format(found[2] and many or one, joined(found))
end

local function api_line(list, is_more)
  local keys, has = {}, {}
  for _, value in ipairs(values(list, "api")) do
    has[value] = true
    if value ~= "read" and value ~= "write" then keys[#keys + 1] = value end
  end
  if has.write then return "send reads and writes to the API" end
  if not keys[1] then return has.read and "send reads to the API" or nil end
  if is_more then return "send these requests to the API, too: "
    .. joined(keys) end
  return (has.read and "send reads to the API, and these writes: "
    or "send only these requests to the API: ") .. joined(keys)
end

local function files_line(list)
  local found = values(list, "files-in")
  if not found[1] then return nil end
  return ("read %s, and use the files and variables that %s")
    :format(joined(found), found[2] and "they name" or "it names")
end

local function providers_line(list)
  local found = values(list, "providers-in")
  return found[1] and ("send requests to the providers that the journal %s "
    .. "names and whose base URLs you give"):format(joined(found)) or nil
end

local PLACES <const> = { write = true, run = true, net = true }

--- Returns the text for "token": to which files, commands and servers tokens
--- may go.
local function token_line(list, providers)
  local has_token, places = false, {}
  for _, need in ipairs(list) do
    has_token = has_token or need.kind == "token"
    if PLACES[need.kind] then
      places[#places + 1] = need.value
    elseif need.kind == "files-in" then
      places[#places + 1] = ("the files that %s names"):format(need.value)
    end
  end
  if not has_token then return nil end
  for _, file in ipairs(providers) do
    places[#places + 1] = ("the provider in %s"):format(file)
  end
  return "pass tokens to " .. (places[1] and joined(places)
    or "what --allow-write, --allow-run and --allow-net name")
end

--- Returns one line for each kind.
---@param list mkrun.Need[]
---@param is_more boolean  true if other needs grant something, too
---@param providers string[]   files of `@provider`
local function lines_of(list, is_more, providers)
  return {
    api_line(list, is_more) or false,
    phrase(list, "read", "read", "read") or false,
    phrase(list, "write", "write", "write") or false,
    files_line(list) or false,
    phrase(list, "run", "run the command", "run the commands", true) or false,
    phrase(list, "run", "run the program", "run the programs", false) or false,
    phrase(list, "env", "read the environment variable",
      "read the environment variables") or false,
    phrase(list, "net", "send requests to", "send requests to") or false,
    providers_line(list) or false,
    token_line(list, providers) or false,
  }
end

--- Groups needs by their conditions.  The first group has the needs that always
--- count.
local function grouped(list)
  local groups = { { condition = "" } }
  local by_condition = { [""] = groups[1] }
  for _, need in ipairs(list) do
    local told = condition.told(need)
    local group = by_condition[told]
    if not group then
      group = { condition = told }
      by_condition[told], groups[#groups + 1] = group, group
    end
    group[#group + 1] = need
  end
  return groups
end

--- Returns the title above the lines.
---@param is_strict? boolean  true if the words of `@needs` grant nothing by
---  themselves
---@return string
function M.title(is_strict)
  return is_strict and "May use the API, and if --allow-... says so, too:"
    or "May:"
end

--- Returns the texts for the files of `@provider`.
local function provider_lines(header, is_confined)
  local where = is_confined
    and ", which is where --base-url NAME=URL says" or ""
  local lines = {}
  for i, file in ipairs(header.providers) do
    lines[i] = ("use the provider in %s%s"):format(file, where)
  end
  return lines
end

--- Returns what the script of a header may do.  Leaves out words that are
--- wrong: `mkrun.host.needs` refuses them before the script runs.
---@param header mkrun.Header
---@param is_strict? boolean
---@return string[] lines  such as "read FILE"
function M.lines(header, is_strict)
  if not header.says_needs then
    return { is_strict and "send reads and writes to the API, and nothing else"
      or "do all that you may do (no @needs; see mkrun help security)",
      table.unpack(provider_lines(header, is_strict)) }
  end
  local found = provider_lines(header, true)
  for _, group in ipairs(grouped(needs.parse(header) or {})) do
    local told = group.condition
    for _, line in ipairs(lines_of(group, told ~= "", header.providers)) do
      if line then found[#found + 1] = told .. line end
    end
  end
  if not found[1] then found[1] = "use none of what mkrun guards" end
  return found
end

return M
