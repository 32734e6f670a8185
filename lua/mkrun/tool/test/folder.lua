--- The folders of a run: the working directory with the files that the test
--- gives, and a home.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"
local trial = require "mkrun.trial"

local M = {}

local count = 0

--- What the runner has told this process; `mkrun.tool.test.file` sets it.
--- `folder` is for the folders of all runs, `file` the test file.
M.settings = {}

--- Returns the folder that a folder is in, such as "a/" for "a/tests/".
local function parent_of(folder)
  local parent, last = folder:match "^(.-)([^/]+)/+$"
  if not last or last == "." or last == ".." then return folder .. "../" end
  return parent
end

--- Returns the path of a file that a test names.  A relative path is looked for
--- from the current folder, then from the folder of the test file, and then
--- from the folder that this one is in.
---@param path string
---@return string  `path` itself if there is no such file
function M.find(path)
  if path:find "^/" then return path end
  local beside = (M.settings.file or ""):match "^(.*/)" or ""
  for _, folder in ipairs { "", beside, parent_of(beside) } do
    if trial.look(folder .. path) then return folder .. path end
  end
  return path
end

--- Removes a file, or a folder with all in it.
---@param path string
function M.remove(path)
  if os.remove(path) then return end
  for name in pairs(trial.list(path) or {}) do M.remove(path .. "/" .. name) end
  os.remove(path)
end

--- Returns the folder for the folders of all runs, or nil.  Without a runner,
--- makes one, which is removed at the end.
local function top()
  local settings = M.settings
  if settings.folder or settings.is_tried then return settings.folder end
  settings.is_tried, settings.folder = true, trial.make_temporary()
  settings.ending = setmetatable({}, { __gc = function()
    if settings.folder then M.remove(settings.folder) end
  end })
  return settings.folder
end

--- Returns a new folder, or nil.
local function new_folder()
  count = count + 1
  local path = top() and ("%s/%d-%d"):format(top(), sys.getpid(), count)
  return path and trial.make_folder(path) and path
end

local function make_parents(path, name)
  for at in name:gmatch "()/" do
    assert(trial.make_folder(path .. "/" .. name:sub(1, at - 1)))
  end
end

local function is_outside(name)
  return name:find "^/" ~= nil or ("/" .. name .. "/"):find("/../", 1, true)
end

--- Writes the files of a test.  `true` stands for the file of this name that
--- `M.find` finds.
local function fill(path, files)
  for name, text in pairs(files) do
    if type(name) ~= "string" or is_outside(name) then
      error(("option 'files': '%s': name of a file inside expected"):format(
        tostring(name)), 0)
    end
    if text == true then
      local message
      text, message = sys.read(M.find(name))
      if not text then error("option 'files': " .. message, 0) end
    elseif type(text) ~= "string" then
      error(("option 'files': '%s': text expected, got %s"):format(name,
        type(text)), 0)
    end
    make_parents(path, name)
    assert(sys.write(path .. "/" .. name, text))
  end
end

---@class mkrun.test.Place
---@field folder? string  the working directory; nil: that of this process
---@field home string     a folder, or "/nonexistent"

--- Makes the folders of a run.
---@param files? table<string, string|true>
---@return mkrun.test.Place
function M.open(files)
  local path = new_folder()
  if not path then
    if not files then return { home = "/nonexistent" } end
    error("option 'files': no temporary folder can be made (TMPDIR names the "
      .. "place for it)", 0)
  end
  local place = { path = path, home = path .. "/home" }
  assert(trial.make_folder(place.home))
  if files then
    place.folder = path .. "/work"
    assert(trial.make_folder(place.folder))
    fill(place.folder, files)
  end
  return place
end

local function read_all(path, prefix, into)
  for name, kind in pairs(trial.list(path) or {}) do
    if kind == "folder" then
      read_all(path .. "/" .. name, prefix .. name .. "/", into)
    elseif kind == "file" then
      into[prefix .. name] = sys.read(path .. "/" .. name)
    end
  end
  return into
end

--- Reads what the run has left in its working directory, and removes its
--- folders.
---@param place mkrun.test.Place
---@return table<string, string>? files
function M.close(place)
  local files = place.folder and read_all(place.folder, "", {})
  if place.path then M.remove(place.path) end
  return files
end

return M
