--- Carries out `--dry-run`, `--plan-out` and `--apply`.  The host calls this
--- module before and after a script.
---
--- In a dry run only the plan goes to stdout.  The script's own output goes to
--- stderr.
-- SPDX-License-Identifier: MIT

local approved = require "mkrun.layer.approved"
local before_exit = require "mkrun.host.before_exit"
local config = require "mkrun.config"
local files = require "mkrun.plan.files"
local format = require "mkrun.plan.format"
local help_shown = require "mkrun.host.help_shown"
local init_code = require "mkrun.host.init_code"
local layer = require "mkrun.layer.plan"
local machine = require "mkrun.backend".machine
local markdown = require "mkrun.plan.markdown"
local own_file = require "mkrun.host.own_file"
local rights = require "mkrun.plan.rights"
local saved = require "mkrun.plan.saved"
local script = require "mkrun.script"
local scrub = require "mkrun.journal.scrub"
local show = require "mkrun.plan.show"
local stale = require "mkrun.plan.stale"
local sys = require "mkrun.sys"

local CHANGES <const> = 3 -- exit code: the plan has changes

local M = { record = layer.record() }

local stdout <const> = io.stdout
local own_files -- mkrun.PlannedFiles of a dry run
local document -- the plan that `--apply` applies

local function say(...)
  for i = 1, select("#", ...) do
    io.stderr:write(i > 1 and "\t" or "", tostring((select(i, ...))))
  end
  io.stderr:write "\n"
end

local function take_stdout()
  -- luacheck: push ignore 122 121
  io.stdout = io.stderr
  print = say
  -- luacheck: pop
  io.output(io.stderr)
end

local function refuse(message, ...)
  script.refuse(message:format(...))
end

local asks = false

--- Notes that the script itself asks the user to confirm deletions.  Then the
--- host does not ask, unless the script deleted something before it asked.
local function will_ask()
  asks = asks or #show.deletes(M.record).writes == 0
end

--- Prepares a dry run before its script starts.  Ends the run with exit code 2
--- if the plan could not be saved.
function M.start()
  if config.plan_out and not (config.script and config.script.path) then
    refuse "--plan-out: a SCRIPT with a name is needed, to be run again"
  end
  if config.plan_out then
    local ok, message = sys.check_place(config.plan_out, { overwrite = true })
    if not ok then refuse("--plan-out: %s", message) end
  end
  if config.record then require "mkrun.journal.har" end
  if config.rights then M.record.asked = {} end
  take_stdout()
  own_files = files.take_over()
  approved.on_question(will_ask)
  before_exit(M.finish, M.stop)
end

--- Ends the run if a plan depends on standard input, which `--apply` cannot
--- read again.
local function check_inputs()
  for _, input in ipairs(own_files.inputs) do
    if input.path == "-" then
      refuse("--plan-out: not kept, as the script read standard input, which "
        .. "--apply cannot read again")
    end
  end
end

