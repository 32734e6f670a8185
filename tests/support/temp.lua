--- Folders for tests, all below one that is removed when the run ends.

local shell = require "tests.support.shell"

local M = {}

local BATCH <const> = 50

local top
local count, made = 0, 0

--- Some at a time: to start a program is slow under AddressSanitizer.
local function make_more()
  local names = {}
  for i = 1, BATCH do names[i] = made + i end
  shell.execute(("cd %s && mkdir %s"):format(shell.quote(top),
    table.concat(names, " ")))
  made = made + BATCH
end

--- A new, empty folder.
---@return string path
function M.folder()
  top = top or shell.output "mktemp -d"
  if count == made then make_more() end
  count = count + 1
  return ("%s/%d"):format(top, count)
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
