--- Reads a document that a person wrote: JSON, JSON with comments, or a file
--- in Lua that returns a table.  `mkrun.host.confine` reads it before the
--- script runs, because the document decides what the script may do; the script
--- then gets the same document.
---
--- A file in Lua runs by `mkrun.host.document_code` in a state and a process of
--- its own, for a second and with 64 MB at most.
-- SPDX-License-Identifier: MIT

local apart = require "mkrun.apart"
local built_in = require "mkrun.host.built_in"
local comments = require "mkrun.host.json_comments"
local duplicates = require "mkrun.host.duplicates"
local input = require "mkrun.host.input"
local json = require "mkrun.json"
local json_text = require "mkrun.host.json_text"
local sources = require "mkrun.host.sources"
local sys = require "mkrun.sys"

local M = {}

---@class mkrun.Document
---@field text? string      the document as strict JSON; nil: it is wrong
---@field message? string   what is wrong: "FILE: ..."
---@field includes string[] paths of the files that it includes
---@field used string[]     names of the variables that it asked for

---@class mkrun.DocumentOptions
---@field set? string[]     "NAME=VALUE"
---@field may_read? fun(path: string): boolean  whether a file may be included

--- Documents that were read ahead, by path.
local ahead = {}

-- JSON -----------------------------------------------------------------------

--- Returns strict JSON for JSON with comments, or nil and what is wrong.
local function strict(path, text)
  local bare, message = comments.strip(text)
  if not bare then return nil, ("%s: %s"):format(path, message) end
  local value, why = json_text.decode(bare)
  if value == nil then
    why = why:gsub("a comment: JSON has none",
      "'#' begins no comment, // does")
    return nil, ("%s: %s"):format(path, why)
  end
  local pointer, twice = duplicates.find(bare)
  if pointer then
    return nil, ("%s: at '%s': %s"):format(path, pointer, twice)
  end
  return bare
end

-- Lua ------------------------------------------------------------------------

local NO_TEXT <const> = ": is no text in UTF-8"

local function is_lua(path) return path:find "%.lua$" ~= nil end

local function folder_of(path)
  local folder = path:match "^(.*)/[^/]*$"
  return folder == "" and "/" or folder or "."
end

