#!/usr/bin/env mkrun
--- Run json-patch-test-suite against mkrun.patch.
--
-- DIR holds the files of the npm package:
--   sh tests/support/npm-pack.sh json-patch-test-suite 1.1.0 INTEGRITY DIR
--
-- @usage  mkrun tests/e2e/patch_suite.lua DIR
-- @arg    DIR   folder with tests.json and spec_tests.json
-- @output
-- 91 passed, 0 failed, 4 disabled
-- @exit   0 all passed, 1 some failed, 2 wrong usage
-- @tags   read, idempotent

local folder = (...)
local top = arg[0]:match "^(.*)tests/e2e/[^/]*$"
if not folder or not top then
  io.stderr:write "usage: mkrun tests/e2e/patch_suite.lua DIR\n"
  os.exit(2)
end
package.path = (top == "" and "./" or top) .. "?.lua;" .. package.path

local outcome = require "tests.support.patch_suite".run(folder)
for _, line in ipairs(outcome.failed) do io.stderr:write(line, "\n") end
print(("%d passed, %d failed, %d disabled"):format(outcome.passed,
  #outcome.failed, outcome.disabled))
os.exit(#outcome.failed == 0)
