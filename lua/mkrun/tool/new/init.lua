--- Starts a flow, a SPEC, a provider or a project: `mkrun new`.  The script
--- `new` calls this module.
---
--- The files are in scripts/examples/new.  In them, @NAME@ stands for the name,
--- @CAPITALS@ for the name in capitals, and @VERSION@ for mkrun's version.  No
--- file is overwritten.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local folders = require "mkrun.tool.folders"
local names = require "mkrun.tool.new.names"
local near = require "mkrun.closest_name"
local script = require "mkrun.script"
local sys = require "mkrun.sys"
local types = require "mkrun.tool.types"

local M = {}

local CI <const> = {
  github = { ".github/workflows/organization.yml", "github.yml" },
  gitlab = { ".gitlab-ci.yml", "gitlab.yml" },
}

local function fail(message)
  script.say("mkrun: " .. message)
  os.exit(1)
end

--- Returns a file of scripts/examples/new with its words filled in.
local function filled(template, name)
  local text = assert(sys.builtin("examples/new/" .. template), template)
  return (text:gsub("@(%u+)@", { NAME = name, CAPITALS = name:upper(),
    VERSION = config.version }))
end

--- Tells whether there is something at a path.
local function is_there(path)
  local place, message, code = sys.check_place(path)
  if place or code == "missing" then return false end
  if code == "exists" or sys.is_special(path) then return true end
  fail(message)
end

--- Prints a line, unless this is a dry run: the plan lists the files.
local function tell(line)
  if not config.dry_run then print(line) end
end

local function write(path, text)
  local done, message = folders.make(folders.of(path))
  if done then done, message = sys.write(path, text) end
  if not done then fail(message) end
  tell("wrote " .. names.word(path))
end

--- Writes all files, or none if one of them is there.
local function write_all(files)
  for _, file in ipairs(files) do
    if is_there(file[1]) then
      script.refuse(names.word(file[1])
        .. ": is there already; nothing was written")
    end
  end
  for _, file in ipairs(files) do write(file[1], file[2]) end
end

--- Says what to do next, unless this is a dry run, which has written nothing.
local function print_next(...)
  if config.dry_run then return end
  print "\nNext:"
  for _, command in ipairs { ... } do print("  " .. command) end
end

local function split(what, path, ending)
  local folder, name = names.split(path, ending)
  if not folder then script.refuse(("new %s: %s"):format(what, name)) end
  return folder, name
end

--- Warns if mkrun has a script of this name, which it runs by the bare name.
local function warn_built_in(folder, name)
  if folder ~= "" or not sys.builtin("scripts/" .. name) then return end
  script.say(("mkrun: warning: 'mkrun %s' runs the built-in %s; yours is "
    .. "'mkrun ./%s.lua'"):format(name, name, name))
end

--- Writes a flow.
---@param path string   "members", "flows/members.lua"
function M.flow(path)
  local folder, name = split("flow", path, ".lua")
  local file = names.word(folder .. name .. ".lua")
  write_all { { folder .. name .. ".lua", filled("flow.lua", name) } }
  warn_built_in(folder, name)
  print_next(("mkrun --help %s"):format(file),
    ("mkrun --sandbox --dry-run %s editors"):format(file),
    ("mkrun --sandbox %s editors kari@northlight.example"):format(file))
end

--- Returns the files of a SPEC.
local function spec_files(folder, name, schema)
  return { folder .. name .. ".json", filled("spec.json", name) },
    { folder .. name .. ".schema.json", schema .. "\n" }
end

--- Writes a SPEC and its schema.
---@param path? string    default "organization"
---@param schema string   the JSON Schema of a SPEC
function M.spec(path, schema)
  local folder, name = split("spec", path or "organization", ".json")
  local file = names.word(folder .. name .. ".json")
  write_all { spec_files(folder, name, schema) }
  print_next("mkrun check " .. file,
    "mkrun --sandbox --dry-run onboard " .. file,
    "mkrun --sandbox onboard " .. file)
end

--- Returns the folder and the name of a provider, or refuses the name.
local function provider_name(path)
  local folder, name = names.provider(path)
  if not folder then script.refuse("new provider: " .. name) end
  return folder, name
end

--- Writes the file of a provider, and says what to do next.
local function write_provider(folder, name, text)
  local file = folder .. name .. ".lua"
  write_all { { file, text } }
  print_next(("grep -n -e '-- ?' %s"):format(names.word(file)),
    ("mkrun %s"):format(names.word(file)))
end

--- Writes a provider: by an OpenAPI document, or one to fill in.
---@param path string    "petstore.json", or the name: "petstore"
---@param named? string  the provider's name, if it is not that of the document
function M.provider(path, named)
  local documents = require "mkrun.tool.new.provider.file"
  if not documents.is_one(path) then
    if named then script.usage "--name is for a document" end
    local folder, name = provider_name(path)
    return write_provider(folder, name, filled("provider.lua", name))
  end
  local document = documents.read(path)
  local folder, name = provider_name(named or documents.name(path, document))
  write_provider(folder, name, documents.text(path, document, name))
end

local function ci_files(ci)
  local files = CI[ci]
  if files then return files end
  local meant = near.find(ci, { "github", "gitlab" })[1]
  script.usage(("--ci: github or gitlab expected, got '%s'%s"):format(ci,
    meant and (", did you mean '%s'?"):format(meant) or ""))
end

--- Writes the files of a project that are not there yet.
local function write_missing(files)
  for _, file in ipairs(files) do
    if is_there(file[1]) then
      tell(("kept  %s, which is there already"):format(names.word(file[1])))
    else
      write(file[1], file[2])
    end
  end
end

--- Writes a project: a folder with a flow, a SPEC, a test, and what goes with
--- them.
---@param path string     the folder; "." is the current one
---@param schema string   the JSON Schema of a SPEC
---@param ci? string      "github" (default) or "gitlab"
function M.project(path, schema, ci)
  local job = ci_files(ci or "github")
  local folder, name = names.project(path)
  if not folder then script.refuse("new project: " .. name) end
  local count = types.write_to(folder .. ".mkrun/types")
  tell(("wrote %s, %d files"):format(names.word(folder .. ".mkrun/types"),
    count))
  local spec, its_schema = spec_files(folder, "organization", schema)
  write_missing { spec, its_schema,
    { folder .. "members.lua", filled("flow.lua", "members") },
    { folder .. "tests/members_spec.lua", filled("spec.lua", "members") },
    { folder .. job[1], filled(job[2], name) },
    { folder .. "Containerfile", filled("Containerfile", name) },
    { folder .. "README.md", filled("README.md", name) },
    { folder .. ".gitignore", filled("gitignore", name) },
    { folder .. ".luacheckrc", filled("luacheckrc", name) },
    { folder .. ".luarc.json", filled("luarc.json", name) } }
  local dry_run = "mkrun --sandbox --dry-run onboard organization.json"
  if folder == "" then
    print_next("mkrun test", "mkrun check organization.json", dry_run)
  else
    print_next("cd " .. names.word(folder:sub(1, -2)), "mkrun test", dry_run)
  end
end

return M
