--- Describes MK.IO for `mkrun.rest`, which works with any REST API.
--- `mkrun.rest.provider` explains the fields.  What mkrun has to know before
--- this library is loaded, with the names of MK.IO's model and subject, is in
--- `mkio.host`.
-- SPDX-License-Identifier: MIT

local answers = require "mkio.answers"
local arguments = require "mkio.arguments"
local dialect = require "mkio.dialect"
local hint = require "mkio.hint"
local operations = require "mkio.operations"
local rest = require "mkrun.rest"
local schema = require "mkio.schema"
local seal = require "mkio.seal"

return rest.provider {
  name = "mkio", operations = operations, schema = schema, answers = answers,
  repeatable = dialect.repeatable, hint = hint.of, arguments = arguments,
  seal = seal, item = { id = { "metadata", "id" },
    name = { "metadata", "name" } },
}
