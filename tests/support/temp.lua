--- Makes folders for tests.  All are below one folder, which is removed when
--- the run ends.

local shell = require "tests.support.shell"

local M = {}

local BATCH <const> = 50

local top
local count, made = 0, 0

--- Makes several folders at once, because it is slow to start a program under
--- AddressSanitizer.
local function make_more()
  local names = {}
  for i = 1, BATCH do names[i] = made + i end
  shell.execute(("cd %s && mkdir %s"):format(shell.quote(top),
    table.concat(names, " ")))
  made = made + BATCH
end

--- Makes an empty folder.
---@return string path
function M.folder()
  top = top or shell.output "mktemp -d"
  if count == made then make_more() end
  count = count + 1
  return ("%s/%d"):format(top, count)
end

--- Makes all folders below this one, which `remove_all` removes.
---@param path string  an empty folder
function M.use(path) top = path end

--- Writes a text to a file in a new folder.
---@param text string
---@param name? string   default "file"
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

---@return string? text   nil if the file does not exist
function M.read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

function M.remove_all()
  if top then shell.execute("rm -rf " .. shell.quote(top)) end
  top = nil
end

return M
