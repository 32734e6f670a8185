--- Keeps a dry run from writing files and running commands.  `mkrun.plan` calls
--- `take_over` before the script runs.  The effect lasts until the process
--- ends.
---
--- `mkrun.sys` and `mkrun.secret` then write to memory instead of files.  The
--- script can read the written texts again, and the plan lists the files.
--- Files that a script opens with `io` or `os` are not affected.  The library
--- writes its own files, such as a recording, with the functions in
--- `mkrun.backend.machine`.
---
--- `mkrun.layer.replay` calls `keep_secrets`, which writes only secrets to
--- memory.  A recording contains no secrets, so a replay makes up secrets, and
--- a made-up secret must not replace a real secret in a file.
-- SPDX-License-Identifier: MIT

local backend = require "mkrun.backend"
local order = require "mkrun.host.task_order"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local machine = backend.machine

local M = {}

---@class mkrun.PlannedFiles
---@field written {path: string, secret: boolean}[]  files that were written to
---  memory, in the order of the writes
---@field commands string[]  commands that were not run
---@field inputs {path: string, digest: string}[]  files that were read, with
---  their SHA-256 or the error code of the read

--- Returns a path without "./" at its beginning, so that "./a" and "a" are
--- equal.
local function plain(path)
  local short = path:gsub("^%./+", "")
  return short
end

local OVERWRITE <const> = { overwrite = true }
local ENOENT <const>, ENOTDIR <const> = 2, 20

--- Returns true if a file exists, even if mkrun cannot read the file.
local function is_there(path)
  local file, _, number = io.open(path, "rb")
  if file then file:close() end
  return number ~= ENOENT and number ~= ENOTDIR
end

--- Returns the failure of `sys.log` if the folder of `path` does not exist.
local function check_folder(path)
  local folder = path:match "^(.*)/[^/]*$"
  if not folder or folder == "" or is_there(folder) then return true end
  return nil, path .. ": No such file or directory", "missing"
end

--- Keeps the content for the file at `path` in memory.
local function keep(self, path, content)
  if not self.content[plain(path)] then
    order.insert(self.written, { path = path, secret = secret.is(content) })
  end
  self.content[plain(path)] = content
  return true
end

local function write(self, path, content)
  local ok, message, code = self.check(path, OVERWRITE)
  if not ok then return nil, message, code end
  return keep(self, path, content)
end

--- Notes that the plan depends on a file that was read or is missing.
local function depend(self, path, digest)
  if self.seen[path] then return end
  self.seen[path] = true
  order.insert(self.inputs, { path = path, digest = digest })
end

local Slot = {}
Slot.__index = Slot
Slot.__name = "mkrun.sys.slot"
Slot.__tostring = function(self) return ("slot (%s)"):format(self.path) end
Slot.__close = function(self) self.is_closed = true end
Slot.close = Slot.__close

function Slot:store(content)
  if self.is_closed then
    error("bad argument #1 to 'store' (slot is closed)", 2)
  end
  self.is_closed = true
  if self.real and not secret.is(content) then
    local slot, message, code = self.real(self.path, self.options)
    if not slot then return nil, message, code end
    return slot:store(content)
  end
  return keep(self.files, self.path, content)
end

local Log = {}
Log.__index = Log
Log.__name = "mkrun.sys.log"
Log.__close = function() end
Log.close = Log.__close

function Log:append(line)
  local text = self.files.content[plain(self.path)] or ""
  return keep(self.files, self.path, text .. line .. "\n")
end

function Log:cut(length)
  local text = self.files.content[plain(self.path)] or ""
  return keep(self.files, self.path, text:sub(1, length))
end

function Log.reserve() return true end

--- Reads the file of the log.  A missing file counts as empty.
function Log:read()
  if self.kind == "trusted" then return sys.read_trusted(self.path) end
  local text, message, code = sys.read(self.path)
  if code == "missing" then return "" end
  return text, message, code
end

--- Returns true if the file would be in a folder that this run would make.
local function is_in_new(self, path)
  return self.folders[plain(path):match "^(.*)/[^/]+/*$"] == true
end

local function make_folder(self)
  return function(path)
    local name = plain(path):gsub("/+$", "")
    if self.folders[name] or is_there(path) then
      return nil, path .. ": File exists", "exists"
    end
    local ok, message, code = self.check(path, OVERWRITE)
    if not ok then return nil, message, code end
    self.folders[name] = true
    order.insert(self.written, { path = name .. "/", secret = false })
    return true
  end
end

