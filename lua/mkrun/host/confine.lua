--- Confines a script to what its header and the command line allow.  The host
--- calls `enter` with the main function of the script, before it runs.
---
--- A built-in flow may do what its header says.  So may a script of the user's
--- that has `@needs`, unless --confine was given or somebody else may have
--- written it: then only the options --allow-... count.  What the script asks
--- for beyond them ends the run.
-- SPDX-License-Identifier: MIT

local arguments = require "mkrun.host.arguments"
local backend = require "mkrun.backend"
local config = require "mkrun.config"
local grants = require "mkrun.host.grants"
local headers = require "mkrun.host.header"
local needs = require "mkrun.host.needs"
local world = require "mkrun.host.world"

local M = {}

--- Variables that every script may read.
local HARMLESS <const> = { "TERM", "NO_COLOR", "COLUMNS" }

local function refuse(...) require "mkrun.script".refuse(...) end

--- Prints the help and ends the run.  A script that asks for more than it may
--- do could not print its help itself.
local function help()
  require "mkrun.script".print_help()
  os.exit(0)
end

local function name() return config.script.path or "stdin" end

local function is_flow() return config.script.is_flow end

local function is_strict() return needs.is_strict(config) end

local function reason()
  local doubt = config.script.doubt
  return doubt and ("; the script is confined, because %s"):format(doubt) or ""
end

--- Returns the values of --set, the variables of files in Lua.
local function variables(header)
  local options = arguments.parse(header, arg)
  return options and options.set
end

--- Reads the SPEC that an argument names, and lists what it names.
local function files_in(self, path, set)
  local list = {}
  local function add(kind, value)
    list[#list + 1] = { kind = kind, value = value,
      text = kind .. ":" .. value }
  end
  add("read", path)
  local document = require "mkrun.host.document".ahead(path, { set = set,
    may_read = function(file)
      add("read", file)
      return not is_strict() or self:allows("read", file)
    end })
  local value = require "mkrun.json".decode(document.text or "")
  local found = config.needs().files_in(value)
  for _, file in ipairs(found.read) do add("read", file) end
  for _, name_ in ipairs(found.env) do add("env", name_) end
  for _, file in ipairs(found.write) do add("write", file) end
  return list
end

--- In the sandbox, takes the base URLs of the providers in a journal as if the
--- user had named them.  On the network only the user says where tokens go.  A
--- faulty journal is refused when the script reads it.
local function name_providers(path)
  if not config.sandbox and not config.replay then return end
  local ok, found = pcall(require "mkrun.journal".providers, path, config)
  for provider, facts in pairs(ok and found or {}) do
    config.base_urls[provider] = config.base_urls[provider] or facts.base_url
  end
end

