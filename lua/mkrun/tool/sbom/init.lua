--- Prints the bill of materials of this binary, for `mkrun --sbom`: what is
--- linked into it, from which sources, with which patches.
---
--- vendor/sbom.lua collects the facts when the binary is built, and they are
--- part of it.  The host and vendor/dist/sbom.lua call this module.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local cyclonedx = require "mkrun.tool.sbom.cyclonedx"
local json = require "mkrun.json"
local spdx = require "mkrun.tool.sbom.spdx"
local sys = require "mkrun.sys"

local M = {}

local FACTS <const> = "sbom/facts"

local FORMATS <const> = {
  cyclonedx = cyclonedx.document, spdx = spdx.document,
}

---@class mkrun.SbomPatch
---@field [1] string  path in mkrun's source, or in Debian's
---@field [2] string  SHA-1
---@field [3] string  SHA-256

---@class mkrun.SbomPart
---@field name string
---@field version string      with Debian's revision, if its patches are inside
---@field licence string      SPDX licence expression
---@field purl string
---@field cpe? string         "vendor:product:version"
---@field file? string        name of the source's archive
---@field sum? string         SHA-256 of that archive
---@field url? string         where that archive comes from
---@field debian? string      name of the archive of Debian's patches
---@field debian_sum? string  SHA-256 of that archive
---@field patches mkrun.SbomPatch[]
---@field is_data? boolean    no code
---@field is_tool? boolean    the compiler

---@class mkrun.Sbom
---@field version string
---@field arch "x86_64"|"aarch64"
---@field parts mkrun.SbomPart[]
---@field commit string       "" outside of a git checkout
---@field seconds integer     time of the commit, seconds since 1970
---@field sha256? string      of the binary, where that is known
---@field id string           32 hexadecimal digits, different for each build

--- Returns the bill as a JSON text that ends with a line feed.
---@param facts string  what vendor/sbom.lua has written
---@param about { commit: string, seconds: integer, sha256: string? }
---@param format "cyclonedx"|"spdx"
---@return string
function M.render(facts, about, format)
  local bill = assert(json.decode(facts))
  bill.id = sys.sha256(facts .. about.commit .. (about.sha256 or "")):sub(1, 32)
  bill.commit, bill.seconds = about.commit, about.seconds
  bill.sha256 = about.sha256
  local document = FORMATS[format](bill)
  return assert(json.encode(document, { indent = 2, sort = true })) .. "\n"
end

--- Prints the bill of this binary in the format that `--sbom` names.
function M.print()
  local about = config.sbom
  io.write(M.render(sys.builtin(FACTS), about, about.format))
end

return M
