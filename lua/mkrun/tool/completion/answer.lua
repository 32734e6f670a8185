--- Answers a shell that completes a command line: prints what the last word may
--- become.  The host calls this module for `mkrun completion --complete`.
---
--- The scripts mkrun.bash, mkrun.zsh and mkrun.fish ask, and read the answer;
--- `mkrun.tool.completion.form` writes it.  A script of the user is not run:
--- only its header is parsed.
-- SPDX-License-Identifier: MIT

local forms = require "mkrun.tool.completion.form"
local headers = require "mkrun.host.header"
local places = require "mkrun.tool.completion.place"
local shelf = require "mkrun.host.shelf"
local sys = require "mkrun.sys"
local values = require "mkrun.tool.completion.values"

local M = {}

--- Most bytes of a script that are read for its header, and of a sandbox.
local HEADER <const>, STATE <const> = 1 << 16, 1 << 24

local HELP <const> = { name = "--help", text = "print the help of SCRIPT" }
local WORDS <const> = {
  { name = "help",
    text = "print a topic of the manual, or the help of a flow or tool" },
  { name = "version", text = "print all versions" },
}

---@class mkrun.tool.Question
---@field options mkrun.tool.Option[]
---@field peek fun(path: string, most: integer): string?
---@field names fun(text: string, words: string[]): string[][]

local function read(self, path, most)
  local home = os.getenv "HOME"
  if home and path:find "^~/" then path = home .. path:sub(2) end
  return self.peek(path, most)
end

--- Returns the source of a script, and true if it is built in.
local function source_of(self, name)
  local own = shelf.script(name)
  if own then return own, true end
  if name == "-" then return nil end
  return read(self, name, HEADER)
end

--- Options of a script are words without blanks and signs: others would be no
--- options, and could mean something to a shell.
local function is_plain(name) return name:find "^%-%-?%w[%w_-]*$" ~= nil end

local function options_after(self, header, takes_more)
  local list, seen = {}, {}
  local function add(option)
    if is_plain(option.name) and not seen[option.name] then
      list[#list + 1], seen[option.name] = option, true
    end
  end
  for _, argument in ipairs(header.args) do add(argument) end
  add(HELP)
  for _, option in ipairs(takes_more and self.options or {}) do
    if option.after then add(option) end
  end
  return list
end

--- Returns what is known of a script by its name, or nil.
local function look(self, name, ended)
  local source, is_built_in = source_of(self, name)
  if not source then return nil end
  local header = headers.parse(source)
  local is_flow = is_built_in and not shelf.is_tool(header)
  return { header = header,
    options = options_after(self, header, is_flow and not ended) }
end

-- --- Candidates -------------------------------------------------------------

local function add_shelf(answer, list)
  for _, item in ipairs(list) do answer:add(item.name, item.summary) end
end

local function add_scripts(answer)
  add_shelf(answer, shelf.flows())
  add_shelf(answer, shelf.tools())
end

local function add_examples(answer)
  for _, name in ipairs(sys.builtins()) do
    if name:find "^examples/" then answer:add(name, "") end
  end
end

local function add_options(answer, options)
  for _, option in ipairs(options) do
    answer:add(option.name, option.text)
    if option.optional and option.name:find "^%-%-" then
      answer:add(option.name .. "=", option.text)
    end
  end
end

--- Adds words of which several may be given, with commas between them.
local function add_several(answer, words)
  local before = answer.typed:match "^.*," or ""
  for _, word in ipairs(words) do
    if not ("," .. before):find("," .. word .. ",", 1, true) then
      answer:add(before .. word, "")
    end
  end
end

local function add_names(self, answer, path, words)
  local text = path and read(self, path, STATE)
  for _, pair in ipairs(text and self.names(text, words) or {}) do
    answer:add(pair[1], pair[2])
  end
end

local function add_values(self, answer, place)
  local known = values.of(place.argument)
  for _, word in ipairs(known.list or {}) do answer:add(word, "") end
  if known.flows then add_shelf(answer, shelf.flows()) end
  if known.scripts or known.shown then add_scripts(answer) end
  if known.shown then add_examples(answer) end
  if known.several then add_several(answer, known.several) end
  if known.names then add_names(self, answer, place.sandbox, known.names) end
  answer.files = known.files
end

local function fill(self, answer, place)
  if place.argument then add_values(self, answer, place) end
  if place.options then add_options(answer, place.options) end
  if place.is_topic then add_shelf(answer, shelf.topics()) end
  if place.is_topic or place.is_script then add_scripts(answer) end
  if not place.is_script then return end
  add_options(answer, WORDS)
  answer.files = "lua"
end

--- Options whose value may have a provider's NAME= before it.
local NAMED <const> = { ["--token-file"] = true, ["--base-url"] = true }

--- Moves NAME= to what stands before the value.
local function skip_name(form, argument)
  local name = argument and NAMED[argument.name]
    and form.typed:match "^%l[%l%d_]*="
  if not name then return end
  form.prefix, form.typed = form.prefix .. name, form.typed:sub(#name + 1)
end

local function run(self)
  local form = forms.open(arg)
  local place = places.find(form.words, self.options,
    function(...) return look(self, ...) end)
  form.typed, form.prefix = place.typed, place.prefix
  skip_name(form, place.argument)
  if form.line and form.line.redirects then
    form.files, form.typed, form.prefix = "any", form.words[#form.words], ""
  else
    fill(self, form, place)
  end
  form:print()
end

--- Prints the answer to the question in `arg`.  Prints nothing if there is none
--- or if something fails: a message would land in the command line.
---@param options mkrun.tool.Option[]  the options of mkrun
---@param peek fun(path: string, most: integer): string?  reads the first bytes
---  of a regular file, without waiting
---@param names fun(text: string, words: string[]): string[][]  finds
---  names in the text of a sandbox
function M.print(options, peek, names)
  pcall(run, { options = options, peek = peek, names = names })
end

return M
