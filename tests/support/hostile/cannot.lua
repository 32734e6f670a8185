--- Attempts that fail without confinement, too, so that their refusal proves
--- nothing about it.  They stay in the lists: they show that no grant opens
--- them.  Name of the list -> name of the attempt -> what refuses it.

local NO_BYTECODE <const> = "mkrun loads no bytecode"
local NO_FIELD <const> = "the metatable is not the table of methods"
local NO_TEXT <const> = "no secret becomes a text"
local STRICT <const> = "the request is checked for everyone"

return {
  files = { ["os.getenv of the token"] = "mkrun takes it out" },
  host = {
    bytecode = NO_BYTECODE, ["bytecode with an environment"] = NO_BYTECODE,
    ["bytecode in pieces"] = NO_BYTECODE,
    ["__index of a task"] = NO_FIELD, ["__gc of a task"] = NO_FIELD,
    ["__index of once"] = NO_FIELD, ["__gc of once"] = NO_FIELD,
  },
  requests = {
    ["a token for another server"] = "the token is bound",
    ["URL with a backslash"] = STRICT, ["a URL that changes"] = STRICT,
    ["a file as client_cert"] = STRICT, ["an object as client_cert"] = STRICT,
    ["http.install"] = "a transport is installed",
    ["a new token by a string function"] = "the host reads it in C",
    ["metatable of a secret, __tostring"] = NO_TEXT,
    ["metatable of a secret, __concat"] = NO_TEXT,
    ["metatable of a secret, __index"] = NO_TEXT,
    ["metatable of a secret, __gc"] = NO_TEXT,
    ["a secret as text"] = NO_TEXT, ["a secret in JSON"] = NO_TEXT,
    ["a secret as a body"] = NO_TEXT, ["a secret in a header"] = NO_TEXT,
    ["string.format of a secret"] = NO_TEXT,
    ["a token by claims"] = NO_TEXT,
  },
  granted = {},
  limited = {
    ["method in small letters"] = STRICT, ["a path that changes"] = STRICT,
  },
}
