---@meta mkrun.secret

--- Makes secrets: values whose bytes a script can use but not see.
---
--- `tostring` shows the label; `..` and `mkrun.json.encode` refuse a secret.
--- The bytes of a secret can be passed only to the header field Authorization
--- (option `token` of `mkrun.http`), to a file, or to a command.  The bytes are
--- zeroed when the secret is collected or closed.  mkrun keeps a copy of the
--- bytes to redact output, and zeroes the copy when the run ends.
local secret = {}

---@class mkrun.Secret: userdata
local Secret = {}

--- Makes a secret from a string.  The string itself stays in Lua's memory until
--- the garbage collector frees the string, so prefer `secret.read`.
---@param text string
---@param label? string  `tostring` shows the label: "(secret: LABEL)"
---@return mkrun.Secret
function secret.new(text, label) end

--- Reads a secret from a file or from standard input ("-"), without the line
--- end.
---@param path string
---@param label? string  label of the secret (default: the path)
---@return mkrun.Secret? secret
---@return string? message  "token: No such file or directory"
---@return mkrun.FileCode? code
function secret.read(path, label) end

--- Replaces each secret of this run in a text by `(secret: LABEL)`.  The
--- function finds secrets as plain text, in base64, URL-encoded and escaped as
--- in JSON.  mkrun redacts all its output in the same way.  Secrets shorter
--- than 8 bytes are not replaced, because short secrets would match harmless
--- words.
---@param text string
---@return string
function secret.redact(text) end

--- Returns true if a value is a secret.
---@param value any
---@return boolean
function secret.is(value) end

--- Returns nil if a request can send its token in this way, otherwise the
--- reason why it cannot.
---@param token_as string   option `token_as` of a request: "bearer", "basic" or
---  the name of a header field
---@return string? fault   "a header that has another meaning"
function secret.field_fault(token_as) end

--- Writes the bytes to a file that only the file's owner can read (mode 0600).
--- The file is replaced in one step, so the file always contains the whole old
--- or the whole new content.
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

--- Returns the SHA-256 of the bytes in hexadecimal.  A script can compare and
--- print the SHA-256 without showing the secret.
---@return string
function Secret:digest() end

--- Returns true if the bytes are equal.  The comparison takes constant time.
---@param other string|mkrun.Secret
---@return boolean
function Secret:equals(other) end

--- Binds the secret to the origin of a URL, so that `mkrun.http` sends the
--- secret to no other origin.  Raises if the secret is bound to another origin.
---@param url string
---@return mkrun.Secret self
function Secret:bind(url) end

--- Returns the claims of a JWT, which are not secret.  Returns nil for other
--- secrets.  Does not verify the JWT's signature.
---@return table<string, any>?
function Secret:claims() end

--- Zeroes the bytes.  A closed secret cannot be used.  A second call does
--- nothing.
function Secret:close() end

return secret
