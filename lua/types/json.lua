---@meta mkrun.json

--- Decodes and encodes strict JSON (RFC 8259).
---
--- * An integer that fits into 64 bits is decoded as a Lua integer.  Any other
---   number is decoded as a float, the nearest double.  A number above the
---   range of a double is refused.  `-0` is decoded as the float -0.0.
--- * A float is encoded with the fewest digits that decode to the same double,
---   and stays a float: `1.0`, `0.1`, `1e15`, `-0.0`.
--- * A decoded array is marked as an array.  It is encoded as `[]` even after
---   its last element was removed.  An empty table without a mark is encoded as
---   `{}`.
--- * If an object has two members with the same name, the last member is kept.
--- * Arrays and objects may be nested 1000 deep.
--- * A byte order mark before the text is skipped, and never written.
---@class mkrun.json
local json = {}

--- The Lua value for JSON's null.  In a condition this value counts as true, so
--- compare values with `json.null`.
---@type lightuserdata
json.null = nil

---@class mkrun.json.Style
---@field indent? integer  spaces for each level, 0 to 16 (default 0: one line)
---@field sort? boolean    true: sort members by the bytes of their names

--- Decodes a JSON text.
---
--- The value may be `false`, so test `message` and not the value to find a
--- failure.
---@param text string
---@return any value
---@return string? message  "bad JSON: ',' or '}' expected at line 3 column 14"
---@return "json"? code
function json.decode(text) end

--- Encodes a value as JSON.  An unknown option raises.
---
--- `encode` refuses these values, and names the place by a JSON Pointer:
--- * a table with elements and members, or an array with gaps;
--- * a table that contains itself, and a key that is no string;
--- * nil, a function, a secret or other userdata;
--- * NaN and infinity, and strings that are not UTF-8.
---@param value any
---@param style? mkrun.json.Style
---@return string? text
---@return string? message  "/spec/roles: sparse array (2 elements, ...)"
---@return "json"? code
function json.encode(value, style) end

--- Marks a table as an array and returns the table.  Without an argument,
--- returns a new array.  A table that has another metatable is refused.
---@generic T: table
---@param table? T
---@return T
function json.array(table) end

--- Marks a table as an object and returns the table.  Without an argument,
--- returns a new object.  A table that has another metatable is refused.
---@generic T: table
---@param table? T
---@return T
function json.object(table) end

--- Returns true if a value is a table that is encoded as an array.  That is a
--- table with the mark of an array, or a table without a mark and with an
--- element 1.
---@param value any
---@return boolean
function json.is_array(value) end

return json
