--- documents.lua FOLDER: the documents that JSON and JSON Patch are timed on.

local json = require "mkrun.json"
local patch = require "mkrun.patch"

local folder = ...
math.randomseed(8259)

local function write(name, value)
  local file <close> = assert(io.open(folder .. "/" .. name .. ".json", "w"))
  assert(file:write(assert(json.encode(value))))
end

local function team(i)
  return {
    id = ("3f8c2a6e-0000-%08d"):format(i), created = "2026-01-02T03:04:05Z",
    name = "team-" .. i, description = ("Evening channels, desk %d"):format(i),
    spec = {
      scopes = { ["project-" .. i] = { roles = { "reader", "writer" } } },
      members = { { email = "kari@example.com", admin = i % 2 == 0 },
                  { email = "nils@example.com", admin = false } },
      weight = i / 8, limit = i * 1000,
    },
  }
end

local function list(count, make)
  local items = {}
  for i = 1, count do items[i] = make(i) end
  return items
end

write("small", { items = list(1, team) })
write("1mb", { items = list(3200, team) })
write("25mb", { items = list(78000, team) })
write("floats", list(20000, function() return math.random() end))
write("escapes", list(10000, function(i)
  return ('line\nline "quoted"\tpath C:\\temp\\%d\n'):format(i)
end))

-- Small: what `team` writes.  Large: one member of 10 MB, and of 1 MB a
-- member of every tenth element.
local before, after = team(1), team(1)
after.description = "Runs the evening channels"
after.spec.members[3] = { email = "new@example.com", admin = true }
after.spec.scopes.managementScope = { roles = { "managementReader" } }
write("small-from", before)
write("small-to", after)
write("small-patch", patch.diff(before, after))

write("10mb", { items = list(31000, team) })
write("10mb-patch", {
  { op = "replace", path = "/items/15500/spec/limit", value = 1 },
})
local changed = { items = list(3200, team) }
for i = 10, 3200, 10 do changed.items[i].spec.limit = 0 end
write("1mb-to", changed)
