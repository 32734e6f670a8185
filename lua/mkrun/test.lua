--- Runs flows in a sandbox, for tests: see `mkrun help testing`.  Only files
--- that `mkrun test` runs can require this module.
-- SPDX-License-Identifier: MIT

if not require "mkrun.config".trial_settings then
  error("mkrun.test: only a test can require it: mkrun test FILE", 0)
end

return require "mkrun.tool.test.flow"