--- Ends the run if an argument looks like a secret, because the plan contains
--- the arguments.
local function check_arguments()
  local words = { table.unpack(arg) }
  for _, action in ipairs(config.actions) do words[#words + 1] = action.text end
  if scrub.hides(scrub.texts(words)) then
    refuse "--plan-out: not kept, as an argument looks like a secret"
  end
end

--- Ends the run if `--apply` could not use the same sandbox.
local function check_sandbox()
  local file = config.sandbox
  if file == true then
    refuse("--plan-out: not kept, as this sandbox ends with the run: give "
      .. "--sandbox=FILE")
  elseif file and select(3, machine["sys.read"](file)) == "missing" then
    refuse("--plan-out: not kept, as the sandbox %s does not exist yet, and "
      .. "--apply would make another one: mkrun --sandbox=%s%s doctor makes "
      .. "it", file, file, config.like
      and " --like " .. table.concat(config.like, " --like ") or "")
  end
end

--- Raises if the model of the API could not plan a write, because `--apply`
--- would stop at this write.
local function check_known()
  local unknown = M.record.unknown[1]
  if unknown then
    error(("--plan-out: not kept, as a write cannot be planned: %s %s")
      :format(unknown.method, unknown.url), 0)
  end
end

--- Ends the run if the file of `--plan-out` contains anything but a plan.
---@param path string  path of the file
function M.check_file(path)
  local fault = own_file.fault(path, saved.LIKE, "no plan")
  if fault then script.refuse("--plan-out: " .. fault) end
end

local function keep_plan()
  check_inputs()
  check_arguments()
  check_sandbox()
  check_known()
  M.check_file(config.plan_out)
  local ok, message = saved.write(config.plan_out,
    saved.document(M.record, own_files, config, { table.unpack(arg) }))
  if not ok then error("--plan-out: " .. message, 0) end
end

local NO_FILES <const> = { written = {}, commands = {} }

--- Writes the planned deletions to stdout for the host, which then asks the
--- user.  Also writes the text that the host passes to `mkrun.layer.approved`.
local function tell_deletes(record)
  if asks then
    stdout:write("\0", approved.LATER)
    stdout:flush()
    return 0
  end
  local deletes = show.deletes(record)
  local text = #deletes.writes > 0
    and show.text(deletes, NO_FILES, config.color) or ""
  stdout:write(text, "\0", approved.encode(deletes))
  stdout:flush()
  return #deletes.writes > 0 and CHANGES or 0
end

local is_shown = false

--- Functions that format a plan, by the value of `--output`.
local writers = {
  json = show.json, jsonl = show.lines, markdown = markdown.of,
  html = function(...) return require "mkrun.plan.page".of(...) end,
}

--- Tells the plan to the test that has started this run.
local function tell_test(problem)
  local plan = show.document(M.record, own_files, problem)
  require "mkrun.trial".tell("plan " .. require "mkrun.json".encode(plan))
end

local function write_plan(problem)
  is_shown = true
  if config.trial_settings then tell_test(problem) end
  local writer = writers[config.plan_format or format.noted()]
  stdout:write(writer
    and writer(show.document(M.record, own_files, problem),
      show.summary(M.record, problem))
    or show.text(M.record, own_files, config.color, problem))
  stdout:flush()
end

--- Shows and saves the plan after the script has ended.
---@return integer exit_code
function M.finish()
  if help_shown.is_shown() and show.is_empty(M.record, own_files) then
    return 0
  end
  if config.plan_format == "deletes" then return tell_deletes(M.record) end
  if config.rights then return rights.show(M.record, stdout) end
  write_plan()
  if config.plan_out then keep_plan() end
  return show.is_empty(M.record, own_files) and 0 or CHANGES
end

--- Shows the writes that were planned before the script failed.
function M.stop()
  if config.plan_format == "deletes" then
    if asks then tell_deletes(M.record) end
    return
  end
  if config.rights then return rights.stop() end
  if is_shown or show.is_empty(M.record, own_files) then
    return
  end
  write_plan "the script failed"
end

local function check_place()
  if document.base_url ~= config.base_url then
    refuse("--apply: the plan is for %s, this run for %s (see --base-url)",
      document.base_url, config.base_url)
  elseif document.sandbox ~= (config.sandbox ~= false) then
    refuse("--apply: the plan was made %s --sandbox",
      document.sandbox and "with" or "without")
  end
  if document.init ~= init_code.digest(config) then
    refuse("--apply: LUA_INIT has changed since the plan was made; nothing was "
      .. "written: make a new plan")
  end
  local more = config.resume and "nothing more was" or "nothing was"
  local path, message = files.moved(document.inputs, config.resume ~= nil)
  if message then
    refuse("--apply: %s; %s written", message, more)
  elseif path then
    refuse("--apply: %s has changed since the plan was made; %s written: make "
      .. "a new plan", path, more)
  end
end

--- Returns true if the script is a built-in flow.  A user's script may have the
--- same name as a flow.
local function is_built_in(name, source)
  return name ~= nil and sys.builtin("scripts/" .. name) == source
end

--- Lets the script do what it could do when the plan was made, or less.
local function take_confinement()
  local strict = document.confine == "strict" or config.confine == "strict"
  config.confine = strict and "strict"
    or config.confine or document.confine ~= nil
  config.allows = document.allows
end

local function take_script()
  local known = document.script
  local source, message = saved.source(known)
  if not source then
    refuse("--apply: %s; nothing was written: make a new plan", message)
  end
  document.is_built_in = is_built_in(known.name, source)
  config.script = { name = known.name, path = known.path, source = source,
    is_flow = document.is_built_in, doubt = known.doubt }
  config.project = document.project
  config.planned_at = sys.parse_time(document.made or "")
  config.words = { document.is_built_in and known.name or known.path,
    table.unpack(document.arguments) }
end

--- Ends the run if a resumed run would not apply the plan of the run before.
local function check_resumed(head, digest)
  local path, plan = config.resume, head.plan or {}
  local undo = "to take back what was sent: mkrun undo " .. path
  if head.started_in and head.started_in ~= config.folder then
    refuse("--resume: %s: its run was started in %s: go there", path,
      head.started_in)
  elseif not document then
    refuse("--resume: %s: its run applied a plan that cannot be read now: %s; "
      .. "%s", path, digest, undo)
  elseif digest ~= plan.digest then
    refuse("--resume: %s: its run applied the plan %s, which is another one "
      .. "now; %s", path, config.apply, undo)
  end
end

--- Returns the plan that `--apply` applies.  The first call reads the plan and
--- its script.  Ends the run if the plan cannot be applied.
---@return table
function M.document()
  if document then return document end
  local head = config.resume
    and require "mkrun.journal".head(config.resume, config)
  local message -- or the digest
  document, message = saved.read(config.apply)
  if head then check_resumed(head, message) end
  if not document then refuse("--apply: %s", message) end
  config.planned = { path = config.apply, digest = message }
  check_place()
  take_confinement()
  take_script()
  return document
end

--- Returns the script and the arguments of the plan.  The host then runs the
--- script.
---@return {script: table, is_built_in: boolean, words: string[],
---  actions: {letter: string, text: string?}[], confine: string?}
function M.recall()
  M.document()
  before_exit(M.applied)
  return { script = config.script, is_built_in = document.is_built_in,
    words = config.words, actions = document.actions,
    confine = config.confine and tostring(config.confine) or nil }
end

--- Raises if what the plan wrote is not as it was declared.
local function check_written()
  local apply = package.loaded["mkrun.layer.apply"]
  local differences = apply and apply.differences() or {}
  if differences[1] then
    error("--apply: all was sent, but not all is as planned: "
      .. stale.join(differences), 0)
  end
end

--- Raises if the script ended and did not send every write of the plan, or if
--- what it wrote is not as it was declared.
---@return integer exit_code
function M.applied()
  for _, planned in ipairs(document.writes) do
    if not planned.is_sent and not planned.earlier then
      error(("--apply: the script ended without %s %s '%s', which is in the "
        .. "plan"):format(planned.action, planned.kind, planned.name), 0)
    end
  end
  check_written()
  return 0
end

return M
