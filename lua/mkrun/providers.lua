--- Knows the providers of this run: the REST APIs whose requests a plan, a
--- journal and a rate limit understand.  `mkrun.rest` adds a provider when a
--- script loads it; the layers ask for the provider of a URL.
-- SPDX-License-Identifier: MIT

---@class mkrun.ProviderEntry
---@field name string          "rabbitmq"
---@field base_url string      URL of the API, without a slash at the end
---@field token? mkrun.Secret
---@field token_as? string     "basic", or the name of a header field; nil:
---  bearer
---@field model? {new: function}   predicts writes for a plan
---@field subject? table       `kind`, `changes`, `shown_by`, `home` and
---  `inverse` of a write, for the journal
---@field rates? {reads: integer?, writes: integer?}   requests a minute
---@field claims? table        names of the token's claims
---@field provider? table      see `mkrun.rest.provider`

local M = {}

local by_name, list, mentioned = {}, {}, {}

local function without_slash(url) return (url:gsub("/+$", "")) end

--- Adds a provider.  An entry of the same name is replaced.
---@param entry mkrun.ProviderEntry
---@return mkrun.ProviderEntry entry
function M.add(entry)
  entry.base_url = without_slash(entry.base_url)
  local old = by_name[entry.name]
  by_name[entry.name] = entry
  if not old then
    list[#list + 1] = entry
    return entry
  end
  for i, other in ipairs(list) do
    if other == old then list[i] = entry end
  end
  return entry
end

--- Removes a provider, so that a test can load it afresh.
---@param name string
function M.remove(name)
  by_name[name] = nil
  for i = #list, 1, -1 do
    if list[i].name == name then table.remove(list, i) end
  end
end

local function is_below(url, base)
  if url:sub(1, #base) ~= base then return false end
  return url:find("^[/?#]", #base + 1) ~= nil or #url == #base
end

--- Returns the provider whose base URL is the longest that a URL lies below.
---@param url string
---@return mkrun.ProviderEntry?
function M.of_url(url)
  local found
  for _, entry in ipairs(list) do
    local is_longer = not found or #entry.base_url > #found.base_url
    if is_longer and is_below(url, entry.base_url) then found = entry end
  end
  return found
end

--- Returns the provider of a name.
---@param name string
---@return mkrun.ProviderEntry?
function M.by_name(name) return by_name[name] end

--- Notes that the run has a provider to which it may not send requests.
---@param name string
function M.mention(name) mentioned[name] = true end

--- Returns the names of all providers, also of those to which the run may not
--- send requests.
---@return string[]
function M.names()
  local names = {}
  for i, entry in ipairs(list) do names[i] = entry.name end
  for name in pairs(mentioned) do
    if not by_name[name] then names[#names + 1] = name end
  end
  return names
end

--- Returns all providers, in the order in which they were added.
---@return mkrun.ProviderEntry[]
function M.all() return table.move(list, 1, #list, 1, {}) end

return M
