--- Names the things of providers for people, and says what undoing cannot bring
--- back.  `mkio.flow.undo.provider` calls this module.
-- SPDX-License-Identifier: MIT

local again = require "mkio.flow.undo.again"
local chains = require "mkio.flow.undo.chain"
local journal_file = require "mkrun.journal.file"
local meanings = require "mkrun.rest.meaning"
local scrub = require "mkrun.journal.scrub"
local value = require "mkrun.value"

local M = {}

--- Why a change of what is not there any more is left.
M.REMOVED = "somebody else has removed it since"

local BLIND <const> = "undo cannot compare its secret"
local LOST <const> = "%s, if it had that, is a secret and is not brought back"
local DOUBTFUL <const> = "no answer came: undo checks whether it happened"
local NEW_ID <const> = "it gets another id"
local NAMED <const> = "it gets the new id of %s"

--- Returns the members that identify a thing, as one text, or nil.
local function identity(resource, document)
  local words = {}
  for i, name in ipairs(resource.identify or {}) do
    local member = meanings.member(document, name)
    if type(member) ~= "string" and type(member) ~= "number" then return nil end
    words[i] = tostring(member)
  end
  local text = table.concat(words, "/")
  return text ~= "" and not scrub.hides(text) and text or nil
end

--- Returns the document of a chain's thing that people know.
local function document_of(chain)
  for _, link in ipairs(chain.links) do
    if type(link.before) == "table" then return link.before end
  end
end

--- Returns the name of a chain's thing for people: by the members that identify
--- it where they are known.
---@param api? mkio.UndoApi
---@param chain mkio.UndoChain
---@return string
function M.name(api, chain)
  local write = chain.first.write
  local means = write.means
  if not means then return write.method .. " " .. write.path end
  local resource = api and api.provider.resources[means.resource]
  local document = resource and not chain.first.item and document_of(chain)
  local known = document and identity(resource, document)
  if not known then return means.name end
  return (means.name:match "^(.*/)[^/]*$" or "") .. known
end

local function is_doubtful(chain)
  for _, link in ipairs(chain.links) do
    if not journal_file.is_done(link.write) then return true end
  end
  return false
end

--- Returns a text as words that can be compared: " its secret note ".
local function bare(text)
  return " " .. text:lower():gsub("[^%w]+", " ") .. " "
end

--- Returns true if a provider's own words tell of something.
local function tells_of(lost, name)
  return lost ~= nil and bare(lost):find(bare(name), 1, true) ~= nil
end

--- Returns the names of the secrets that do not come back and that `lost` does
--- not name.
local function secrets_lost(chain, lost)
  local found = {}
  local secrets = value.dig(chain.last.write, "means", "secrets")
  for _, name in ipairs(chains.made(chain) == nil and secrets or {}) do
    if not tells_of(lost, name) then found[#found + 1] = name end
  end
  return found
end

--- Returns what the user is told about a step that can be undone.
---@param chain mkio.UndoChain
---@param named string[]   the things that are made again whose ids it has
---@return string?
function M.warning(chain, named)
  local words, needed = {}, chains.needed(chain)
  local is_gone = chains.made(chain) == nil
  local lost = (is_gone and chain.last or needed[#needed]).inverse.lost
  if is_doubtful(chain) then words[#words + 1] = DOUBTFUL end
  if chains.has_secret(chain) then words[#words + 1] = BLIND end
  local secrets = secrets_lost(chain, lost)
  if secrets[1] then
    words[#words + 1] = LOST:format(table.concat(secrets, ", "))
  end
  if lost then words[#words + 1] = lost .. " cannot be brought back" end
  if again.gets_id(chain) and not tells_of(lost, "id") then
    words[#words + 1] = NEW_ID
  end
  for _, name in ipairs(named) do words[#words + 1] = NAMED:format(name) end
  return words[1] and table.concat(words, "; ") or nil
end

return M
