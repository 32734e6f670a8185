---@meta mkrun.sys

--- Contains functions that Lua's standard library lacks: private and atomic
--- files, the terminal, clocks, random numbers, and the files inside the
--- binary.
local sys = {}

---@alias mkrun.FileCode
---| "missing" # the file or folder does not exist
---| "denied"  # no permission
---| "exists"  # the file exists already
---| "full"    # no space left
---| "toobig"  # larger than 256 MiB (a secret: 1 MiB)
---| "memory"  # not enough memory
---| "io"      # any other error

--- Checks that `reserve` would succeed.  `check_place` creates no file, so it
--- does not notice a full disk.
---@param path string
---@param options? { overwrite: boolean }  default: refuse an existing file
---@return true? ok
---@return string? message
---@return mkrun.FileCode? code
function sys.check_place(path, options) end

---@class mkrun.Slot: userdata  a reserved place for a file
local Slot = {}

--- Reserves a place for a secret before the secret exists: a temporary file
--- (mode 0600) beside `path`, with space for 16 KiB.  The file at `path` is not
--- changed before `store`.  Declare the slot `<close>`: the end of the block
--- then removes the temporary file of an unused slot.  The next call removes
--- the temporary files of killed runs.
---@param path string
---@param options? { overwrite: boolean }  default: refuse an existing file
---@return mkrun.Slot? slot
---@return string? message
---@return mkrun.FileCode? code
function sys.reserve(path, options) end

--- Writes the content to the temporary file, syncs the file, and renames the
--- file to the reserved path.  If only the renaming fails, the temporary file
--- stays, and the error message names the file.
---@param content mkrun.Secret|string
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
---@return string? kept   the path of the temporary file that stayed
function Slot:store(content) end

--- Removes the temporary file.  Does nothing after `store` or `close`.
function Slot:close() end

--- Reads a whole file; "-" is standard input.
---@param path string
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function sys.read(path) end

--- Reads a file that this run has to trust, such as a plan.  Fails with the
--- code "denied" unless the file belongs to the user or root, and nobody else
--- can write the file.
---@param path string
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function sys.read_trusted(path) end

--- Returns the absolute path of a file, without links, "." and "..".
---@param path string
---@return string? path
---@return string? message
---@return mkrun.FileCode? code
function sys.real_path(path) end

--- Replaces or creates a file in one step.
---@param path string
---@param text string
---@param mode? string|integer  mode of the file: "640"; default: the old mode,
---  or for a new file the mode by umask
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function sys.write(path, text, mode) end

--- Makes a folder.  The folder above has to be there.
---@param path string
---@return true? done
---@return string? message
---@return mkrun.FileCode? code  "exists" if there is something at the path
function sys.make_folder(path) end

---@class mkrun.Lock: userdata
local Lock = {}

--- Releases the lock and removes the lock's file.  A second call does nothing.
function Lock:close() end

--- Locks the file at `path` for this run.  The call creates the file, and the
--- end of the lock removes the file.  The lock ends with the run, even if the
--- run is killed.
---@param path string
---@param seconds? number  how long to wait for another run (default 0)
---@return mkrun.Lock? lock
---@return string? message
---@return mkrun.FileCode|"busy"? code
function sys.lock(path, seconds) end

---@class mkrun.Log: userdata  a file that is only appended to
local Log = {}

--- Reads the whole file.
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function Log:read() end

--- Appends a line without the secrets of this run.  The line is on disk when
--- this method returns.  After a failure the file is restored if possible, and
--- no other line can be appended.
---@param line string  the line without a line end
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Log:append(line) end

--- Reserves disk space for the file, if the file system supports this.
---@param bytes integer
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Log:reserve(bytes) end

--- Cuts the file to its first `length` bytes.
---@param length integer
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Log:cut(length) end

--- Closes the file.  A second call does nothing.
function Log:close() end

--- Opens a file to append lines that survive a crash.  No other run can open
--- the file at the same time, and the file may not belong to another user.
---@param path string
---@param kind? "any"|"fresh"|"trusted"  "fresh": create it (0600), and refuse a
---  file that is not empty; "trusted": as `sys.read_trusted`
---@return mkrun.Log? log
---@return string? message
---@return mkrun.FileCode|"busy"? code
function sys.log(path, kind) end

--- Calls a function that signals do not interrupt.  SIGINT, SIGTERM and SIGHUP
--- take effect after the function has returned.  The function must not wait for
--- a task or a request.
---@param f fun(...: any): ...
---@param ... any
---@return any ...  the results of `f`
function sys.whole(f, ...) end

--- Makes a value for a `<close>` variable.  At the end of the variable's scope
--- the value calls `f` like `sys.whole`, even if a signal comes at that moment.
---@param f fun(problem: any)   gets the error that ended the block, or nil
---@return any
function sys.finally(f) end

--- Returns the source of a file inside the binary.  Names are "mkrun.client",
--- "scripts/onboard" or "examples/onboard.json", for example.  Some modules of
--- `mkrun.host` are compiled.
---@param name string
---@return string? source
---@return string? path  path of the file in the source tree
function sys.builtin(name) end

--- Returns the names of all files inside the binary, sorted.
---@return string[]
function sys.builtins() end

--- Returns true if a stream is a terminal.
---@param stream "stdin"|"stdout"|"stderr"
---@return boolean
function sys.isatty(stream) end

--- Returns the process id.
---@return integer
function sys.getpid() end

--- Returns true if a path names a folder, a pipe, a device or any other file
--- that is not regular.
---@param path string
---@return boolean
function sys.is_special(path) end

--- Returns the comment at the beginning of a script, without dashes.  The first
--- element contains the lines of the text before the first tag.  Each other
--- element contains the non-empty lines of an "@name" tag.
---@param source string  the text of the script
---@return { name?: string, [integer]: string }[]
function sys.head(source) end

--- Returns the words in a script's `@tags` lines.
---@param source string
---@return string[]
function sys.tags(source) end

--- Returns random bytes from the kernel.
---@param count integer  number of bytes, at most 65536
---@return string
function sys.random(count) end

--- Returns the SHA-256 of a text in hexadecimal.
---@param text string
---@return string
function sys.sha256(text) end

--- Returns a random UUID (version 4).
---@return string
function sys.uuid() end

--- Returns the time in seconds since 1970, with a fraction.
---@return number
function sys.now() end

--- Returns the seconds of a clock that nobody can set.  Use this clock to
--- measure durations.
---@return number
function sys.monotonic() end

--- Formats a time as text: "2026-11-22T00:54:09Z".  A fraction of a second is
--- dropped.
---@param seconds? number  since 1970; default: now
---@return string
function sys.iso8601(seconds) end

--- Parses "2026-11-22T00:54:09.5+01:00" (RFC 3339) or the date of an HTTP
--- header, "Sun, 22 Nov 2026 00:54:09 GMT".
---@param text string
---@return number? seconds  seconds since 1970
---@return string? message
---@return "time"? code
function sys.parse_time(text) end

return sys
