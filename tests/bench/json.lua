--- json.lua: how fast mkrun.json is; `build/mkrun tests/bench/json.lua`.
---
--- Each figure is the best of several rounds, in MB of JSON text per second.

local json = require "mkrun.json"

local ROUNDS, BYTES = 7, 4e6

--- One element for each kind of document.
local kinds = {
  { "answer of the API", function(i)
    return {
      id = "3f8c2a6e-" .. i, name = "team-" .. i, created = "2026-01-02T03:04Z",
      spec = {
        scopes = { ["project-" .. i] = { roles = { "reader", "writer" } } },
        members = { "alice@example.com", "bob@example.com" },
        enabled = i % 2 == 0, count = i,
      },
    }
  end },
  { "integers", function(i) return { i, i * 1000, i * 1000000, -i } end },
  { "decimals", function(i) return { i / 100, i * 1.5, i / 8 } end },
  { "random floats", function() return { math.random(), math.random() } end },
  { "plain text", function() return ("The quick brown fox. "):rep(10) end },
  { "wide text", function() return ("Größe — ελληνικά "):rep(10) end },
  { "escapes", function(i) return 'line\nline "quoted"\t' .. i end },
}

local function rate(work, size)
  local best, times = math.huge, math.max(3, BYTES // size)
  for _ = 1, ROUNDS do
    collectgarbage()
    local start = os.clock()
    for _ = 1, times do work() end
    best = math.min(best, (os.clock() - start) / times)
  end
  return size / best / 1e6
end

print(("%-20s %6s %8s %8s"):format("", "KB", "decode", "encode"))
for _, kind in ipairs(kinds) do
  local name, make = table.unpack(kind)
  local document = {}
  for i = 1, 400 do document[i] = make(i) end
  local text = assert(json.encode(document))
  print(("%-20s %6.0f %8.0f %8.0f"):format(name, #text / 1024,
    rate(function() json.decode(text) end, #text),
    rate(function() json.encode(document) end, #text)))
end
