--- Runs commands with sh, and quotes their arguments.

local M = {}

--- Gives commands the same messages, sort order and umask on every machine.
local ALIKE <const> = "export LC_ALL=C.UTF-8; unset CDPATH; umask 022; "

--- Quotes one argument for sh, with any bytes.
---@param text string|number
---@return string
function M.quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

--- Quotes a list of arguments for sh.
---@param list (string|number)[]
---@return string
function M.join(list)
  local quoted = {}
  for i, word in ipairs(list) do quoted[i] = M.quote(word) end
  return table.concat(quoted, " ")
end

--- Runs a command.  Raises if it fails.
---@param command string
function M.execute(command)
  local ok, _, code = os.execute(ALIKE .. command)
  if not ok then error(("exit code %d: %s"):format(code, command), 2) end
end

--- Runs a command and returns its output without the last line end.  Raises if
--- it fails.
---@param command string
---@return string
function M.output(command)
  local pipe = assert(io.popen(ALIKE .. command))
  local text = pipe:read "a"
  if not pipe:close() then error("failed: " .. command, 2) end
  return (text:gsub("\n$", ""))
end

--- Tells whether a command succeeds.  Its output is dropped.
---@param command string
---@return boolean
function M.works(command)
  return os.execute(ALIKE .. "{ " .. command .. "; } >/dev/null 2>&1") == true
end

return M
