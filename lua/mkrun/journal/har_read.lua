--- Reads HTTP Archive 1.2 (HAR): requests and their answers in the format of
--- browsers.  `mkrun.journal.har` writes it.  A confined script may use this
--- module.
-- SPDX-License-Identifier: MIT

local base64 = require "mkrun.base64"
local json = require "mkrun.json"
local sys = require "mkrun.sys"

local M = {}

--- The end of an archive that mkrun wrote.
M.TAIL = "\n]}}\n"

--- Returns the value of the first header field whose name is `name`, or nil.
---@param list {name: string, value: string}[]
---@param name string   name in lower case
---@return string?
function M.header(list, name)
  for _, header in ipairs(list) do
    if header.name:lower() == name then return header.value end
  end
end

--- Decodes the body of an entry.
---@param content any  `postData` of a request, `content` of a response
---@return string?  nil if there is no body
function M.content(content)
  if type(content) ~= "table" or type(content.text) ~= "string" then
    return nil
  end
  local encoding = content.encoding or content._encoding
  return encoding == "base64" and base64.decode(content.text) or content.text
end

--- Decodes an archive that ends inside an entry.  Leaves out the incomplete
--- entry.
local function mended(text)
  local whole = text:match '^({"log":{"version":"1.2","creator":.*)\n'
  return whole and json.decode((whole:gsub(",$", "")) .. M.TAIL)
end

local function is_text(value) return type(value) == "string" end

local function may_be_text(value) return value == nil or is_text(value) end

--- Returns true if `list` is a list of header fields or nil, because browsers
--- may leave out the list.
local function are_headers(list)
  if list == nil then return true end
  if not json.is_array(list) then return false end
  for _, header in ipairs(list) do
    local is_header = type(header) == "table" and is_text(header.name)
      and is_text(header.value)
    if not is_header then return false end
  end
  return true
end

local function is_request(request)
  return type(request) == "table" and is_text(request.url)
    and is_text(request.method)
end

local function is_response(response)
  return type(response) == "table" and math.type(response.status) == "integer"
    and are_headers(response.headers) and may_be_text(response._error)
    and may_be_text(response._message)
end

local function is_entry(entry)
  return type(entry) == "table" and is_request(entry.request)
    and is_response(entry.response)
end

--- Reads the entries of an archive.
---@param text string
---@param path string   for messages
---@return table[]? entries
---@return string? message
---@return boolean? is_mended  true if the text ended inside an entry
function M.parse(text, path)
  local document, why = json.decode(text)
  local is_mended = document == nil
  if is_mended then document = mended(text) end
  if document == nil then return nil, ("%s: %s"):format(path, why) end
  local log = type(document) == "table" and document.log
  local entries = type(log) == "table" and log.entries
  if not json.is_array(entries) then return nil, path .. ": is no HAR file" end
  for i, entry in ipairs(entries) do
    if not is_entry(entry) then
      return nil, ("%s: entry %d is not as HAR has it"):format(path, i)
    end
  end
  return entries, nil, is_mended
end

--- Says how much of a file that was cut off can be used.
---@param entries table[]
---@return string
function M.cut_off(entries)
  return ("its end was cut off; %d %s whole"):format(#entries,
    #entries == 1 and "entry is" or "entries are")
end

--- Reads the entries of a file.
---@param path string
---@return table[]? entries
---@return string? message
---@return boolean? is_mended  true if the file ended inside an entry
function M.read(path)
  local text, message = sys.read_trusted(path)
  if not text then return nil, message end
  return M.parse(text, path)
end

return M
