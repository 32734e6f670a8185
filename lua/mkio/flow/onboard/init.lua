--- The steps of `onboard`: reads the SPEC, checks it, and creates or updates
--- its organization, webhook rules, teams, invites and tokens.  The SPEC is the
--- JSON file that says what an organization shall contain.  The scripts
--- `onboard` and `webhooks` call it.
-- SPDX-License-Identifier: MIT

local script = require "mkrun.script"

local address = require "mkrun.address"
local alike = require "mkio.flow.common.alike"
local errors = require "mkrun.rest.error"
local guests = require "mkio.flow.onboard.guests"
local last_days = require "mkio.flow.onboard.last_days"
local newer = require "mkrun.rest.newer"
local part = require "mkio.flow.onboard.part"
local people_notes = require "mkio.flow.common.people_notes"
local places = require "mkio.flow.onboard.places"
local preflight = require "mkio.flow.onboard.preflight"
local resumed = require "mkio.flow.common.resumed"
local reader = require "mkio.flow.onboard.files"
local selection = require "mkio.flow.common.selection"
local secrets = require "mkio.flow.onboard.secrets"
local shape = require "mkrun.rest.shape"
local sources = require "mkio.flow.onboard.sources"
local spec = require "mkio.flow.onboard.spec"
local tokens = require "mkio.flow.onboard.tokens"
local unused = require "mkio.flow.onboard.unused"
local value = require "mkrun.value"
local webhooks = require "mkio.resource.webhooks"

local M = { methods = spec.methods, projects = spec.projects }

--- Exits with code 2 if something is wrong, and tells all of it.
local function refuse_any(faults)
  local lines = {}
  for i, fault in ipairs(faults) do lines[i] = reader.message(fault) end
  if lines[1] then script.refuse(table.unpack(lines)) end
end

--- Returns the patterns of an option.  Exits with code 2 if one is wrong.
local function patterns(option, values)
  local list = selection.split(values)
  for _, pattern in ipairs(list) do
    local fault = selection.fault(pattern)
    if fault then script.refuse(("%s: %s"):format(option, fault)) end
  end
  return list
end

--- Returns the part of a SPEC that --only, --except and the list "ignore" of
--- the SPEC leave.  Exits with code 2 if a pattern is wrong.
---@param document table  the SPEC
---@param options {only: string[]?, except: string[]?}  options of the command
---  line
---@return table part   a SPEC, too
---@return mkio.Selection
function M.part(document, options)
  local chosen = selection.new { ignore = document.ignore,
    only = patterns("--only", options.only),
    except = patterns("--except", options.except) }
  return part.of(document, chosen), chosen
end

--- Reads a SPEC from one or several files.  Merges several by the names of
--- what they describe.  Reads the secrets of the part that --only and --except
--- leave, and no others.  Exits with code 2 and tells all that is wrong.
---@param files string|string[]
---@param options? mkio.ReadOptions|boolean  true: `read_outside`
---@return table document
function M.read(files, options)
  if type(files) == "string" then files = { files } end
  if type(options) ~= "table" then options = { read_outside = options } end
  local document, faults = reader.read(files, options)
  refuse_any(faults)
  local wanted = M.part(document, options)
  reader.note_sources(document, wanted)
  refuse_any(reader.secret_faults(document, wanted))
  newer.warn(spec.newer(document),
    function(at) return places.place(document, at) end)
  return document
end

--- Leaves the files and variables of secrets in a SPEC unread, for a flow that
--- sends no secret.  Call it before `read`.
M.leave_secrets = secrets.leave

--- Returns where a part of a SPEC stands, for a message: "base.json: at
--- '/teams/0'".
---@type fun(document: table, pointer: string, file?: string): string
M.place = places.place

