--- Reads the file of an OpenAPI document.  Ends the run with a message if it is
--- none.
-- SPDX-License-Identifier: MIT

local document = require "mkrun.tool.new.provider.document"
local json_text = require "mkrun.host.json_text"
local provider = require "mkrun.tool.new.provider"
local script = require "mkrun.script"
local sys = require "mkrun.sys"

local M = {}

--- Returns true if an argument is a document's path, and no provider's name.
---@param path string
---@return boolean
function M.is_one(path)
  local file = path:match "[^/]*$"
  return path == "-" or file:find(".", 1, true) ~= nil
    and not file:find "%.lua$"
end

local function refuse_yaml(path)
  local stem = path:gsub("%.[^./]*$", "")
  script.refuse(("%s: this is YAML, and JSON is read; convert it: "
    .. "yq -o=json %s.yaml > %s.json"):format(path, stem, stem))
end

--- Reads a document.
---@param path string   "-" for standard input
---@return table
function M.read(path)
  local text = path ~= "-" and sys.read(path)
  if text and json_text.is_yaml(text) then refuse_yaml(path) end
  local root = script.read_json(path)
  local fault = document.fault(root)
  if fault then script.refuse(("%s: %s"):format(path, fault)) end
  return root
end

--- Returns the name of a document's provider.
---@param path string
---@param root table   the document
---@return string
function M.name(path, root)
  local name = provider.name(path, root)
  if not name then
    script.usage(("%s: the document has no name for the provider: --name")
      :format(path))
  end
  return name
end

--- Returns the text of the provider's file.
---@param path string
---@param root table    the document
---@param name string   of the provider
---@return string
function M.text(path, root, name)
  local text, message = provider.text(root, name)
  if not text then script.refuse(("%s: %s"):format(path, message)) end
  return text
end

return M
