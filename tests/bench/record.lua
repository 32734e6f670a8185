--- record.lua SPEC FOLDER: runs `onboard SPEC` on the sandbox, and keeps what
--- it asked and was told: `mkrun --sandbox --base-url URL record.lua ...`.
---
--- FOLDER/calls has a line for each call: METHOD TARGET BODY-FILE, where - is
--- no body; FOLDER/answers.json what canned.py answers with.

local sandbox = require "mkio.sandbox"
local json = require "mkrun.json"
local config = require "mkrun.config"

local spec, folder = ...
local calls, lines = json.array {}, {}

local function write(name, text)
  local file <close> = assert(io.open(folder .. "/" .. name, "w"))
  assert(file:write(text))
  return folder .. "/" .. name
end

local function query_of(request)
  local words = {}
  for name, value in pairs(request.query or {}) do
    words[#words + 1] = ("%s=%s"):format(name, value)
  end
  table.sort(words)
  return words[1] and "?" .. table.concat(words, "&") or ""
end

local function note(request, response)
  local target = request.url:match "^https?://[^/]+(.*)$"
  target = target .. query_of(request)
  local body = "-"
  if request.body then
    body = write(("body-%d.json"):format(#calls), request.body)
  end
  lines[#lines + 1] = ("%s %s %s\n"):format(request.method, target, body)
  calls[#calls + 1] = {
    method = request.method, target = target, status = response.status,
    body = response.body or "",
  }
end

-- Before anything requires mkrun.http, which opens the sandbox.
local open = sandbox.open
function sandbox.open(settings)
  local transport = open(settings)
  return function(request)
    local response, message, code = transport(request)
    if response then note(request, response) end
    return response, message, code
  end
end

local file <close> = assert(io.open "scripts/onboard.lua")
local source = file:read "a"
config.script = { name = "onboard", source = source }
local run = assert(load((source:gsub("^#", "--")), "@scripts/onboard.lua"))
run(spec)
write("calls", table.concat(lines))
write("answers.json", json.encode(calls))
