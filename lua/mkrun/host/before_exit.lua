--- What ends a run has the last word on `os.exit`, too.
-- SPDX-License-Identifier: MIT

--- Call `finish`, which gives the exit code, when a script ends itself well,
--- and `failed` when it ends otherwise.
---@param finish fun(): integer
---@param failed? fun()
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
