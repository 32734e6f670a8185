--- Reads the list of guests for the script `invite`, finds the guests who need
--- an invite, and reports the results.  The script `invite` calls this module.
-- SPDX-License-Identifier: MIT

local csv = require "mkrun.csv"
local duplicates = require "mkrun.host.duplicates"
local input = require "mkrun.host.input"
local json = require "mkrun.json"
local json_text = require "mkrun.host.json_text"
local script = require "mkrun.script"

local address = require "mkrun.address"
local basis = require "mkrun.rest.basis"
local errors = require "mkrun.rest.error"
local inviting = require "mkio.flow.common.inviting"
local invites_class = require "mkio.resource.invites"
local lists_of = require "mkio.flow.common.lists"
local near = require "mkrun.rest.suggestion"
local report = require "mkio.flow.invite.report"
local shape = require "mkrun.rest.shape"
local value = require "mkrun.value"

---@class mkio.Guest
---@field email string
---@field teams? string[]    names of the teams that the guest will join
---@field comment? string    a text for the guest in the invite
---@field kept? string[]     details for the report; set if no invite is needed
---@field expired? table     an expired invite that the API still lists
---@field invite? table      the new invite
---@field found? boolean     true if another run or person sent `invite`
---@field problem? mkrun.rest.Error
---@field again? boolean     true if the first try failed and a second follows
---@field is_done? boolean   true after the last try
---@field is_told? boolean   true if the guest's result is printed

local M = { invite = inviting.send }

-- Reading the file of guests -------------------------------------------------

local text = shape.text { min = 1 }

local list = shape.list(shape.object {
  ["email!"] = shape.email(), teams = shape.set(text), comment = text,
})

local COLUMNS <const> = { email = true, teams = true, comment = true }

local function trimmed(field) return field:match "^%s*(.-)%s*$" end

--- Splits a text into names: "night-desk; auditors" becomes { "night-desk",
--- "auditors" }.  Returns nil if the text contains no name.
local function split(field)
  local names, seen = {}, { [""] = true }
  for part in (field or ""):gmatch "[^;]+" do
    local name = trimmed(part)
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  return names[1] and json.array(names) or nil
end

local function check_columns(names)
  for _, name in ipairs(names) do
    if not COLUMNS[name] then
      return ("line 1: column 'email', 'teams' or 'comment' expected, got "
        .. "'%s'"):format(name)
    end
  end
  if not value.set(names).email then
    return "line 1: there is no column 'email'"
  end
end

--- Returns true if a row is empty.  Some spreadsheet programs write rows that
--- contain only separators below the last guest.
local function is_blank(fields, names)
  for _, field in pairs(fields) do
    if trimmed(field) ~= "" then return false end
  end
  return #names > 1
end

