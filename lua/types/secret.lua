---@meta mkrun.secret

--- Values whose bytes a script can use but not see.
---
--- `tostring` shows the label; `..` and `mkrun.json.encode` refuse a secret.
--- Its bytes can go only into the Authorization header (option `token` of
--- `mkrun.http`), into a file, or to a command.  They are zeroed when the
--- secret is collected or closed.  The copy that redacts output is zeroed when
--- the run ends.
local secret = {}

---@class mkrun.Secret: userdata
local Secret = {}

--- Makes a secret from a string.  The string itself stays in Lua's memory until
--- it is collected, so prefer `secret.read`.
---@param text string
---@param label? string  what `tostring` shows: "(secret: LABEL)"
---@return mkrun.Secret
function secret.new(text, label) end

--- Reads a secret from a file or from standard input ("-"), without the line
--- end.
---@param path string
---@param label? string  default: the path
---@return mkrun.Secret? secret
---@return string? message  "token: No such file or directory"
---@return mkrun.FileCode? code
function secret.read(path, label) end

--- Replaces each secret of this run in a text by `(secret: LABEL)`.  It finds
--- secrets as plain text, in base64, URL-encoded and escaped as in JSON.
--- Output of the program passes through this by itself.  Secrets shorter than 8
--- bytes are not searched for, because they would match harmless words.
---@param text string
---@return string
function secret.redact(text) end

--- Tells whether a value is a secret.
---@param value any
---@return boolean
function secret.is(value) end

--- Writes the bytes into a file that only its owner can read (0600).  The file
--- is replaced in one step, so it always has the whole old or the whole new
--- content.
---@param path string
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Secret:write(path) end

--- Runs a command with sh and passes the bytes to its standard input.
---@param command string
---@return true? done  if the command ends with status 0
---@return string? message  "COMMAND: exit status 3"
---@return "exit"|mkrun.FileCode? code
function Secret:pipe(command) end

--- Returns the SHA-256 of the bytes in hexadecimal, to compare secrets without
--- showing them.
---@return string
function Secret:digest() end

--- Compares the bytes in constant time.
---@param other string|mkrun.Secret
---@return boolean
function Secret:equals(other) end

--- Binds the secret to the origin of this URL, so that it is sent nowhere else.
--- Raises if it is bound to another origin.
---@param url string
---@return mkrun.Secret self
function Secret:bind(url) end

--- Returns the claims in a JWT, which are not secret, or nil for other secrets.
--- It does not verify the signature.
---@return table<string, any>?
function Secret:claims() end

--- Zeroes the bytes.  A closed secret cannot be used.  It may be called twice.
function Secret:close() end

return secret
