--- Puts the models of several APIs together, so that one plan has the requests
--- to all of them.  The layers `plan` and `apply` make it.  Each request goes
--- to the model of the provider that its URL belongs to; what belongs to none
--- goes to the model of the run, which knows no such request.
-- SPDX-License-Identifier: MIT

local providers = require "mkrun.providers"
local dig = require "mkrun.value".dig

local M = {}

---@class mkrun.plan.World   the model of one API
---@field name? string      name of the provider; nil: the API of the run
---@field base string       URL of the API
---@field entry? mkrun.ProviderEntry
---@field overlay table     the model's view of the answers
---@field token? mkrun.Secret   the first token of its requests
---@field spare? mkrun.Secret   used until there is one

---@class mkrun.plan.Worlds
---@field main mkrun.plan.World   the API of the run
---@field list mkrun.plan.World[]
---@field made table<string, true|"any">   ids that only the server can give;
---  "any": the server's id may be any text
local Worlds = {}
Worlds.__index = Worlds
Worlds.__name = "mkrun.plan.Worlds"

local function open(self, entry)
  local world = { name = entry.name, base = entry.base_url, entry = entry,
    overlay = entry.model.new { base_url = entry.base_url, read = self.read,
      provider = entry.provider, made = self.made } }
  self.list[#self.list + 1] = world
  return world
end

--- Returns the world that a URL belongs to.
---@param url string
---@return mkrun.plan.World
function Worlds:at(url)
  local entry = providers.of_url(url)
  if not (entry and entry.model) or entry.base_url == self.main.base then
    return self.main
  end
  for _, world in ipairs(self.list) do
    if world.name == entry.name and world.base == entry.base_url then
      world.entry = entry -- a new one comes with each `connect`
      return world
    end
  end
  return open(self, entry)
end

--- Returns the world of a provider, or nil if no provider of that name is
--- loaded.
---@param name string
---@return mkrun.plan.World?
function Worlds:named(name)
  local entry = providers.by_name(name)
  return entry and entry.model and self:at(entry.base_url) or nil
end

--- Tells whether a request is of the account that the plan is about: it carries
--- the first token that its API got.  Only such reads and writes count.
---@param request table
---@return boolean
function Worlds:owns(request)
  local world, token = self:at(request.url), request.token
  world.token = world.token or token
  if token == nil then
    return world ~= self.main and world.token == nil
  end
  return token == world.token
end

--- Notes the token of a request.  A run whose first request is for a provider
--- uses its own token for its own API.
---@param request table
function Worlds:begin(request)
  self:owns(request)
  if self.main.token or self:at(request.url) == self.main then return end
  self.main.spare = self.token
end

--- Returns the token for reads from an API.
---@param world mkrun.plan.World
---@return mkrun.Secret?
function Worlds.token_of(_, world)
  return world.token or world.spare or world.entry and world.entry.token
end

--- Tells whether an API can be read from already: its token is known, or it
--- needs none.
---@param world mkrun.plan.World
---@return boolean
function Worlds:is_ready(world)
  if self:token_of(world) then return true end
  local entry = world.entry
  return entry ~= nil and (self.tokenless or entry.token_as == "none"
    or dig(entry.provider, "auth") == "none")
end

--- Returns the function that finds the server's id of what a write has made.
--- Returns nil for the API of the run.
---@param request table
---@return (fun(document: any, response: table): any)?
function Worlds:id_of(request)
  local world = self:at(request.url)
  if world == self.main then return nil end
  return function(document, response)
    return world.overlay:id_in(request, document, response)
  end
end

--- Reads back what a plan has written to providers whose operations are
--- declared.  Returns sentences about what is not as it was declared.
---@param writes table[]   the writes of a saved plan
---@return string[]
function Worlds:differences(writes)
  local sentences = {}
  for _, world in ipairs(self.list) do
    if world.overlay.differences then
      local own = {}
      for _, write in ipairs(writes) do
        if self:at(write.url) == world then own[#own + 1] = write end
      end
      local found = world.overlay:differences(own, self:token_of(world),
        world.entry.token_as)
      table.move(found, 1, #found, #sentences + 1, sentences)
    end
  end
  return sentences
end

for _, name in ipairs { "ask", "covered_by", "essence", "get", "items",
  "next_page", "saw", "write" } do
  Worlds[name] = function(self, request, ...)
    local overlay = self:at(request.url).overlay
    return overlay[name](overlay, request, ...)
  end
end

--- Returns what a provider says in an answer that shows nothing: the token may
--- not have it, or the server has failed.  Returns nil for another answer, and
--- for the API of the run.
---@param request table
---@param response table
---@return string?
function Worlds:refusal(request, response)
  local overlay = self:at(request.url).overlay
  return overlay.refusal and overlay:refusal(request, response)
end

--- Returns the id of the organization that a token of the run's API belongs to.
---@param token? mkrun.Secret   default: the first one
---@return string?
function Worlds:whose(token)
  token = token or self:token_of(self.main)
  return token and self.main.overlay:whose(token)
end

--- Returns the rights that a token of the run's API needs.
---@param asked mkrun.AskedRequest[]
function Worlds:rights(asked)
  local own = {}
  for _, one in ipairs(asked) do
    if self:at(one.request.url) == self.main then own[#own + 1] = one end
  end
  return self.main.overlay:rights(own)
end

--- Stands for a write to another API, so that each write keeps its place.
local NOTHING <const> = { method = "", url = "", name = "" }

--- Collects what planned writes rest on.
---@param writes table[]
---@return table<mkrun.plan.World, table>
function Worlds:rests(writes)
  return setmetatable({}, { __index = function(rests, world)
    local own = {}
    for i, write in ipairs(writes) do
      own[i] = self:at(write.url) == world and write or NOTHING
    end
    rests[world] = #self.list == 1 and world.overlay:rests(writes)
      or world.overlay:rests(own)
    return rests[world]
  end })
end

--- Returns what a plan rests on in the answer to a read.
---@param rests table   result of `rests`
---@return table<string, table>?
function Worlds:picked(request, response, rests, also)
  local world = self:at(request.url)
  return world.overlay:picked(request, response, rests[world], also)
end

--- Returns a text that is the same for all pages of a list that are asked for
--- by a number.  Returns nil for another read.
---@return string?
function Worlds:numbered(request)
  local overlay = self:at(request.url).overlay
  return overlay.numbered and overlay:numbered(request)
end

--- Tells whether a plan rests on a list even where it rests on nothing in it.
---@param rests table   result of `rests`
---@return boolean
function Worlds:watches(request, rests)
  local world = self:at(request.url)
  return world.overlay:watches(request, rests[world])
end

--- Makes the worlds.
---@param options {model: table, base_url: string, read: function,
---  token: mkrun.Secret?, tokenless: boolean?}  as for `mkrun.layer.apply`;
---  `read` sends a read
---@return mkrun.plan.Worlds
function M.new(options)
  local main = { base = options.base_url, overlay = options.model.new {
    base_url = options.base_url, read = options.read } }
  return setmetatable({ main = main, list = { main }, read = options.read,
    made = main.overlay.made, token = options.token,
    tokenless = options.tokenless }, Worlds)
end

return M
