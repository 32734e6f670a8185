--- Makes the modules that a confined script shares with the host: copies whose
--- functions ask the grants first.  All other modules are loaded a second time
--- for the script, so that it cannot change those of the host.
--- `mkrun.host.world` calls this module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local files = require "mkrun.host.world.files"
local secret = require "mkrun.secret"
local shown = require "mkrun.host.world.shown"
local sys = require "mkrun.sys"
local tellers = require "mkrun.host.world.tellers"

local copy, text_of = files.copy, files.text_of

local M = {}

local function deep_copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for key, member in pairs(value) do
    if type(member) ~= "function" then result[key] = deep_copy(member) end
  end
  return result
end

--- Makes an object that passes some methods on to a host's object.
local function wrapped(object, methods)
  local self = { __metatable = false, __name = methods.name }
  self.__index = {}
  for name, method in pairs(methods) do
    if type(method) == "function" then
      self.__index[name] = function(_, ...) return method(object, ...) end
    end
  end
  self.__close = function() return object:close() end
  self.__tostring = function() return tostring(object) end
  return setmetatable({}, self)
end

-- mkrun.sys ------------------------------------------------------------------

local READS <const> = { "read", "read_trusted" }
local WRITES <const> = { "check_place", "make_folder", "write" }
local SIGHTS <const> = { "real_path", "is_special" }

--- Returns a function of `mkrun.sys` that asks the grants for its path.  "-"
--- is standard input.
local function asking(grants, kind, name)
  local call = sys[name]
  return function(path, ...)
    path = text_of(path, name, 1)
    if kind == "sight" then
      grants:check_sight(path)
    elseif kind == "write" or path ~= "-" then
      grants:check(kind, path)
    end
    return call(path, ...)
  end
end

local function slot_methods(grants, path)
  return {
    name = "mkrun.sys.slot",
    store = function(slot, content)
      if secret.is(content) then
        grants:check_token(("write a secret to '%s'"):format(path))
      end
      local ok, message, code, kept = slot:store(content)
      -- The caller may have to delete what was written but got no name.
      if kept then grants:add { kind = "write", value = kept } end
      return ok, message, code, kept
    end,
    close = function(slot) return slot:close() end,
  }
end

local function log_methods()
  local methods = { name = "mkrun.sys.log" }
  for _, name in ipairs { "read", "append", "reserve", "cut", "close" } do
    methods[name] = function(log, ...) return log[name](log, ...) end
  end
  return methods
end

local LOCK <const> = { name = "mkrun.sys.lock",
  close = function(lock) return lock:close() end }

--- Returns a function that opens something at a path that may be written.
local function opening(grants, name, methods_of)
  return function(path, ...)
    path = text_of(path, name, 1)
    grants:check("write", path)
    if name == "log" then grants:check("read", path) end
    local object, message, code = sys[name](path, ...)
    if not object then return nil, message, code end
    return wrapped(object, methods_of(grants, path))
  end
end

function M.sys(grants)
  local own = copy(sys)
  for _, name in ipairs(READS) do
    own[name] = asking(grants, "read", name)
  end
  for _, name in ipairs(WRITES) do
    own[name] = asking(grants, "write", name)
  end
  for _, name in ipairs(SIGHTS) do
    own[name] = asking(grants, "sight", name)
  end
  own.reserve = opening(grants, "reserve", slot_methods)
  own.log = opening(grants, "log", log_methods)
  own.lock = opening(grants, "lock", function() return LOCK end)
  return own
end

-- mkrun.secret ---------------------------------------------------------------

--- Returns `mkrun.secret` for the script.  The methods of a secret ask the
--- backend, where `mkrun.host.confine` stands guard.
---@param grants mkrun.Grants
---@param kept mkrun.KeptTokens
function M.secret(grants, kept)
  local own = copy(secret)
  --- Notes a secret whose bytes the script knows, or may read.
  local function known(made, ...)
    if made then kept.known[made] = true end
    return made, ...
  end
  own.new = function(text, label)
    local token = kept.texts[text]
    if not token then return known(secret.new(shown.check(text), label)) end
    local made = secret.new(token, label):bind(kept.bases[text])
    kept.answers[made] = token
    kept.own[made] = kept.bases[text] == config.base_url or nil
    return made
  end
  own.read = function(path, label)
    path = text_of(path, "read", 1)
    if path ~= "-" then
      grants:check("read", path)
      shown.check_file(path)
    end
    return known(secret.read(path, label))
  end
  return own
end

-- The modules of a run's state -----------------------------------------------

