--- Is a copy of Lua's globals for the modules of the prompt: `print = 1`, typed
--- there, is to break nothing but itself.
-- SPDX-License-Identifier: MIT

local copy = {}
for name, value in pairs(_G) do copy[name] = value end
return copy