--- Replaces each "files-in" by what the file names, and each "providers-in" by
--- nothing.  Does not read a file that may not be read.
local function expanded(self, asked, header)
  local list, set = {}, nil
  for _, grant in ipairs(asked) do
    local path = grant.kind == "files-in" and grant.value
    set = set or path and variables(header)
    if grant.kind == "providers-in" then
      if not is_strict() then name_providers(grant.value) end
    elseif not path then
      list[#list + 1] = grant
    elseif not is_strict() or path == "-" or self:allows("read", path) then
      for _, named in ipairs(files_in(self, path, set)) do
        list[#list + 1] = named
      end
    else
      list[#list + 1] = { kind = "read", value = path, text = grant.text }
    end
  end
  return list
end

--- Ends the run if the header asks for more than --allow-... gives.
local function check_asked(self, asked)
  local lines = {}
  for _, grant in ipairs(asked) do
    if not self:has(grant) then
      lines[#lines + 1] = ("%s: needs %s, which is not allowed (--allow-%s%s)")
        :format(name(), grant.text, grant.kind,
          grant.value and "=" .. grant.value or "")
    end
  end
  if not lines[1] then return end
  if reason() ~= "" then lines[#lines] = lines[#lines] .. reason() end
  refuse(table.unpack(lines))
end

--- Settings that name a file which the run writes, or which says what it does.
local KEPT <const> = { "journal", "resume", "held_path", "audit", "record",
  "plan_out", "sandbox", "apply", "replay", "faults", "cacert" }

local function keep_own_files(self)
  for _, setting in ipairs(KEPT) do
    local path = config[setting]
    if type(path) == "string" then self:keep(path) end
  end
  for _, path in ipairs(config.like or {}) do self:keep(path) end
  -- A script could write a wider @needs into its header, for the next run.
  local own = not is_flow() and config.script.path
  if own then self:keep(own) end
end

--- Returns true if the script may require a module that is not mkrun's.  Most
--- scripts do not, and need not load `mkrun.host.own_modules`.
local function has_modules(source)
  for module in source:gmatch "require%s*%(?%s*[\"'%[=]+([^\"'%]]*)" do
    local is_ours = module:find "^mkrun%."
      or module:match "^[^.]*" == config.provider().name
    if not is_ours then return true end
  end
  return false
end

--- Lets the script read the modules in the folder of a file that the file
--- requires by name.
local function add_modules(self, path, source)
  if is_flow() or not path or not source or not has_modules(source) then
    return
  end
  local modules = require "mkrun.host.own_modules"
  for _, module in ipairs(modules.find(path, source)) do
    self:add { kind = "read", value = module }
  end
end

--- Returns the files of `@provider`.
local function provider_files(header)
  if not header.providers[1] then return {} end
  return require "mkrun.host.provider_files".list(header)
end

--- Reads the files of `@provider`, before the cage is closed.
local function read_providers(self, files)
  if not files[1] then return end
  require "mkrun.host.provider_files".read(files)
  for _, file in ipairs(files) do
    if not is_strict() then add_modules(self, file.path, file.source) end
    self:keep(file.path)
  end
end

--- Makes the grants of this run, and reads the files of `@provider`.
local function granted(header)
  local list, message = needs.parse(header, config.needs)
  if not list then refuse(("%s: %s"):format(name(), message)) end
  if arguments.wants_help(header, arg) then help() end
  local self = grants.new { is_strict = is_strict(), why = reason() }
  for _, variable in ipairs(HARMLESS) do
    self:add { kind = "env", value = variable }
  end
  for _, grant in ipairs(needs.allowed(config.allows)) do
    local fault = needs.value_fault(grant.kind, grant.value)
    if fault then
      refuse(("--allow-%s=%s: %s"):format(grant.kind, grant.value, fault))
    end
    self:add(grant)
  end
  local asked = expanded(self, needs.resolve(header, list, arg), header)
  local files = provider_files(header)
  if is_strict() then
    for _, file in ipairs(files) do
      asked[#asked + 1] = { kind = "read", value = file.path,
        text = "read:" .. file.path }
    end
    check_asked(self, asked)
    self:add { kind = "read", value = config.script.path or "-" }
  end
  if is_strict() and not header.says_needs then
    self:add { kind = "api", value = "write" }
  end
  for _, grant in ipairs(asked) do
    if not is_strict() or grant.kind == "api" then self:add(grant) end
  end
  if not is_strict() then
    add_modules(self, config.script.path, config.script.source)
  end
  read_providers(self, files)
  return self, files
end

--- Stands guard over the methods of secrets, which the script and the host
--- share.
local function guard_secrets(self)
  backend.guard {
    ["secret.write"] = function(_, path)
      self:check("write", path)
      self:check_token(("write a secret to '%s'"):format(path))
    end,
    ["secret.pipe"] = function(_, command)
      self:check_run(command)
      self:check_token(("give a secret to '%s'"):format(command))
    end,
  }
end

--- Ends the run if the script asks for more than in the run that --resume
--- continues.  Warns if the script has changed.
local function check_earlier()
  if not config.resume then return end
  local journal = require "mkrun.journal".current()
  require "mkrun.journal.belonging".check_needs(config.resume, journal.head,
    config)
  require "mkrun.host.input".check_script(journal, function(text)
    io.stderr:write("mkrun: ", require "mkrun.printable".line(text), "\n")
  end)
end

--- Reads the files of --like that are in Lua, because the process that runs
--- such a file cannot start in the cage.  A script that reads the same file
--- reads it again.
local function read_likeness()
  for _, path in ipairs(config.like or {}) do
    if path:find "%.lua$" then
      local documents = require "mkrun.host.document"
      documents.ahead(path, { set = documents.set_of(arg) })
    end
  end
end

local function is_confined(header)
  return is_flow() or is_strict() or header.says_needs
end

--- Binds the main function of the script to its own world, and closes the
--- cage.
---@param main function
---@return function main
function M.enter(main)
  check_earlier()
  local header = headers.parse(config.script.source)
  if not is_confined(header) then
    if header.providers[1] then require "mkrun.host.provider_files".load() end
    return main
  end
  read_likeness()
  local self, files = granted(header)
  keep_own_files(self)
  guard_secrets(self)
  backend.confine_output()
  require "mkrun.host.close_cage"(self)
  local env = world.new(self)
  debug.setupvalue(main, 1, env)
  if files[1] then require "mkrun.host.provider_files".run(files, env) end
  return main
end

return M