--- Returns the settings of the run for the script, without what only the host
--- may use.
function M.config()
  local own, provider = deep_copy(config), nil
  own.held, own.held_path, own.init = nil, nil, nil
  function own.provider()
    provider = provider or deep_copy(config.provider())
    return provider
  end
  return own
end

function M.input(grants)
  local input = require "mkrun.host.input"
  return { read = function(path)
    path = text_of(path, "read", 1)
    if path ~= "-" then grants:check("read", path) end
    return input.read(path)
  end }
end

--- Returns a copy of a list of texts, or nil.
local function texts_of(list)
  local texts = list and {}
  for i, text in ipairs(list or {}) do texts[i] = text_of(text, "text", 2) end
  return texts
end

--- Returns the reader of documents for the script.  It gives texts, because a
--- table would be shared with the host.
function M.document(grants)
  local document = require "mkrun.host.document"
  return {
    text = function(path, set)
      path = text_of(path, "text", 1)
      if path ~= "-" then grants:check("read", path) end
      return document.text(path, texts_of(set), true)
    end,
    variables = function(set) return document.variables(texts_of(set)) end,
  }
end

--- Returns what a script may know of the journal: the writes and notes of
--- earlier runs.
function M.journal(grants)
  local journal = require "mkrun.journal"
  local own = { note = tellers.telling(journal.note) }
  function own.notes(kind) return deep_copy(journal.notes(kind)) end
  function own.earlier(...) return deep_copy(journal.earlier(...)) end
  local seen
  function own.current()
    local current = journal.current()
    seen = seen or current and { writes = deep_copy(current.writes),
      notes = deep_copy(current.notes), words = deep_copy(current.words) }
    return seen
  end
  function own.hold(path)
    path = text_of(path, "hold", 1)
    grants:check("read", path)
    if not grants:allows("write", path) then -- it is locked
      grants:refuse(("write '%s'"):format(path), "write", path)
    end
    local content, log = journal.hold(path, config)
    local current = journal.current()
    if current and current.log == log then
      error(("%s: is the journal of this run"):format(path), 0)
    end
    return content, wrapped(log, LOCK)
  end
  return own
end

--- What a script may use of other modules with a state, by name.
local SHARED <const> = {
  ["mkrun.clock"] = { "DAY", "TOLERATED", "ahead", "difference", "iso8601",
    "machine", "now" },
  ["mkrun.host.help_shown"] = { "note" },
  ["mkrun.host.long_wait"] = { "AFTER", "sleep", "tell" },
  ["mkrun.plan.optional"] = { "mark", "new" },
  ["mkrun.task"] = { "AT_ONCE", "all", "map", "once", "sleep", "spawn" },
}

--- Modules without a state whose functions reach nothing.
local PLAIN <const> = { "mkrun.base64", "mkrun.closest_name", "mkrun.json",
  "mkrun.patch" }

--- Returns a copy of lua-cjson without the metatable of the host's arrays.
local function without_metatable(cjson)
  local own = copy(cjson)
  own.array_mt = nil
  own.new = function() return without_metatable(cjson.new()) end
  return own
end

--- Makes the openers of all shared modules.
---@param grants mkrun.Grants
---@param env table   the globals of the script
---@return table<string, fun(): table>
function M.openers(grants, env)
  local kept = { texts = {}, bases = {}, held = {},
    known = setmetatable({}, { __mode = "k" }),
    answers = setmetatable({}, { __mode = "k" }),
    own = setmetatable({}, { __mode = "k" }) }
  local openers = {
    ["mkrun.config"] = M.config,
    ["mkrun.sys"] = function() return M.sys(grants) end,
    ["mkrun.secret"] = function() return M.secret(grants, kept) end,
    ["mkrun.journal"] = function() return M.journal(grants) end,
    ["mkrun.host.document"] = function() return M.document(grants) end,
    ["mkrun.host.input"] = function() return M.input(grants) end,
  }
  openers["mkrun.http"] = function()
    local own = require "mkrun.host.world.http".new(grants, kept)
    env.require "mkrun.config".login = config.login
    return own
  end
  openers["mkrun.host.command"] = function()
    return { fault = function(command)
      grants:check_run(command)
      return grants.command_faults[command]
    end }
  end
  for _, name in ipairs { "cjson", "cjson.safe" } do
    openers[name] = function()
      require "mkrun.json" -- seals what lua-cjson shares with it
      return without_metatable(require(name))
    end
  end
  for name, opener in pairs(tellers.openers) do openers[name] = opener end
  for name, names in pairs(SHARED) do
    openers[name] = function() return copy(require(name), names) end
  end
  for _, name in ipairs(PLAIN) do
    openers[name] = function() return copy((require(name))) end
  end
  return openers
end

return M
