---@meta mkrun.patch

--- Implements JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396) and JSON
--- Pointer (RFC 6901) for decoded JSON values.
---
--- No function changes its arguments.  A result shares unchanged tables with
--- the document, so copy a part of the result with `patch.copy` before you
--- change the part in place.  Values that are not JSON are refused: a function,
--- a key that is no string, an array with a hole, a cycle.  Nesting is limited
--- to 1000 levels.
---@class mkrun.patch
local patch = {}

---@class mkrun.Operation
---@field op "add"|"remove"|"replace"|"move"|"copy"|"test"
---@field path string   JSON Pointer of the place to change or test
---@field from? string  JSON Pointer of the source, for move and copy
---@field value? any    value for add, replace and test; may be json.null

---@alias mkrun.PatchCode
---| "path"      # the document has no value at the JSON Pointer
---| "test"      # a test found another value
---| "operation" # the patch is malformed

--- Applies all operations of a JSON Patch, or none if an operation fails.
---
--- The document may be any JSON value.  The result may be false, so compare the
--- result with nil to find a failure.  The whole document can be replaced, but
--- not removed.  All copy operations together may make at most two million
--- values.  The error message contains the position of the failed operation,
--- from 1.
---@param document any
---@param operations mkrun.Operation[]
---@return any? document
---@return string? message  "operation 2 (remove /name): no member 'name'"
---@return mkrun.PatchCode? code
function patch.apply(document, operations) end

--- Returns the operations that turn `from` into `to`.
---
--- `diff` uses only add, remove and replace.  The result is always the same for
--- the same values, because members are compared in the order of their names'
--- bytes.  A table that is part of `from` and of `to` is not compared.  Raises
--- if a value is not JSON.
---@param from any
---@param to any
---@return mkrun.Operation[] operations
function patch.diff(from, to) end

--- Applies a JSON Merge Patch.  A null in `change` removes a member.  An array
--- in `change` replaces the old value.
---@param target any
---@param change any
---@return any document
function patch.merge(target, change) end

--- Returns the value at a JSON Pointer.
---@param document any
---@param pointer string  "" is the document itself
---@return any? value
---@return string? message  "/name/first: no member 'first'"
---@return "path"? code
function patch.get(document, pointer) end

--- Returns true if two values are the same JSON.  1 equals 1.0, and {} does not
--- equal [].
---@param a any
---@param b any
---@return boolean
function patch.equal(a, b) end

--- Returns a copy of a value.  The copy shares no table with the original.
---@generic T
---@param value T
---@return T
function patch.copy(value) end

--- Makes a JSON Pointer from member names and element indexes (from 0).
---@param segments (string|integer)[]
---@return string pointer
function patch.pointer(segments) end

--- Splits a JSON Pointer into unescaped segments.
---@param pointer string
---@return string[]? segments
---@return string? message
---@return "path"? code
function patch.parse(pointer) end

--- Escapes one segment of a JSON Pointer: "a/b" becomes "a~1b".
---@param segment string
---@return string text
function patch.escape(segment) end

return patch