--- Reads a file with the webhook rules of one project.  Exits with code 2 if
--- the file is wrong.
---@param file string
---@param outside? boolean  relative paths in it may leave its folder
---@return table[]
function M.read_webhooks(file, outside)
  local rules = script.read_json(file)
  local function refuse_at(faults)
    for _, fault in ipairs(faults) do fault.file = file end
    refuse_any(faults)
  end
  local faults = spec.rule_faults(rules)
  for _, fault in ipairs(sources.faults(rules, file, outside)) do
    faults[#faults + 1] = fault
  end
  refuse_at(faults)
  sources.note(rules)
  refuse_at(spec.rule_secret_faults(rules))
  newer.warn(spec.newer_webhooks(rules),
    function(at) return ("%s: %s"):format(file, shape.place(at)) end)
  return rules
end

--- Exits with code 2 if a pattern of --only or --except fits nothing, neither
--- in SPEC nor in the organization, and tells of those of "ignore" that do.  A
--- run that is resumed may have removed what a pattern fits.
---@param document table  the part of the SPEC
---@param lists mkio.Lists
function M.check_patterns(document, lists)
  if resumed.is_resumed() then return end
  local faults = unused.faults(lists, document)
  if faults[1] then script.refuse(table.unpack(faults)) end
  for _, note in ipairs(unused.notes(lists, document)) do
    script.say("mkrun: " .. note)
  end
end

--- Ends the run with the problems of a SPEC or of a part of it, if there are
--- any.
local function refuse_all(problems, document, file)
  local lines, whole = {}, part.whole(document)
  for i, problem in ipairs(problems) do
    local pointer = part.pointer(document, problem.pointer)
    lines[i] = ("%s: %s"):format(places.place(whole, pointer, file),
      problem.text)
  end
  if lines[1] then script.refuse(table.unpack(lines)) end
end

--- Begins to read the lists that a SPEC needs, side by side.
M.begin = preflight.begin

--- Looks up the names in the SPEC before the first write.  If some are wrong,
--- it prints all of them and exits with code 2.
---@param org mkio.Organization
---@param here table      the document of the organization
---@param document table  the SPEC
---@param file? string    the path of a SPEC that `read` has not read
---@param options? {write_secrets: boolean?}  options of the command line
---@param lists? mkio.Lists  the lists that `begin` has begun to read
---@return table<string, table> methods  the payment methods, by their names in
---  the SPEC
function M.preflight(org, here, document, file, options, lists)
  if lists then M.check_patterns(document, lists) end
  local problems, methods = preflight.run(org, here, document,
    options and options.write_secrets, lists)
  refuse_all(problems, document, file)
  if lists and document.teams then
    local users = lists:checkable("users", nil) or {}
    for _, note in ipairs(people_notes.mistyped(part.whole(document), document,
      users)) do
      script.say("mkrun: " .. note)
    end
  end
  return methods
end

--- Checks the names in the webhook rules of one project, as `preflight` does
--- for a SPEC.
---@param rules mkio.Webhooks
---@param wishes table[]    the rules in the file
---@param file string       the path of the file, for messages
---@param is_due? boolean   true if all rules are to be sent
---@param items? table[]    the existing rules, if the caller has just read them
function M.preflight_webhooks(rules, wishes, file, is_due, items)
  refuse_all(preflight.run_rules(rules, wishes, is_due, items), wishes, file)
end

--- Raises "masked": the rule has to be sent, and the environment variables of
--- some of its secrets are not set.
local function raise_unset(name, unset)
  errors.raise("masked", ("rule '%s' has to be sent with its secrets")
    :format(name), "set " .. table.concat(unset, ", "))
end

--- Creates or updates a webhook rule of the SPEC.  The API does not show
--- secrets, so nobody can compare them.  With `write_secrets` they are sent
--- again; without it the details say that they were not compared.
---@param rules mkio.Webhooks
---@param rule table               the rule in the SPEC
---@param write_secrets? boolean
---@param options? mkio.EnsureRuleOptions   more of them, for `ensure`
---@return string outcome
---@return string[] details
function M.webhook(rules, rule, write_secrets, options)
  local want, unset = spec.webhook(rule)
  options = options or {}
  local ok, problem, outcome, details = pcall(rules.ensure, rules, rule.name,
    want, { rotate = write_secrets, have = options.have,
      is_new = options.is_new })
  if not ok then
    local masked = errors.is(problem) and problem.code == "masked"
    if masked and unset[1] then raise_unset(rule.name, unset) end
    error(problem, 0)
  end
  if outcome == "unchanged" and webhooks.has_secrets(rule) then
    details = { "secrets not compared, --write-secrets sends them" }
  end
  return outcome, details
end

--- Returns the fields of the SPEC's organization that the API knows, or nil.
---@param wish? table  `organization` of the SPEC
---@return table?
function M.organization_fields(wish)
  if not wish then return nil end
  local fields = {}
  for name, field in pairs(wish) do
    if name ~= "create" and name ~= "is_part" then fields[name] = field end
  end
  return fields
end

--- Raises "organization": the token belongs to `here`, and the SPEC is for the
--- organization `name`.
local function raise_other(here, there, name, is_new)
  if is_new then
    errors.raise("organization", ("'%s' is created, and the run has to stop "
      .. "here"):format(name), ("a token is tied to one organization: make one "
      .. "for %s, and run this again with it"):format(there.metadata.id))
  end
  local hint = there
    and ("a token is tied to one organization: make one for %s, and run this "
      .. "again with it"):format(value.dig(there, "metadata", "id") or name)
    or "is the name in SPEC right?  Else use a token of that organization, or "
      .. "\"create\": true makes a new one, which cannot be deleted"
  errors.refuse("organization", ("the token belongs to '%s', not to '%s'")
    :format(here.spec.name, name), hint)
end

--- Refuses to create an organization whose name is like that of an existing
--- one.  An organization cannot be deleted, so a typing error must not create
--- one.
local function check_twins(org, name)
  for other in org.me.organizations:each() do
    local known = value.dig(other, "metadata", "name") or ""
    if alike.key(known) == alike.key(name) then
      errors.refuse("organization", ("there is '%s', and '%s' was to be "
        .. "created: %s"):format(known, name, alike.DIFFERENCE),
        "use the name of the existing one")
    end
  end
end

--- Raises "organization" unless the token belongs to the organization of the
--- SPEC.
---@param org mkio.Organization
---@param here table      the document of the token's organization
---@param document table  the SPEC
function M.check_owner(org, here, document)
  local name = value.dig(document, "organization", "name")
  if not name or name == here.spec.name then return end
  raise_other(here, org.me.organizations:find(name), name)
end

--- Checks that the token belongs to the organization of the SPEC.  Raises
--- "organization" if it belongs to another one, because a token acts in its own
--- organization only.  Before that, creates the organization if the SPEC asks
--- for it and it does not exist.
---@param org mkio.Organization
---@param here table      the document of the token's organization
---@param document table  the SPEC
---@param file? string    the path of a SPEC that `read` has not read
---@param out mkrun.Report
---@return table? fields  the fields of the organization in the SPEC
function M.check_organization(org, here, document, file, out)
  local wish = document.organization
  local fields = M.organization_fields(wish)
  if not fields or fields.name == here.spec.name then return fields end
  local there = org.me.organizations:find(fields.name)
  local is_new = not there and wish.create
  if is_new then
    check_twins(org, fields.name)
    refuse_all(preflight.run_for_new(org, document), document, file)
    there = org.me.organizations:ensure(fields)
    out:step("created", "organization", fields.name)
  end
  raise_other(here, there, fields.name, is_new)
end

--- Returns the ids of all users, by `address.key`.
---@param org mkio.Organization
---@param items? table[]   the users, if the caller has just read them
---@return table<string, string>
function M.user_ids(org, items)
  local ids = {}
  for _, user in ipairs(items or org.users:list()) do
    local email = value.dig(user, "spec", "email")
    if email then ids[address.key(email)] = user.metadata.id end
  end
  return ids
end

--- Splits the members of a team in the SPEC into users and other persons.
--- Leaves out those whose last day is over.
---@param members? {email: string, isTeamAdmin: boolean?}[]
---@param ids table<string, string>  ids of all users, by e-mail address
---@return table<string, {isTeamAdmin: boolean?}> users  by id, as the API
---  expects them
---@return string[] strangers  addresses of members who are not users
function M.split(members, ids)
  local users, strangers = {}, {}
  for _, member in ipairs(last_days.current(members) or {}) do
    local id = ids[address.key(member.email)]
    if id then
      users[id] = { isTeamAdmin = member.isTeamAdmin }
    else
      strangers[#strangers + 1] = member.email
    end
  end
  return users, strangers
end

--- Returns true if the id of a member differs between the two maps.
local function has_gone(members, before, now)
  for _, member in ipairs(members or {}) do
    local email = address.key(member.email)
    if before[email] ~= now[email] then return true end
  end
  return false
end

--- Creates or updates a team of the SPEC.  If a user is deleted in the
--- meantime, it tries once more with the users that still exist.
---@param org mkio.Organization
---@param wish table  the team in the SPEC
---@param ids table<string, string>  ids of all users, by e-mail address; a
---  second try updates them
---@param options? mkrun.rest.EnsureOptions
---@return string outcome
---@return string[] details
---@return string[] strangers  addresses of members who are not users
function M.team(org, wish, ids, options)
  local strangers
  local function try()
    local members
    members, strangers = M.split(wish.members, ids)
    return org.teams:ensure(wish.name, { description = wish.description,
      members = members, scopes = wish.scopes }, options)
  end
  local ok, problem, outcome, details = pcall(try)
  if not ok and errors.is_refused(problem) then
    local now = M.user_ids(org)
    if has_gone(wish.members, ids, now) then
      for email in pairs(ids) do ids[email] = now[email] end
      ok, problem, outcome, details = pcall(try)
    end
  end
  if not ok then error(problem, 0) end
  return outcome, details, strangers
end

--- Prints the end of the report.  Exits with code 1 if a step failed.
---@param out mkrun.Report
function M.finish(out)
  out:finish()
  if out.counts.failed > 0 then os.exit(1) end
end

M.guests = guests.new

M.know, M.ensure_token, M.token = tokens.know, tokens.ensure, tokens.step

return M
