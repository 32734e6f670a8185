--- This layer ends the run if an option names a provider that the run does not
--- have: a misspelled --base-url would send the writes to another server, by
--- the provider's own base URL.  `mkrun.host.stack` makes the layer.
---
--- It decides at the first request to a provider and at the first write.  A
--- script loads its providers before these.  The host decides at the end of a
--- run that sent neither.
---
--- An environment may hold variables for other runs, so a variable ends the
--- run only if its name is one letter away from a provider that has no such
--- setting.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local near = require "mkrun.closest_name"
local providers = require "mkrun.providers"
local requests = require "mkrun.layer.request"
local value = require "mkrun.value"

local M = {}

---@class mkrun.Named   see `mkrun.config`, `named`
---@field option string
---@field name string
---@field variable? string

--- Returns true if two names are the same but for one letter: another one, one
--- more, or two that are swapped.
local function is_one_apart(a, b)
  local first, last = 1, 0
  while first <= #a and a:byte(first) == b:byte(first) do first = first + 1 end
  local most = math.min(#a, #b) - first + 1
  while last < most and a:byte(-last - 1) == b:byte(-last - 1) do
    last = last + 1
  end
  a, b = a:sub(first, #a - last), b:sub(first, #b - last)
  return math.max(#a, #b) <= 1 or #a == 2 and a:reverse() == b
end

--- Returns true if the user gave the setting of an option for a provider.
local function has_setting(settings, option, name)
  local own = settings.provider()
  if option == "base-url" then
    return settings.base_urls[name] ~= nil
      or name == own.name and settings.base_url ~= own.base_url
  end
  return settings.tokens[name] ~= nil
    or name == own.name and settings.token ~= nil
end

--- Returns the provider that a variable was meant for.
local function meant_by_variable(settings, named, names)
  for _, name in ipairs(names) do
    if is_one_apart(named.name, name)
      and not has_setting(settings, named.option, name) then
      return name
    end
  end
end

--- Returns a setting as the user wrote it.
local function written(named)
  return named.variable and named.variable .. named.name:upper()
    or ("--%s %s=..."):format(named.option, named.name)
end

local function problem_with(named, meant)
  local hint = meant and (", did you mean '%s'?"):format(named.variable
    and named.variable .. meant:upper() or meant) or ""
  return ("%s: no provider '%s' in this run%s"):format(written(named),
    named.name, hint)
end

local function warn(text)
  io.stderr:write("mkrun: warning: ", text, "\n")
end

--- Looks at one setting.  Returns the reason why the run cannot go on.
local function look(settings, named, names)
  if not named.variable then
    return problem_with(named, near.find(named.name, names)[1])
  end
  local meant = meant_by_variable(settings, named, names)
  if meant then return problem_with(named, meant) end
  -- In a run with no provider but the host's, nothing can be meant.  The dry
  -- run before a question is followed by a run that warns.
  if names[2] and settings.plan_format ~= "deletes" then
    warn(problem_with(named))
  end
end

local is_checked = false

--- Ends the run if an option, or a variable, is for a provider that the run
--- does not have.  Warns of other such variables.  Does so once.
---@param settings? mkrun.Config   default: those of this run
function M.check(settings)
  settings = settings or config
  if is_checked then return end
  is_checked = true
  local names, problems = providers.names(), {}
  local known, own = value.set(names), settings.provider().name
  -- The host's own is in the list as soon as a script sends requests.
  if not known[own] then names[#names + 1], known[own] = own, true end
  for _, named in ipairs(settings.named or {}) do
    problems[#problems + 1] = not known[named.name]
      and look(settings, named, names) or nil
  end
  if problems[1] then require "mkrun.script".refuse(table.unpack(problems)) end
end

--- Returns true if the request goes to a provider that is not the host's own.
local function is_provided(settings, request)
  local entry = type(request.url) == "string"
    and providers.of_url(request.url)
  return entry and entry.name ~= settings.provider().name
end

--- Notes the provider whose base URL or token a script uses by itself, without
--- a table of `mkrun.rest`.
local function note_use(settings, request)
  if is_provided(settings, request) then return end
  local url = type(request.url) == "string" and request.url or ""
  for name, base in pairs(settings.base_urls) do
    if url:sub(1, #base) == base then providers.mention(name) end
  end
  local sent = { request.token }
  local secrets = request.secrets
  for _, each in next, type(secrets) == "table" and secrets or {} do
    sent[#sent + 1] = each
  end
  for name, token in pairs(settings.tokens) do
    for _, each in ipairs(sent) do
      if rawequal(token, each) then providers.mention(name) end
    end
  end
end

--- Makes the layer.
---@param settings mkrun.Config
---@return fun(transport: function): function
function M.new(settings)
  return function(transport)
    return function(request)
      if not is_checked then note_use(settings, request) end
      if not requests.is_read(request) or is_provided(settings, request) then
        M.check(settings)
      end
      return transport(request)
    end
  end
end

return M
