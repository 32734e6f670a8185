--- The sandbox of a provider that brings no model: its overlay on nothing.  The
--- sandbox of the run calls this module, and keeps the documents.
-- SPDX-License-Identifier: MIT

local answers = require "mkrun.rest.overlay.answer"
local json = require "mkrun.json"
local meaning = require "mkrun.rest.meaning"
local overlays = require "mkrun.rest.overlay"

local M = {}

--- Methods of the operations that tell what a path is about.
local METHODS <const> = { "GET", "PUT", "PATCH", "DELETE" }

local NOTHING <const> = { list = true, make = true, ask = true }

--- Returns what a path is about, even if no GET gives it.
local function about(overlay, path)
  for _, method in ipairs(METHODS) do
    local m = meaning.of(overlay.provider, method, path)
    if m and not NOTHING[m.act] then return m end
  end
end

local function paths_of(kept)
  local paths = {}
  for path in pairs(kept) do paths[#paths + 1] = path end
  table.sort(paths)
  return paths
end

--- Puts documents into an overlay.
---@param overlay mkrun.rest.Overlay
---@param kept table<string, any>   path -> document
function M.fill(overlay, kept)
  for _, path in ipairs(paths_of(kept)) do
    local m = about(overlay, path)
    if m then
      overlay.documents:set(path, m.resource, m.at, nil, kept[path])
    end
  end
end

--- Adds the documents in one recorded answer: a thing, or the items of a list.
local function learn(overlay, kept, path, document)
  local m = overlay:reading(path)
  if not m then return end
  if m.act == "read" then
    kept[path] = document
    return
  end
  local documents = require "mkrun.rest.overlay.documents"
  for _, item in ipairs(meaning.items(nil, m.operation, document) or {}) do
    local own = documents.path_of(m.resource, item, m.at)
    if own and kept[own] == nil then kept[own] = item end
  end
end

--- Returns the documents that recorded answers show.
---@param overlay mkrun.rest.Overlay
---@param recorded {url: string, document: any}[]   answers to GET
---@return table<string, any>
local function learnt(overlay, recorded)
  local kept = json.object {}
  for _, answer in ipairs(recorded) do
    local path = overlay:path(answer)
    if path:sub(1, 1) == "/" then
      learn(overlay, kept, path, answer.document)
    end
  end
  return kept
end

--- Makes the read of a world that has nothing but what is kept.
local function reader_of_nothing(provider)
  return function(request)
    local response = answers.missing { provider = provider }
    response.url = request.url
    return response
  end
end

---@class mkrun.rest.SandboxOptions
---@field kept? table<string, any>    path -> document; nil: it is the first run
---  with this provider
---@field recorded? {url: string, document: any}[]
---@field id fun(): string
---@field keep fun(path: string, document: any): true?, string?, string?   saves
---  a document; nil: it is gone

--- Makes the sandbox.
---@param entry mkrun.ProviderEntry
---@param options mkrun.rest.SandboxOptions
---@return fun(request: table): table?, string?, string? transport
---@return table<string, any> kept   what there is
function M.new(entry, options)
  local read = reader_of_nothing(entry.provider)
  local overlay = overlays.new { base_url = entry.base_url, read = read,
    provider = entry.provider, id = options.id, is_alone = true }
  local kept = options.kept or learnt(overlay, options.recorded or {})
  M.fill(overlay, kept)
  local problem
  function overlay:changed(path)
    local known = self.documents:get(path)
    kept[path] = known.after
    problem = table.pack(options.keep(path, known.after))
  end
  return function(request)
    problem = nil
    if (request.method or "GET") == "GET" or request.method == "HEAD" then
      return overlay:get(request, read)
    end
    local response, message, code = overlay:write(request)
    if not response then
      return nil, message:gsub(": not sent, ", ": the sandbox cannot, ", 1),
        code == "plan" and "sandbox" or code
    elseif problem and not problem[1] then
      return nil, problem[2], problem[3]
    end
    return response
  end, kept
end

return M
