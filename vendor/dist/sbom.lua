--- Prints the bill of materials of a binary that need not run on this machine.
---
---     mkrun sbom.lua FACTS BINARY COMMIT SECONDS FORMAT
---
--- It is what `mkrun --sbom=FORMAT` of that binary prints, with the binary's
--- hash, which a binary cannot know.
-- SPDX-License-Identifier: MIT

local sbom = require "mkrun.tool.sbom"
local sys = require "mkrun.sys"

local facts, binary, commit, seconds, format = ...

io.write(sbom.render(assert(sys.read(facts)), {
  commit = commit, seconds = math.tointeger(seconds),
  sha256 = sys.sha256(assert(sys.read(binary))),
}, format))
