--- Validates documents by a JSON Schema with ajv, a package of npm.

local json = require "mkrun.json"

local npm = require "tests.support.npm"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local INTEGRITY = "sha512-KzJwANMzTTR/RERGnkx+bHzmxIfMTPMMv7+cH1d6Lx9U"
  .. "Q7BZyhiieq4hnO5lRuBWOtYTUL8hyWs7RJYI/45Rtg=="

--- Prints true or false for each document.  In its strict mode ajv refuses a
--- schema with a keyword that it does not know.
local CODE <const> = [[
  const { readFileSync } = require("fs");
  const Ajv = require(process.argv[1]).default || require(process.argv[1]);
  const input = JSON.parse(readFileSync(process.argv[2], "utf8"));
  const ajv = new Ajv({ strict: true, allowUnionTypes: true,
    validateFormats: false });
  const validate = ajv.compile(input.schema);
  console.log(JSON.stringify(input.documents.map((d) => validate(d))));
]]

local M = {}

--- Fetches ajv once.
---@return string? bundle  its path
---@return string? reason  why there is none
function M.fetch()
  if not shell.works "command -v node" then return nil, "there is no node" end
  local folder, reason = npm.fetch("ajv-dist", "8.17.1", INTEGRITY)
  return folder and folder .. "/dist/ajv2020.bundle.js", reason
end

--- Returns whether each document fits the schema.
---@param bundle string      of `fetch`
---@param schema string      JSON
---@param documents string[] JSON
---@return boolean[]
function M.validate(bundle, schema, documents)
  local input = temp.file(('{"schema": %s, "documents": [%s]}'):format(schema,
    table.concat(documents, ",")))
  local outcome = process.run { "node", "-e", CODE,
    shell.output("realpath " .. bundle), input }
  assert(outcome.code == 0, outcome.err)
  return json.decode(outcome.out)
end

return M
