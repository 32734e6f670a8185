--- Makes providers of OpenAPI documents, and loads them as a stranger's text.

local declare = require "mkrun.rest.declare"
local provider = require "mkrun.tool.new.provider"

local M = {}

--- Runs the text of a provider's file.  It can call `require "mkrun.rest"` and
--- `rest.provider`, once each; whatever else it does fails.
---@param text string
---@return table declared   the table
function M.declared(text)
  local declared, required
  local function take(given)
    assert(required and not declared, "rest.provider is called twice")
    declared = given
  end
  local function load_rest(name)
    assert(name == "mkrun.rest" and not required, name)
    required = true
    return { provider = take }
  end
  assert(load(text, "=provider.lua", "t", { require = load_rest }))()
  return declared
end

--- Makes a provider of a document, and checks that `rest.provider` takes it and
--- that its head counts its marks.
---@param document table
---@return table provider   of `rest.provider`
---@return string text      of the file
---@return table declared   the table
function M.made(document)
  local text, marks = provider.text(document, "shop")
  assert(text, marks)
  local _, count = text:gsub("\n *%-%- %? ", "")
  assert(count == marks, ("%d marks, %d counted"):format(count, marks))
  local declared = M.declared(text)
  return declare.provider(declared), text, declared
end

--- Makes a document.
---@param paths table
---@param more? table   further members: `components`, `servers`, `security`
---@return table
function M.document(paths, more)
  local document = { openapi = "3.1.0", info = { title = "Shop" },
    servers = { { url = "https://shop.example/v1" } }, paths = paths }
  for name, member in pairs(more or {}) do document[name] = member end
  return document
end

--- Makes an operation.
---@param answer? any    schema of the answer
---@param body? any      schema of the request body
---@param status? string default "200"
---@return table
function M.operation(answer, body, status)
  local function content(schema)
    return schema and { ["application/json"] = { schema = schema } } or nil
  end
  return { requestBody = body and { content = content(body) } or nil,
    responses = { [status or "200"] = { content = content(answer) } } }
end

return M
