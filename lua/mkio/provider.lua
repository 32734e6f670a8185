--- Describes MK.IO for `mkrun.rest`, which works with any REST API.
--- `mkrun.rest.provider` explains the fields.
-- SPDX-License-Identifier: MIT

local answers = require "mkio.answers"
local arguments = require "mkio.arguments"
local dialect = require "mkio.dialect"
local hint = require "mkio.hint"
local operations = require "mkio.operations"
local provider = require "mkrun.rest.provider"
local schema = require "mkio.schema"

return provider.new {
  name = "mkio", operations = operations, schema = schema, answers = answers,
  repeatable = dialect.repeatable, hint = hint.of, arguments = arguments,
  secrets = { { "metadata", "JWT" }, { "status", "password" } },
}
