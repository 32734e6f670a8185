--- Folders for tests, all below one that is removed when the run ends.

local shell = require "tests.support.shell"

local M = {}

local top
local count = 0

--- A new, empty folder.
---@return string path
function M.folder()
  top = top or shell.output "mktemp -d"
  count = count + 1
  local path = ("%s/%d"):format(top, count)
  shell.execute("mkdir " .. shell.quote(path))
  return path
end

--- A new file with this text.
---@return string path
function M.file(text, name)
  local path = M.folder() .. "/" .. (name or "file")
  M.write(path, text)
  return path
end

function M.write(path, text)
  local file <close> = assert(io.open(path, "wb"))
  assert(file:write(text))
end

---@return string? text   nil when there is no such file
function M.read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

function M.remove_all()
  if top then shell.execute("rm -rf " .. shell.quote(top)) end
  top = nil
end

return M
