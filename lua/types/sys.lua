---@meta mkrun.sys

--- What the standard library of Lua lacks: private and atomic files, the
--- terminal, clocks, random numbers, the files inside the binary.
local sys = {}

---@alias mkrun.FileCode
---| "missing" # there is no such file or folder
---| "denied"  # the permissions do not allow it
---| "exists"  # the file is there already
---| "full"    # no space left
---| "toobig"  # larger than 256 MiB (a secret: 1 MiB)
---| "io"      # anything else

--- Would `reserve` refuse?  Nothing is made, so a full disk is not seen.
---@param path string
---@param options? { overwrite: boolean }  default: refuse an existing file
---@return true? ok
---@return string? message
---@return mkrun.FileCode? code
function sys.check_place(path, options) end

---@class mkrun.Slot: userdata  a file that is about to get its content
local Slot = {}

--- Open a place for a secret before the secret exists: a temporary file (0600)
--- beside `path`, with room for 16 KiB.  What is at `path` stays as it is
--- until `store`.  Use it with `<close>`: an unused slot leaves nothing behind;
--- what a killed run left, the next one removes.
---@param path string
---@param options? { overwrite: boolean }  default: refuse an existing file
---@return mkrun.Slot? slot
---@return string? message
---@return mkrun.FileCode? code
function sys.reserve(path, options) end

--- Write the content, sync it, and give the file its name.  When only the name
--- cannot be given the bytes are kept, and the message says where.
---@param content mkrun.Secret|string
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
---@return string? kept   the path of the bytes that were kept
function Slot:store(content) end

--- Remove the temporary file; twice, or after `store`, is fine.
function Slot:close() end

--- Read a whole file; "-" is standard input.
---@param path string
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function sys.read(path) end

--- Read a file that says what this run does: it must be the user's or root's,
--- and nobody else may be able to write it (code "denied").
---@param path string
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function sys.read_trusted(path) end

--- Where a path leads to: absolute, without links, "." and "..".
---@param path string
---@return string? path
---@return string? message
---@return mkrun.FileCode? code
function sys.real_path(path) end

--- Replace a file in one step, or make it.
---@param path string
---@param text string
---@param mode? string|integer  "640"; default: as it was, or what umask leaves
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function sys.write(path, text, mode) end

---@class mkrun.Lock: userdata
local Lock = {}

--- Let go of it, and remove its file; twice is fine.
function Lock:close() end

--- Be the only run that holds the file at `path`, which is made and removed
--- for this.  A run that ends lets go of it, even when it is killed.
---@param path string
---@param seconds? number  how long to wait for another run (default 0)
---@return mkrun.Lock? lock
---@return string? message
---@return mkrun.FileCode|"busy"? code
function sys.lock(path, seconds) end

---@class mkrun.Log: userdata  a file that only grows
local Log = {}

--- All that is in it.
---@return string? text
---@return string? message
---@return mkrun.FileCode? code
function Log:read() end

--- Add a line, without the secrets of this run; it is on disk when this
--- returns.  After a failure the file is as it was, where the system allows
--- that, and no other line is added.
---@param line string  without its line end
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Log:append(line) end

--- See to it that there is room for more, where the file system can promise
--- that.
---@param bytes integer
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Log:reserve(bytes) end

--- Drop what comes after the first `length` bytes.
---@param length integer
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Log:cut(length) end

--- Let go of it; twice is fine.
function Log:close() end

--- Open a file for lines that a crash does not take back; no other run can
--- have it at the same time, and it is no other user's.
---@param path string
---@param kind? "any"|"fresh"|"trusted"  "fresh": make it (0600), and refuse one
---  that has something in it; "trusted": as `sys.read_trusted`
---@return mkrun.Log? log
---@return string? message
---@return mkrun.FileCode|"busy"? code
function sys.log(path, fresh) end

--- Call a function that a signal does not tear apart: SIGINT, SIGTERM and
--- SIGHUP count when it has ended.  It must not wait for a task or a request.
---@param f fun(...: any): ...
---@param ... any
---@return any ...  what it returns
function sys.whole(f, ...) end

--- A value for a `<close>` variable: `f` is called as by `sys.whole` when the
--- variable goes, also when a signal comes at that moment.
---@param f fun(problem: any)
---@return any
function sys.finally(f) end

--- The source of a file inside the binary: "mkrun.client", "scripts/onboard",
--- "examples/onboard.json".
---@param name string
---@return string? source
---@return string? path  where the file is in the source tree
function sys.builtin(name) end

--- The names of all files inside the binary, sorted.
---@return string[]
function sys.builtins() end

---@param stream "stdin"|"stdout"|"stderr"
---@return boolean
function sys.isatty(stream) end

---@return integer
function sys.getpid() end

--- Is there something that is no regular file: a folder, a pipe, a device?
---@param path string
---@return boolean
function sys.is_special(path) end

--- The lines of the comment at the head of a script, without their dashes.
---@param source string
---@return string[]
function sys.head(source) end

--- The words of its lines `@tags`.
---@param source string
---@return string[]
function sys.tags(source) end

--- Random bytes from the kernel.
---@param count integer  at most 65536
---@return string
function sys.random(count) end

--- SHA-256 of a text, in hexadecimal.
---@param text string
---@return string
function sys.sha256(text) end

--- A random UUID (version 4).
---@return string
function sys.uuid() end

--- Seconds since 1970, with their fraction.
---@return number
function sys.now() end

--- Seconds of a clock that nobody sets; for durations.
---@return number
function sys.monotonic() end

--- "2026-11-22T00:54:09Z"; a fraction of the second is dropped.
---@param seconds? number  since 1970; default: now
---@return string
function sys.iso8601(seconds) end

--- Read "2026-11-22T00:54:09.5+01:00" (RFC 3339) or the date of an HTTP
--- header, "Sun, 22 Nov 2026 00:54:09 GMT".
---@param text string
---@return number? seconds  since 1970
---@return string? message
---@return "time"? code
function sys.parse_time(text) end

return sys
