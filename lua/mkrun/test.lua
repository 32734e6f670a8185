--- Runs flows in a sandbox, for tests: see `mkrun help testing`.
-- SPDX-License-Identifier: MIT

return require "mkrun.tool.test.flow"
