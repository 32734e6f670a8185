-- json.lua decode|encode FILE COUNT: prints the seconds of one.
-- Runs under mkrun, and under the host of the unpatched lua-cjson.

local found, json = pcall(require, "mkrun.json")
if not found then json = require "cjson" end

local operation, name, count = ...
local file <close> = assert(io.open(name))
local text = file:read "a"
local subject = operation == "encode" and assert(json.decode(text)) or text
local work = json[operation]
collectgarbage()
local start = os.clock()
for _ = 1, count do assert(work(subject)) end
print((os.clock() - start) / count)
