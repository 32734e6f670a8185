--- Makes `os.exit` do the work at the end of a run.  Without this module, a
--- script that calls `os.exit` would skip the work, because the host would not
--- get control again.  `mkrun.plan` and `mkrun.layer.replay` call this module.
-- SPDX-License-Identifier: MIT

--- Replaces `os.exit`.
---@param finish fun(): integer  called if the script exits with success;
---  returns the exit code
---@param failed? fun()  called if the script exits with another code
return function(finish, failed)
  local exit = os.exit
  -- luacheck: push ignore 122
  os.exit = function(code, close)
    local is_good = code == nil or code == true or code == 0
    if is_good then return exit(finish(), close) end
    if failed then failed() end
    return exit(code, close)
  end
  -- luacheck: pop
end
