--- Lists the errors of system calls on a full or broken disk, for strace to
--- inject.  `torture_errors_spec.lua` calls it.

local M = {}

local WRITE <const> = { "ENOSPC", "EIO", "EDQUOT", "EINTR" }

--- The errors of each call.
local ERRORS <const> = {
  write = WRITE, writev = WRITE, pwrite64 = WRITE, pwritev2 = WRITE,
  fsync = { "EIO", "ENOSPC", "EDQUOT" },
  fdatasync = { "EIO", "ENOSPC", "EDQUOT" },
  ftruncate = { "EIO", "EROFS" },
  fallocate = { "ENOSPC", "EIO", "EOPNOTSUPP", "EDQUOT" },
  rename = { "ENOSPC", "EIO", "EROFS", "EDQUOT" },
  link = { "EPERM", "EIO", "ENOSPC", "EROFS" },
  unlink = { "EIO", "EROFS" },
  open = { "EIO", "EROFS", "ENOSPC", "EMFILE", "EACCES", "EINTR" },
  close = { "EIO", "EINTR" },
  fchmod = { "EIO", "EPERM", "EROFS" },
  flock = { "ENOLCK", "EINTR" },
  fstat = { "EIO" }, stat = { "EIO" }, lstat = { "EIO" },
  read = { "EIO", "EINTR" }, readv = { "EIO" }, pread64 = { "EIO" },
  lseek = { "EIO" },
}

--- Calls whose errors are also injected from one point to the end of the run.
--- A run does not use these calls to print messages.
local LASTING <const> = { pwritev2 = true, pwrite64 = true, fsync = true,
  fdatasync = true, rename = true, fallocate = true, open = true,
  ftruncate = true }

M.WORDS = {
  ENOSPC = "No space left on device", EIO = "I/O error",
  EDQUOT = "Quota exceeded", EROFS = "Read-only file system",
  EMFILE = "too many open files", EACCES = "Permission denied",
  EPERM = "Operation not permitted", ENOLCK = "No locks available",
  EFBIG = "File too large", EINTR = "Interrupted system call",
  EOPNOTSUPP = "Not supported",
}

--- Returns the file in the folder that a call is about, or nil.
---@param point tests.Point
---@param folder string
---@return string?
function M.file_of(point, folder)
  local line = point.line
  local before, after = line:find("<" .. folder .. "/", 1, true)
  local name = before and line:sub(after + 1):match "^[^<>]*"
    or line:match '^%("([^"/]+)"'
    or line:find "^%(1<" and "standard output"
  if not name or name:find "^/" then return nil end
  return name:match "^%.(.+)%.%w%w%w%w%w%w$" or name
end

--- Lists each call on a file of the folder with each error that it may return.
---@param points tests.Point[]
---@param folder string
---@return {point: tests.Point, error: string, lasting: boolean, file: string}[]
function M.of(points, folder)
  local list = {}
  for _, point in ipairs(points) do
    local file = M.file_of(point, folder)
    for _, name in ipairs(file and ERRORS[point.call] or {}) do
      list[#list + 1] = { point = point, error = name, file = file }
      if LASTING[point.call] and name ~= "EINTR" then
        list[#list + 1] = { point = point, error = name, file = file,
          lasting = true }
      end
    end
  end
  return list
end

--- Returns the argument for strace: "write:error=EIO:when=3+".
function M.injection(place)
  return ("%s:error=%s:when=%d%s"):format(place.point.call, place.error,
    place.point.nth, place.lasting and "+" or "")
end

return M
