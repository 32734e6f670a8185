--- Prints `mkrun help`: the topics of the manual and the help of the flows and
--- tools.  The host calls this module.
-- SPDX-License-Identifier: MIT

local headers = require "mkrun.host.header"
local near = require "mkrun.closest_name"
local script = require "mkrun.script"
local shelf = require "mkrun.host.shelf"

local M = {}

local HINT <const> = [[
mkrun help TOPIC prints a topic, mkrun help NAME what a flow or tool needs,
mkrun --help the options.]]

--- The host knows this word, so it is no flow with a header.
local VERSION <const> = [[
usage: mkrun version

Print the versions of mkrun and its libraries, and which certificates are
trusted.]]

local function print_row(name, text) print(("%-16s  %s"):format(name, text)) end

local function print_rows(list)
  for _, item in ipairs(list) do print_row(item.name, item.summary) end
end

--- Prints the name and the summary of each built-in flow, one flow per line.
function M.print_list() print_rows(shelf.flows()) end

--- Prints the name of each built-in flow and the words of its `@needs`, one
--- flow per line.
function M.print_needs()
  for _, item in ipairs(shelf.flows()) do
    print_row(item.name, table.concat(item.header.needs, ", "))
  end
end

local function print_index()
  print "Topics:"
  print_rows(shelf.topics())
  print "\nFlows:"
  M.print_list()
  print "\nTools:"
  print_rows(shelf.tools())
  print("\n" .. HINT)
end

--- Returns how often a word occurs in a text, whatever its case.
local function occurrences(text, word)
  local pattern = "%f[%w]" .. word:lower():gsub("%p", "%%%0") .. "%f[%W]"
  return select(2, text:lower():gsub(pattern, ""))
end

local FEW <const>, SHORT <const> = 3, 2

--- Returns the topics and flows in which a word occurs most often.
local function pages_with(word)
  local found, counts = {}, {}
  word = word:gsub("^%-+", "")
  if #word <= SHORT then return "" end
  for _, name in ipairs(shelf.names()) do
    local source = shelf.script(name)
    local help = source and headers.help(headers.parse(source)) or ""
    counts[name] = occurrences((shelf.topic(name) or "") .. "\n" .. help, word)
    if counts[name] > 0 then found[#found + 1] = name end
  end
  table.sort(found, function(a, b)
    return counts[a] == counts[b] and a < b or counts[a] > counts[b]
  end)
  return table.concat(found, ", ", 1, math.min(#found, FEW))
end

--- Returns what to look at instead of a topic that is not there.
local function hint(name)
  local meant, pages = near.find(name, shelf.names())[1], pages_with(name)
  local text = meant and (", did you mean '%s'?"):format(meant) or ""
  if pages ~= "" then
    return ("%s (the word is in: %s)"):format(text, pages)
  end
  return meant and text or " (mkrun help lists them)"
end

local function refuse(name)
  if name:find "[/.]" then
    script.refuse(("help: no topic and no flow '%s'; a script of yours: "
      .. "mkrun --help %s"):format(name, name))
  end
  script.refuse(("help: no topic and no flow '%s'%s"):format(name, hint(name)))
end

--- Prints the topic of this name and the help of the flow of this name.  Ends
--- the run if no topic and no flow has this name.
local function print_one(name)
  if name == "version" then return print(VERSION) end
  local page = shelf.topic(name)
  local source = shelf.script((name:gsub("%.lua$", "")))
  if not page and not source then refuse(name) end
  if page then io.write(page) end
  if page and source then print(("\n## mkrun %s\n"):format(name)) end
  if source then print(headers.help(headers.parse(source))) end
end

local ASKS_ITSELF <const> = { help = true, ["--help"] = true, ["-h"] = true }

--- Prints the topic or flow that `mkrun help NAME` names, or the list of names.
function M.help()
  local name, extra = arg[1], arg[2]
  if extra then
    script.refuse(("help: one topic or flow expected, got '%s' too")
      :format(extra))
  end
  if not name or ASKS_ITSELF[name] then return print_index() end
  print_one(name)
end

return M