--- Returns the guests in a CSV file and the line number of each guest.
local function from_csv(content)
  local records, names = csv.records(content)
  local fault = not records and names or check_columns(names)
  if fault then return nil, fault end
  local guests, lines = json.array {}, {}
  for _, record in ipairs(records) do
    local comment = trimmed(record.fields.comment or "")
    if not is_blank(record.fields, names) then
      guests[#guests + 1] = {
        email = trimmed(record.fields.email),
        teams = split(record.fields.teams),
        comment = comment ~= "" and comment or nil,
      }
      lines[#lines + 1] = record.line
    end
  end
  return guests, lines
end

local function parse(content)
  content = content:gsub("^\xEF\xBB\xBF", "") -- removes a byte order mark
  if not json_text.is_meant(content) and not json_text.is_yaml(content) then
    return from_csv(content)
  end
  local decoded, message = json_text.decode(content)
  if decoded == nil then return nil, message end
  local pointer, twice = duplicates.find(content)
  if pointer then return nil, ("at '%s': %s"):format(pointer, twice) end
  return decoded
end

--- Describes the place in the file that a JSON pointer refers to, such as
--- "line 7, column 'email'" for CSV and "at '/5/email'" for JSON.
local function place_of(pointer, lines)
  local index, column = pointer:match "^/(%d+)/([^/]+)"
  if not index or type(lines) ~= "table" then
    return shape.place(pointer)
  end
  return ("line %d, column '%s'"):format(lines[tonumber(index) + 1], column)
end

--- Returns the problems of the guests, each with a pointer and a text.  An
--- e-mail address that occurs twice is a problem, because the user may not have
--- noticed the second line.
local function check(guests)
  local problems, seen = {}, {}
  for i, guest in ipairs(json.is_array(guests) and guests or {}) do
    local ok, pointer, expected = shape.check(list, json.array { guest })
    local key = ok and address.key(guest.email)
    if not ok then
      pointer = pointer:gsub("^/0", "/" .. i - 1)
    elseif seen[key] then
      pointer = ("/%d/email"):format(i - 1)
      expected = ("'%s' is there twice"):format(guest.email)
    end
    if expected then
      problems[#problems + 1] = { pointer = pointer, text = expected }
    end
    seen[key or 0] = true
  end
  local ok, pointer, expected = shape.check(list, guests)
  if not ok and not problems[1] then
    problems[1] = { pointer = pointer, text = expected }
  end
  return problems
end

local MOST <const> = 20

--- Prints the problems of the file and exits with code 2.
local function refuse(guests, problems)
  local texts = {}
  for i = 1, math.min(#problems, MOST) do
    texts[i] = ("%s: %s: %s"):format(guests.path,
      place_of(problems[i].pointer, guests.lines), problems[i].text)
  end
  if #problems > MOST then
    texts[#texts + 1] = ("%s: and %d more"):format(guests.path,
      #problems - MOST)
  end
  script.refuse(table.unpack(texts))
end

--- Reads the guests from a CSV or JSON file.  If the file contains mistakes,
--- prints the mistakes and exits with code 2.
---@param path string  the path of the file; "-" is standard input
---@return mkio.Guest[]
---@return {path: string, lines: integer[]?} source  the file, for messages
function M.read(path)
  local content, message = input.read(path)
  if not content then script.refuse(message) end
  local guests, lines = parse(content)
  if not guests then script.refuse(("%s: %s"):format(path, lines)) end
  local source = { path = path, lines = lines }
  local problems = check(guests)
  if problems[1] then refuse(source, problems) end
  for _, guest in ipairs(guests) do
    if guest.teams and not guest.teams[1] then guest.teams = nil end
  end
  return guests, source
end

--- Gives the teams of `--team` to the guests for whom the file names no team.
---@param guests mkio.Guest[]
---@param names? string[]   the values of `--team`
---@return string[]? teams  the names without repetitions; nil if there are none
function M.default(guests, names)
  local teams, seen = json.array {}, {}
  for _, name in ipairs(names or {}) do
    if not seen[name] then teams[#teams + 1] = name end
    seen[name] = true
  end
  teams = teams[1] and teams or nil
  for _, guest in ipairs(guests) do guest.teams = guest.teams or teams end
  return teams
end

-- Finding the guests who need an invite --------------------------------------

--- Returns members or open invites, by `address.key`.
local function by_email(items)
  local found = {}
  for _, item in ipairs(items) do
    local email = value.dig(item, "spec", "email")
    if email then found[address.key(email)] = item end
  end
  return found
end

--- Returns true if a guest names a team.
local function names_teams(guests, default)
  if default then return true end
  for _, guest in ipairs(guests) do
    if guest.teams then return true end
  end
  return false
end

--- Returns the teams by name.  They are read only if a guest names a team.
local function teams_by_name(lists, guests, default)
  local teams = {}
  if not names_teams(guests, default) then return teams end
  for _, team in ipairs(lists:items "teams") do
    teams[team.metadata.name] = team
  end
  return teams
end

--- Returns the message "there is no team 'x'", and a hint with a similar name.
local function no_team(name, teams)
  return ("there is no team '%s'"):format(name),
    near.hint(name, value.names(teams))
end

--- Returns the names in the file that no team has, without repetitions.  Each
--- name has the pointer of its first occurrence and its number of occurrences.
local function unknown_names(guests, teams, default)
  local unknown = {}
  for i, guest in ipairs(guests) do
    for j, name in ipairs(guest.teams ~= default and guest.teams or {}) do
      if not teams[name] and not unknown[name] then
        unknown[name] = { name = name, count = 0,
          pointer = ("/%d/teams/%d"):format(i - 1, j - 1) }
        unknown[#unknown + 1] = unknown[name]
      end
      if not teams[name] then
        unknown[name].count = unknown[name].count + 1
      end
    end
  end
  return unknown
end

--- Exits with code 2 if the file names a team that does not exist.  Raises an
--- error if `--team` names a team that does not exist.
local function check_teams(guests, teams, source, default)
  for _, name in ipairs(default or {}) do
    if not teams[name] then
      errors.refuse("missing", no_team(name, teams))
    end
  end
  local problems = {}
  for i, unknown in ipairs(unknown_names(guests, teams, default)) do
    local text_, hint = no_team(unknown.name, teams)
    if unknown.count > 1 then
      text_ = ("%s, named %d times"):format(text_, unknown.count)
    end
    problems[i] = { pointer = unknown.pointer,
      text = hint and text_ .. ": " .. hint or text_ }
  end
  if problems[1] then refuse(source, problems) end
end

--- Returns the names of the guest's teams for which `is_named` returns false.
local function lacking(guest, is_named)
  local names = {}
  for _, name in ipairs(guest.teams or {}) do
    if not is_named(name) then names[#names + 1] = name end
  end
  return names
end

local function member_note(guest, user, teams)
  local names = lacking(guest, function(name)
    return value.dig(teams[name], "spec", "members", user.metadata.id)
  end)
  return names[1] and { "a member, but not of " .. value.quoted(names) }
    or { "a member" }
end

local function invite_note(guest, invite)
  local named = value.set(value.dig(invite, "spec", "teams"))
  local names = lacking(guest, function(name) return named[name] end)
  local since = value.dig(invite, "metadata", "created") or "an unknown day"
  local note = "open since " .. since:sub(1, 10)
  return names[1] and { note .. ", without " .. value.quoted(names) }
    or { note }
end

--- Sets `guest.kept` if the guest needs no invite.  Sets `guest.expired` if the
--- guest has an expired invite.
local function look_at(guest, user, invite, teams)
  if user then
    guest.kept = member_note(guest, user, teams)
  elseif invite and invites_class.is_expired(invite) then
    guest.expired = invite
  elseif invite then
    guest.kept = invite_note(guest, invite)
  end
end

--- Tells a plan on what it rests that a guest gets no invite.
local function note_basis(org, user, invite)
  if user then
    basis.note(org.users, "users.get", "user_id", user.metadata.id)
  else
    basis.note(org.invites, "invites.get", "invite_id", invite.metadata.id)
  end
end

--- Returns true if a guest has no comment.
local function lacks_comment(guests)
  for _, guest in ipairs(guests) do
    if not guest.comment then return true end
  end
  return false
end

--- Begins to read what a run of `look` and `comment` needs.
local function begin_lists(org, guests, default, comment)
  local lists = lists_of.new(org, { teams = "members", organization = "name" })
  if names_teams(guests, default) then lists:begin { "teams" } end
  lists:begin { "users", "invites" }
  if not comment and lacks_comment(guests) then
    lists:begin { "organization" }
  end
  return lists
end

--- Sets `kept` for the guests who need no invite.  If a team does not exist,
--- the run exits with code 2.
---@param org mkio.Organization
---@param guests mkio.Guest[]
---@param source? {path: string, lines: integer[]?}  the file, for messages
---@param default? string[]  teams of `--team`
---@param comment? string  the text of `--comment`
---@return mkio.Guest[] missing  guests who need an invite
---@return mkio.Lists lists      for `comment`
function M.look(org, guests, source, default, comment)
  local lists = begin_lists(org, guests, default, comment)
  local teams = teams_by_name(lists, guests, default)
  check_teams(guests, teams, source or { path = "guests" }, default)
  local users, invites = by_email(lists:items "users"),
    by_email(lists:items "invites")
  local missing = {}
  for _, guest in ipairs(guests) do
    local key = address.key(guest.email)
    look_at(guest, users[key], invites[key], teams)
    if guest.kept then
      note_basis(org, users[key], invites[key])
    else
      missing[#missing + 1] = guest
    end
  end
  return missing, lists
end

--- Returns the text for the invites of guests without a comment.
---@param lists mkio.Lists      from `look`
---@param missing mkio.Guest[]  guests who need an invite
---@param given? string         the text of `--comment`
---@return string? comment      nil if no guest needs it
function M.comment(lists, missing, given)
  if given or not lacks_comment(missing) then return given end
  return "Welcome to " .. lists:items "organization".spec.name
end

M.reporting = report.reporting

return M
