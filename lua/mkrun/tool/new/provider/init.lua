--- Makes the file of a provider from an OpenAPI document: `mkrun new provider
--- FILE.json`.
---
--- What the document does not say has a mark, a comment that begins with "?".
--- The file is one that `rest.provider` takes as it is.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.tool.new.provider.document"
local facts = require "mkrun.tool.new.provider.facts"
local lua = require "mkrun.tool.new.provider.lua"
local marks = require "mkrun.tool.new.provider.marks"
local resources = require "mkrun.tool.new.provider.resources"
local rows = require "mkrun.tool.new.provider.rows"
local row_fields = require "mkrun.tool.new.provider.row_fields"
local service = require "mkrun.tool.new.provider.service"
local text = require "mkrun.tool.new.provider.text"
local words = require "mkrun.tool.new.provider.words"

local M = {}

--- Names of files that say nothing of the service.
local GENERIC <const> = { openapi = true, swagger = true, api = true,
  spec = true, schema = true, index = true, document = true }

--- Returns the name of a provider: that of the document's file, or that of its
--- service if the file has a usual one.
---@param path string    "petstore.json"
---@param root table     the document
---@return string?
function M.name(path, root)
  local file = words.identifier(path:match "([^/]*)%.[^./]*$" or path)
  if file and not GENERIC[file] then return file end
  local title = document.text(document.object(root.info).title)
  return title and words.identifier(title) or file
end

local function add_service(page, name, root, operations)
  local url, url_mark = service.base_url(root)
  local auth, auth_mark = service.auth(root, operations)
  text.member(page, { name = "name", value = name }, "  ")
  text.member(page, { name = "base_url", value = url }, "  ", url_mark)
  if auth ~= "bearer" or auth_mark then
    text.member(page, { name = "auth", value = auth }, "  ", auth_mark)
  end
end

local NO_ERROR <const> = 'error = { code = "a", detail = "b" }: the document '
  .. "does not say"

local function add_facts(page, root, all)
  local list, errors = facts.list(all), facts.error(root, all)
  if list then
    text.member(page, { name = "list", value = list }, "  ",
      "guessed from the answers of the lists")
  end
  if errors then
    text.member(page, { name = "error", value = errors }, "  ",
      "guessed from the answers to what fails")
  else
    text.mark(page, "  ", NO_ERROR)
  end
end

local function add_rows(page, root, groups)
  text.plain(page, "  operations = {")
  for i, group in ipairs(groups) do
    if i > 1 then text.plain(page, "") end
    local widths = text.widths(group.rows)
    for _, row in ipairs(group.rows) do
      for _, mark in ipairs(marks.of(row, group.verbs)) do
        text.mark(page, "    ", mark)
      end
      text.row(page, row, widths, row_fields.of(root, row, group.verbs))
    end
  end
  text.plain(page, "  },")
end

local function title_of(root)
  local info = document.object(root.info)
  local title, version = document.text(info.title), document.text(info.version)
  if not title then return "an OpenAPI document" end
  return ("the OpenAPI document of %s%s"):format(title:sub(1, 80),
    version and ", version " .. version:sub(1, 20) or "")
end

local function count_of(number, one, many)
  return number == 1 and "one " .. one or number .. " " .. many
end

local function left_out_text(paths, twice)
  local first = {}
  for i = 1, math.min(#paths, 3) do first[i] = paths[i]:sub(1, 60) end
  local parts = {}
  if #paths > 0 then
    parts[1] = ("Left out: %s that no row can have (%s%s)."):format(
      count_of(#paths, "path", "paths"), table.concat(first, ", "),
      #paths > 3 and ", ..." or "")
  end
  if twice > 0 then
    parts[#parts + 1] = ("Left out: %s under another name.")
      :format(count_of(twice, "path that is there", "paths that are there"))
  end
  return table.concat(parts, " ")
end

local OPEN <const> = "The document does not say everything: %s with a "
  .. "question mark.  Put right what each is about (mkrun help provider "
  .. "explains the fields), then delete it."

local function head(name, root, page, left_out, twice)
  local made = text.page()
  local function say(words_)
    text.plain(made, table.unpack(lua.comment(words_, "")))
  end
  say(("%s: a provider, made from %s by 'mkrun new provider'.")
    :format(name, title_of(root)))
  text.plain(made, "--")
  say(OPEN:format(count_of(page.marks, "comment begins", "comments begin")))
  local left = left_out_text(left_out, twice)
  if left ~= "" then say(left) end
  text.plain(made, "", "local rest = require " .. lua.quote "mkrun.rest",
    "", "return rest.provider {")
  return made
end

--- Makes the text of a provider's file.
---@param root table    the document; it has no fault
---@param name string   of the provider
---@return string? text   nil: it has no operation, or too many
---@return string|integer result   what is wrong with it, or the count of marks
function M.text(root, name)
  local operations, left_out = document.operations(root)
  if not operations then return nil, left_out end
  local all, twice = rows.of(root, operations)
  local page, groups = text.page(), rows.resources(all)
  add_service(page, name, root, operations)
  add_facts(page, root, all)
  resources.add(page, root, groups)
  add_rows(page, root, groups)
  text.plain(page, "}", "")
  local made = head(name, root, page, left_out, twice)
  text.plain(made, table.unpack(page.lines))
  return table.concat(made.lines, "\n"), page.marks
end

return M
