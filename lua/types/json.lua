---@meta mkrun.json

--- Decodes and encodes strict JSON (RFC 8259).
---
--- * An integer that fits 64 bits is a Lua integer, and exact.  Any other
---   number is a float, the nearest double.  A number above the range of a
---   double is refused.  `-0` is the float -0.0.
--- * A float is encoded with the fewest digits that decode to the same double,
---   and stays a float: `1.0`, `0.1`, `1e15`, `-0.0`.
--- * A decoded array is marked as one.  It is encoded as `[]` even after its
---   last element was removed.  An empty table without a mark is `{}`.
--- * Of two members with the same name the last one wins.
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
---@field sort? boolean    sort members by the bytes of their names

--- Decodes a JSON text.
---
--- `false` and `json.null` are values too.  If the text may be one of them,
--- check `message` and not the value.
---@param text string
---@return any value
---@return string? message  "bad JSON: ',' or '}' expected at line 3 column 14"
---@return "json"? code
function json.decode(text) end

--- Encodes a value as JSON.  An unknown option raises.
---
--- `encode` refuses these values, and names the place by a JSON Pointer:
--- * a table with elements and members, or with gaps;
--- * a table that contains itself, and a key that is no string;
--- * nil, a function, a secret or other userdata;
--- * NaN and infinity, and strings that are not UTF-8.
---@param value any
---@param style? mkrun.json.Style
---@return string? text
---@return string? message  "/spec/roles: sparse array (2 elements, ...)"
---@return "json"? code
function json.encode(value, style) end

--- Marks a table as an array and returns it.  Without a table it makes one.  A
--- table with a metatable of its own is refused.
---@generic T: table
---@param table? T
---@return T
function json.array(table) end

--- Marks a table as an object and returns it.  Without a table it makes one.  A
--- table with a metatable of its own is refused.
---@generic T: table
---@param table? T
---@return T
function json.object(table) end

--- Tells whether a table is encoded as an array: it is marked as one, or it has
--- no mark and an element 1.
---@param value any
---@return boolean
function json.is_array(value) end

return json
