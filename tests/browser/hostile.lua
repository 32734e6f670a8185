--- Prints pages whose every text tries to break out of its place, or the JSON
--- of what such a page has to show.
--
-- @usage  mkrun tests/browser/hostile.lua access|access-json|tables|tables-json
-- @exit   0 done
-- @tags   read

local json = require "mkrun.json"
local page = require "mkrun.page"
local page_of_report = require "mkio.flow.access_report.page"
local tables = require "mkio.flow.access_report.tables"

local NASTY <const> = {
  "</script><script>window.hacked = 1</script>", "<!-- <script>", "]]>",
  "<img src=x onerror='window.hacked = 1'>", "a|b\\|c", "`code` ```", "@all",
  "\"><b onmouseover=\"window.hacked = 1\">", "'x'", "&lt;&amp;&#60;",
  "\u{202E}gpj.exe", "\u{200F}rtl\u{200E}", "line\u{2028}and\u{2029}", "nul\0!",
  "soft\u{AD}hyphen", "tab\tand\nline", "${alert(1)}", "javascript:alert(1)",
  "__proto__", "constructor", "\u{FEFF}bom",
  "filler\u{3164}\u{34F}\u{2800}", "tag\u{E0041}", "é ü 漢字 🎬",
}

local at = 0

--- Returns another text each time, with `word` in it so that it is unique.
local function nasty(word)
  at = at + 1
  return NASTY[(at - 1) % #NASTY + 1] .. " " .. word .. at
end

local function uuid()
  at = at + 1
  return ("00000000-0000-4000-8000-%012d"):format(at)
end

local function report()
  local users, access, tokens, scopes, roles, invites = json.array(),
    json.array(), json.array(), json.array(), json.array(), json.array()
  for i = 1, #NASTY do
    users[i] = { user = nasty "user", name = nasty "name", userId = uuid() }
    scopes[i] = { scope = nasty "scope", resources = json.array {
      "core.project/" .. nasty "project" } }
    roles[i] = { role = nasty "role", capabilities = json.array {
      "ams.asset." .. nasty "verb" } }
    tokens[i] = { user = users[i].user, tokenId = uuid(), type = nasty "type",
      description = nasty "token", expires = nasty "expires",
      lastUsed = nasty "used", permissions = json.array { nasty "right" } }
    invites[i] = { user = nasty "guest", inviteId = uuid(),
      teams = json.array { nasty "team" }, invitedBy = nasty "by",
      created = nasty "created", expires = nasty "lapses" }
    access[i] = { team = NASTY[i], scope = scopes[i].scope,
      role = roles[i].role, user = users[i].user, userId = users[i].userId,
      isTeamAdmin = i % 2 == 0 }
  end
  table.sort(access, function(a, b) return a.team < b.team end)
  return { organization = { id = uuid(), name = NASTY[1] }, users = users,
    access = access, tokens = tokens, scopes = scopes, roles = roles,
    invites = invites, findings = json.array {
      { finding = "administrators", items = json.array {
        { user = users[1].user, userId = users[1].userId } } },
      { finding = "allProjects", items = json.array { { team = NASTY[2],
        scope = scopes[2].scope, role = roles[2].role, members = 1 } } },
    } }
end

local function sections()
  local rows = json.array()
  for i, text in ipairs(NASTY) do
    rows[i] = { what = i % 2 == 0 and "missing" or "differs", kind = text,
      tone = i % 2 == 0 and "add" or "change", name = nasty "name",
      details = json.array { nasty "first", nasty "second" } }
  end
  return { { title = NASTY[1], note = NASTY[2], rows = rows, columns = {
    { key = "what", title = "What", filter = true },
    { key = "kind", title = "Kind", filter = true },
    { key = "name", title = "Name" },
    { key = "details", title = "Details", fold = true, code = true },
  } } }
end

local writers = {}

function writers.access()
  return page_of_report.render(report(), { user = "<b>" })
end

writers["access-json"] = function()
  return assert(json.encode(tables.document(report())))
end

function writers.tables()
  return page.render { title = NASTY[1], subtitle = NASTY,
    sections = sections() }
end

writers["tables-json"] = function()
  return assert(json.encode(sections()[1].rows))
end

io.write(writers[(...)]())
