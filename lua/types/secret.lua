---@meta mkrun.secret

--- Values whose bytes a script can use but never see.
---
--- `tostring` shows the label, `..` and `mkrun.json.encode` refuse one.  The
--- bytes leave it to the Authorization header (option `token` of
--- `mkrun.http`), to a file, to a command, and nowhere else.  They are zeroed
--- when the secret is collected or closed; the copy that keeps them out of what
--- is printed when the run ends.
local secret = {}

---@class mkrun.Secret: userdata
local Secret = {}

--- A secret with these bytes.  The string itself stays in Lua's memory until
--- it is collected: read from a file where you can.
---@param text string
---@param label? string  what `tostring` shows: "(secret: LABEL)"
---@return mkrun.Secret
function secret.new(text, label) end

--- A secret with the content of a file, or of standard input ("-"), without
--- the line end.
---@param path string
---@param label? string  default: the path
---@return mkrun.Secret? secret
---@return string? message  "token: No such file or directory"
---@return mkrun.FileCode? code
function secret.read(path, label) end

--- A text as it may leave the process: each secret that this run has ever
--- had, be it plain, in base64, URL-encoded or escaped as in JSON, becomes
--- `(secret: LABEL)`.  What is printed passes this by itself.  Secrets of less
--- than 8 bytes are not searched for: they would be found in harmless words.
---@param text string
---@return string
function secret.redact(text) end

--- Is this value a secret?
---@param value any
---@return boolean
function secret.is(value) end

--- Write the bytes into a file that only its owner can read (0600).  The file
--- is replaced in one step: it has the old content or the new one, whatever
--- happens.
---@param path string
---@return true? done
---@return string? message
---@return mkrun.FileCode? code
function Secret:write(path) end

--- Run a command with sh and give it the bytes as its standard input.
---@param command string
---@return true? done  when the command ends with status 0
---@return string? message  "COMMAND: exit status 3"
---@return "exit"|mkrun.FileCode? code
function Secret:pipe(command) end

--- The SHA-256 of the bytes in hex, to compare without showing.
---@return string
function Secret:digest() end

--- Are these the bytes?  Takes as long for a near miss as for a far one.
---@param other string|mkrun.Secret
---@return boolean
function Secret:equals(other) end

--- Let the secret go to the origin of this URL and to no other.  Raises when
--- it is bound to another one already.
---@param url string
---@return mkrun.Secret self
function Secret:bind(url) end

--- The claims inside a JWT, none of which is secret; nil for other secrets.
--- Nobody checks the signature here.
---@return table<string, any>?
function Secret:claims() end

--- Zero the bytes now; a closed secret cannot be used.  Twice is fine.
function Secret:close() end

return secret