--- Returns the path of an included file, or nil and what is wrong.
local function path_of(self, from, name)
  if name == "" or name:find "^/" or name:find "%z" then
    return nil, "a path in the folder of SPEC expected"
  end
  local folder = folder_of(from)
  local path = folder == "." and name or folder:gsub("/$", "") .. "/" .. name
  local real, message = sys.real_path(path)
  local home = sys.real_path(folder_of(self.path))
  if not real or not home then return nil, message or path .. ": not there" end
  local is_inside = home == "/" or real:sub(1, #home + 1) == home .. "/"
  if not is_inside then return nil, "leads out of the folder of SPEC" end
  if not self.may_read(path) then
    return nil, ("may not be read (--allow-read=%s)"):format(path)
  elseif sys.is_special(path) then -- a pipe may never end
    return nil, path .. ": is no regular file"
  end
  return path, real
end

--- Reads a file once, however often it is included.  Returns the answer for
--- the file that includes it, or nil and what is wrong.
local function answer_of(self, path, real)
  local text, message = input.read(path)
  table.insert(self.includes, path)
  if not text then return nil, message end
  if is_lua(path) then
    local answer = json.encode { path = path, real = real, source = text }
    return answer, not answer and path .. NO_TEXT or nil
  end
  local bare, why = strict(path, text)
  return bare and ('{"document": %s}'):format(bare), why
end

--- Returns what a file in Lua includes, or nil and why it cannot.
local function include(self, from, name)
  local path, real = path_of(self, from, name)
  if not path then return nil, real end
  local key = (is_lua(path) and "Lua " or "JSON ") .. real
  local known = self.answers[key]
  if not known then
    local text, message = answer_of(self, path, real)
    known = { text = text, message = message }
    self.answers[key] = known
  end
  return known.text, known.message
end

local function answers(self)
  return function(question)
    local asked = json.decode(question)
    local answer, message = include(self, asked.from, asked.name)
    if answer then return answer end
    return nil, message
  end
end

--- Splits "NAME=VALUE" texts.
---@param list? string[]
---@return table<string, string>? values
---@return string? message
local function variables(list)
  local values = json.object {}
  for _, word in ipairs(list or {}) do
    local name, value = word:match "^([%a_][%w_]*)=(.*)$"
    if not name then
      return nil, ("--set: NAME=VALUE expected, got '%s'"):format(
        (word:gsub("=.*$", "=..."))) -- the value may be a secret
    elseif values[name] then
      return nil, ("--set: '%s' is given twice"):format(name)
    end
    values[name] = value
  end
  return values
end

M.variables = variables

--- Returns the values of --set among the arguments of a script, each name once.
--- The files of --like get the variables of the flow, too.
---@param words string[]
---@return string[]
function M.set_of(words)
  local values, list = {}, {}
  for i, word in ipairs(words) do
    local text = word == "--set" and words[i + 1] or word:match "^%-%-set=(.*)$"
    local name, value = (text or ""):match "^([%a_][%w_]*)=(.*)$"
    if name then values[name] = value end
  end
  for name, value in pairs(values) do
    list[#list + 1] = ("%s=%s"):format(name, value)
  end
  return list
end

local CODE <const> = "mkrun.host.document_code"

--- Adds the path to a message that does not begin with a place.
local function placed(path, message, code)
  if code == "error" and message:find "^[^\n]-:%d+: "
    or message:sub(1, #path + 2) == path .. ": " then
    return message
  end
  return ("%s: %s"):format(path, message)
end

local function run_lua(self, text, values)
  local request = { path = self.path, source = text, set = values,
    real = sys.real_path(self.path) or self.path }
  local encoded = json.encode(request)
  if not encoded then return nil, self.path .. NO_TEXT end
  local main = built_in.find(CODE)
  local result, message, code = apart.run(main, answers(self), encoded)
  if not result then return nil, placed(self.path, message, code) end
  local outcome = json.decode(result)
  return json.encode(outcome.document, { sort = true }), nil, outcome.used
end

-- Both -----------------------------------------------------------------------

--- Makes the document of a file that was read.
local function document_of(path, text, options)
  local self = { path = path, includes = {}, answers = {},
    may_read = options.may_read or function() return true end }
  local document, message, used
  local values, fault = variables(options.set)
  if not values then
    message = fault
  elseif is_lua(path) then
    document, message, used = run_lua(self, text, values)
  else
    document, message = strict(path, text)
  end
  return { text = document, message = message, includes = self.includes,
    used = used or {} }
end

--- Reads a file or a built-in example.
local function read(path, reader)
  local text, message, code = reader(path)
  if code == "missing" then text = sys.builtin(path) end
  if code == "memory" then error(message, 0) end
  return text, message
end

--- Reads a document before the script does.  The script then gets the same
--- one by `text`.
---@param path string
---@param options mkrun.DocumentOptions
---@return mkrun.Document
function M.ahead(path, options)
  local text, message = read(path, input.ahead)
  ahead[path] = text and document_of(path, text, options)
    or { message = message, includes = {}, used = {} }
  return ahead[path]
end

--- Reads a document, as strict JSON.
---@param path string       "-" for standard input, which is JSON
---@param set? string[]     "NAME=VALUE" texts; not used after `ahead`
---@param is_confined? boolean  true: of a script in the cage
---@return string? text
---@return string message   what is wrong; or the names of the variables that
---  the file asked for, each followed by a line break
function M.text(path, set, is_confined)
  local text, message = read(path, input.read)
  local document = ahead[path]
  if not document then
    if not text then return nil, message end
    if is_confined and is_lua(path) then -- the cage lets no process start
      return nil, path .. ": is in Lua: files-in:ARGUMENT in @needs reads it "
        .. "before the script starts"
    end
    document = document_of(path, text, { set = set })
  end
  for _, file in ipairs(document.includes) do
    sources.note("file", file, "include in " .. path)
  end
  if not document.text then return nil, document.message or message end
  return document.text, table.concat(document.used, "\n")
end

return M
