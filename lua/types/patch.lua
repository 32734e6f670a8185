---@meta mkrun.patch

--- JSON Patch (RFC 6902), JSON Merge Patch (RFC 7396) and JSON Pointer
--- (RFC 6901) on decoded JSON values.
---
--- No function changes its arguments.  A result shares the tables that were
--- not changed with the document that it came from: use `patch.copy` before
--- you change a part of a result in place.  Values that are not JSON (a
--- function, a key that is no string, an array with a hole, a cycle) are
--- refused; nesting ends at 1000 levels.
---@class mkrun.patch
local patch = {}

---@class mkrun.Operation
---@field op "add"|"remove"|"replace"|"move"|"copy"|"test"
---@field path string   JSON Pointer of the place
---@field from? string  JSON Pointer of the source, for move and copy
---@field value? any    for add, replace and test; json.null is a value

---@alias mkrun.PatchCode
---| "path"      # a place that is not there
---| "test"      # a test that found another value
---| "operation" # a patch that is not well formed

--- Applies a JSON Patch, all of it or nothing.
---
--- A document may be any JSON value; false is one, so compare with nil.  The
--- whole document can be replaced, not removed.  All copy operations together
--- make at most two million values.  A failure names the operation by its
--- position, from 1.
---@param document any
---@param operations mkrun.Operation[]
---@return any? document
---@return string? message  "operation 2 (remove /name): no member 'name'"
---@return mkrun.PatchCode? code
function patch.apply(document, operations) end

--- The operations that turn `from` into `to`.
---
--- Only add, remove and replace, the same ones each time, members in bytewise
--- order.  A table that both sides share is not looked into.  Raises when a
--- value is not JSON.
---@param from any
---@param to any
---@return mkrun.Operation[] operations
function patch.diff(from, to) end

--- Applies a JSON Merge Patch: null removes a member, an array replaces.
---@param target any
---@param change any
---@return any document
function patch.merge(target, change) end

--- The value that a JSON Pointer leads to.
---@param document any
---@param pointer string  "" is the document itself
---@return any? value
---@return string? message  "/name/first: no member 'first'"
---@return "path"? code
function patch.get(document, pointer) end

--- Are two values the same JSON?  1 equals 1.0; {} does not equal [].
---@param a any
---@param b any
---@return boolean
function patch.equal(a, b) end

--- A copy that shares no table with the original.
---@generic T
---@param value T
---@return T
function patch.copy(value) end

--- The JSON Pointer of these member names and element indexes (from 0).
---@param segments (string|integer)[]
---@return string pointer
function patch.pointer(segments) end

--- The segments of a JSON Pointer, without escapes.
---@param pointer string
---@return string[]? segments
---@return string? message
---@return "path"? code
function patch.parse(pointer) end

--- One segment as it is written in a JSON Pointer: "a/b" is "a~1b".
---@param segment string
---@return string text
function patch.escape(segment) end

return patch
