--- The few words of sh that the tests need.

local M = {}

--- The same texts, order and rights of files for everybody.
local ALIKE <const> = "export LC_ALL=C.UTF-8; unset CDPATH; umask 022; "

--- One argument for sh, whatever bytes it holds.
---@param text string|number
function M.quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

--- A list of arguments for sh.
---@param list (string|number)[]
function M.join(list)
  local quoted = {}
  for i, word in ipairs(list) do quoted[i] = M.quote(word) end
  return table.concat(quoted, " ")
end

--- Runs a command that must succeed.
function M.execute(command)
  local ok, _, code = os.execute(ALIKE .. command)
  if not ok then error(("exit code %d: %s"):format(code, command), 2) end
end

--- What a command that must succeed prints, without the last line end.
---@return string
function M.output(command)
  local pipe = assert(io.popen(ALIKE .. command))
  local text = pipe:read "a"
  if not pipe:close() then error("failed: " .. command, 2) end
  return (text:gsub("\n$", ""))
end

--- Does the command succeed?  Says nothing either way.
---@return boolean
function M.works(command)
  return os.execute(ALIKE .. "{ " .. command .. "; } >/dev/null 2>&1") == true
end

return M
