--- Checks what this machine does for a run.  `mkio.flow.doctor` calls this
--- check, which has the form of those in `mkio.flow.doctor.network`.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local M = {}

--- Says what the kernel adds to the confinement of this run.
function M.confinement()
  local found = config.confinement
  if not found then return "skipped", "this run is not confined" end
  if found.landlock then return "ok", found.text end
  return "warning", found.text, "the kernel guards no files and ports here, "
    .. "only mkrun does (mkrun help security)"
end

return M
