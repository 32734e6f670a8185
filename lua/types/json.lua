---@meta mkrun.json

--- Strict JSON, RFC 8259 in both directions.
---
--- * An integer that fits 64 bits is a Lua integer and exact, both ways.  Any
---   other number is a float, the nearest double; one above the range of a
---   double is refused.  `-0` is the float -0.0.
--- * A float is written with the fewest digits that read back as the same
---   double, and stays a float: `1.0`, `0.1`, `1e15`, `-0.0`.
--- * A decoded array remembers that it is one: `[]` is `[]` again, also after
---   its last element was removed.  An empty table without a mark is `{}`.
--- * Of two members with one name the last one wins.
--- * Arrays and objects may stand in one another 1000 deep.
--- * A byte order mark before the text is skipped, and never written.
---@class mkrun.json
local json = {}

--- What `null` is in Lua.  It is a value, so it counts as true:
--- compare with it.
---@type lightuserdata
json.null = nil

---@class mkrun.json.Style
---@field indent? integer  spaces for each level, 0 to 16 (default 0: one line)
---@field sort? boolean    members in the byte order of their names

--- The value that a JSON text stands for.
---
--- `false` and `json.null` are values too, so look at `message`, not at the
--- value, when the text may be one of them.
---@param text string
---@return any value
---@return string? message  "bad JSON: ',' or '}' expected at line 3 column 14"
---@return "json"? code
function json.decode(text) end

--- The JSON text of a value.
---
--- Refused, with the place as a JSON Pointer: a table with elements and
--- members, or with gaps; a key that is no string; a function, a secret, any
--- other userdata; NaN and infinity; strings that are not UTF-8; a table that
--- contains itself; nil.  An unknown option raises.
---@param value any
---@param style? mkrun.json.Style
---@return string? text
---@return string? message  "/spec/roles: sparse array (2 elements, ...)"
---@return "json"? code
function json.encode(value, style) end

--- Marks a table as an array and returns it; without one, a new table.
--- A table with a metatable of its own is refused.
---@generic T: table
---@param table? T
---@return T
function json.array(table) end

--- Marks a table as an object and returns it; without one, a new table.
--- A table with a metatable of its own is refused.
---@generic T: table
---@param table? T
---@return T
function json.object(table) end

--- Is this a table that would be written as an array: marked as one, or not
--- marked and with an element 1?
---@param value any
---@return boolean
function json.is_array(value) end

return json