local function open_log(self)
  return function(path, kind)
    if not is_in_new(self, path) then
      local ok, message, code = check_folder(path)
      if not ok then return nil, message, code end
    end
    return setmetatable({ files = self, path = path, kind = kind }, Log)
  end
end

--- A lock that has no effect, because a dry run writes no files.
local Lock = { __name = "mkrun.sys.lock", __close = function() end }
Lock.__index = Lock
Lock.close = Lock.__close

--- Makes a replacement of `sys.reserve`.  If the original function is given as
--- `real`, the replacement uses `real` for texts that are not secrets.
local function reserve(self, real)
  return function(path, options)
    local overwrite = options and options.overwrite
    local taken = self.content[plain(path)] or is_there(path)
    if taken and not overwrite then
      return nil, path .. ": File exists", "exists"
    end
    local ok, message, code = self.check(path, options)
    if not ok then return nil, message, code end
    return setmetatable({ files = self, path = path, options = options,
                          real = real }, Slot)
  end
end

local function text_reader(self, name)
  return function(path)
    local kept = self.content[plain(path)]
    if secret.is(kept) then
      return nil, path .. ": has a secret, which is not shown", "denied"
    elseif kept then
      return kept
    end
    local text, message, code = machine[name](path)
    depend(self, path, text and sys.sha256(text) or code)
    return text, message, code
  end
end

local function secret_reader(self)
  return function(path, label)
    local kept = self.content[plain(path)]
    if kept then
      return secret.is(kept) and kept or secret.new(kept, label or path)
    end
    local found, message, code = machine["secret.read"](path, label)
    depend(self, path, found and found:digest() or code)
    return found, message, code
  end
end

--- Prevents that secrets of this process are written to files or passed to
--- commands.  Other texts are written to files.
---@param check? fun(path: string, options: table?): true?, string?, string?
---  checks that a file could be written (default: checks only its folder)
---@return mkrun.PlannedFiles
function M.keep_secrets(check)
  local self = { content = {}, written = {}, commands = {}, inputs = {},
    seen = {}, check = check or check_folder }
  self.answers = {
    ["secret.write"] = function(content, path)
      return write(self, path, content)
    end,
    ["secret.pipe"] = function(_, command)
      table.insert(self.commands, command)
      return true
    end,
    ["secret.read"] = secret_reader(self),
    ["sys.read"] = text_reader(self, "sys.read"),
    ["sys.read_trusted"] = text_reader(self, "sys.read_trusted"),
    ["sys.reserve"] = reserve(self, machine["sys.reserve"]),
  }
  backend.use(self.answers)
  return self
end

--- Makes `mkrun.sys` and `mkrun.secret` write to memory instead of files, and
--- run no commands.
---@return mkrun.PlannedFiles
function M.take_over()
  local self
  self = M.keep_secrets(function(path, options)
    if is_in_new(self, path) then return true end
    return sys.check_place(path, options)
  end)
  self.folders = {}
  local answers = self.answers
  answers["sys.make_folder"] = make_folder(self)
  answers["sys.reserve"], answers["sys.log"] = reserve(self), open_log(self)
  answers["sys.lock"] = function(path)
    local ok, message, code = self.check(path, OVERWRITE)
    if not ok then return nil, message, code end
    return setmetatable({}, Lock)
  end
  answers["sys.write"] = function(path, text)
    return write(self, path, text)
  end
  return self
end

--- Returns true if the run before may have changed a file: it writes the file,
--- or the file was not there.
local function may_be_own(input)
  return input.is_written == true or input.digest == "missing"
end

--- Finds the first input file that has changed since a plan was made.
---@param inputs {path: string, digest: string, is_written: boolean?}[]  field
---  `inputs` of the plan
---@param is_resumed? boolean   true: what the run before may have written does
---  not count
---@return string? path   path of the changed file; nil if no file has changed
---@return string? message  why the file cannot be read
function M.moved(inputs, is_resumed)
  for _, input in ipairs(inputs) do
    local found, message, code = sys.read(input.path)
    local now = found and sys.sha256(found) or code
    if now ~= input.digest and found then
      local bare = secret.read(input.path)
      now = bare and bare:digest()
    end
    if now ~= input.digest and not (is_resumed and may_be_own(input)) then
      return input.path, message
    end
  end
end

--- Returns the input files of a dry run for a saved plan.
---@param planned mkrun.PlannedFiles
---@return table[]
function M.inputs(planned)
  local written, list = {}, {}
  for _, file in ipairs(planned.written) do written[plain(file.path)] = true end
  for i, input in ipairs(planned.inputs) do
    list[i] = { path = input.path, digest = input.digest,
      is_written = written[plain(input.path)] }
  end
  return list
end

return M
