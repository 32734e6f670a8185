---@meta mkrun.rest

--- Makes a provider of any REST API from a table.
---@class mkrun.rest
---@field Error table
local rest = {}

---@alias mkrun.rest.Types
---| "string"
---| "integer"
---| "number"
---| "boolean"
---| "object"
---| "array"
---| "any"
---| "secret"
---| table     # a list, or an object with these members

---@class mkrun.rest.Declaration
---@field name string        [a-z][a-z0-9_]*: names MKRUN_TOKEN_NAME and others
---@field base_url string
---@field auth? string       "bearer" (default), "basic", "none", or the name of
---  a header field
---@field rates? {reads: integer?, writes: integer?}   requests a minute
---@field list? mkrun.rest.Lists   how lists answer
---@field error? {code: string?, detail: string?, ref: string?,
---  absent: string[]|string|nil}   members of an error answer; "a.b" is the
---  member b of a.  `absent`: codes with which a 404 says "it is not there"
---  (default: any)
---@field hints? table<integer|string, string>   status or code -> hint
---@field resources? table<string, mkrun.rest.ResourceFacts>
---@field operations mkrun.rest.Row[]

---@class mkrun.rest.Lists
---@field items? string      member with the array (default: the whole answer)
---@field next? string       member with the link to the next page
---@field page? string       query parameter with the number of a page
---@field page_size? string  query parameter with the size of a page
---@field first? integer     number of the first page (default 1)
---@field offset? string     query parameter with the number of items before
---@field limit? string      query parameter with the size of a page
---@field size? integer      items on a page (default 100)
---@field total? string      member with the number of all items

---@class mkrun.rest.ResourceFacts
---@field kind? string       word for one of them: "queue"
---@field keys? table        path parameters, or parameter -> member of an item;
---  of items inside a document: the members that tell them apart
---@field identify? string|string[]   members by which `ensure` finds a thing
---  whose id is the server's
---@field id? string         member with the server's id (default "id")
---@field secrets? string|string[]   members of answers
---@field ignore? string|string[]    members that `ensure` does not compare
---@field lost? string       what a delete loses

---@class mkrun.rest.Row
---@field [1] string         key: "queues.put"
---@field [2] string         method
---@field [3] string         path: "/queues/{vhost}/{name}"
---@field body? mkrun.rest.Types
---@field ok? integer|integer[]   statuses of success (default: 200 to 299)
---@field safe? boolean      the request may be sent twice (default: all but
---  POST and JSON Patch)
---@field undo? string|false   key of the operation that undoes it
---@field why? string        reason for `undo = false`
---@field shown_by? string   key of the read that shows whether it happened
---@field list? mkrun.rest.Lists
---@field query? table       names of options, or option -> query parameter
---@field content_type? string
---@field defaults? table    members that the server fills in
---@field id? string         "create": member of the answer with the new id
---@field patch? "merge"|"json"
---@field meaning? false     the verb does not say what it means
---@field reads? boolean     it changes nothing, whatever its method
---@field inside? string     member of the document that lists the items
---@field mark? table        members that each item of the body has
---@field auth? "none"       it is sent without the token
---@field empty? boolean     its answer is not looked at

---@class mkrun.rest.Provided
local Provided = {}

---@class mkrun.rest.ConnectOptions
---@field base_url? string     default: --base-url NAME=URL,
---  MKRUN_BASE_URL_NAME, or the declaration's
---@field token? mkrun.Secret|string  default: --token-file NAME=FILE,
---  MKRUN_TOKEN_NAME
---@field timeout? number      the time limit of a request in seconds
---@field http? table          a replacement for `mkrun.http`

--- Connects a script to the provider.  Sends no request.
---@param options? mkrun.rest.ConnectOptions
---@return mkrun.rest.Api
function Provided.connect(options) end

---@class mkrun.rest.Api
---@field client mkrun.Client   sends other requests with the token
---@field [string] mkrun.rest.Collection   one for each resource
local Api = {}

---@class mkrun.rest.KeyCall
---@field path? string|table<string, string>   path parameters; a text, if
---  there is one
---@field query? table
---@field body? any
---@field absent? boolean   true: return nil for 404 instead of raising

--- Sends an operation by its key.
---@param key string
---@param options? mkrun.rest.KeyCall
---@return any document
---@return integer status
function Api:call(key, options) end

---@class mkrun.rest.Collection
local Collection = {}

--- Returns the whole list.
---@param options? string|table   path parameters and query options
---@return table[]
function Collection:list(options) end

--- Iterates over the list, page by page.  Before a delete in the loop, the rest
--- of the list is read, so that none is missed.
---@param options? string|table
---@return fun(): table?
function Collection:each(options) end

--- Reads a thing.  Raises if it does not exist.
---@param id string|table
---@return table
function Collection:get(id) end

--- Reads a thing.  Returns nil if it does not exist.
---@param id string|table
---@return table?
function Collection:find(id) end

--- Makes or replaces a thing.
---@param id string|table
---@param body table
---@return any answer
function Collection:put(id, body) end

--- Makes a thing with an id of the server's.
---@param body table
---@return any answer
function Collection:create(body) end

--- Changes a thing.
---@param id string|table
---@param body table
---@return any answer
function Collection:patch(id, body) end

--- Deletes a thing.
---@param id string|table
---@param options? {missing_ok: boolean?}
---@return boolean done
function Collection:delete(id, options) end

--- Makes a thing what is declared.
---@param id string|table
---@param want? table
---@param options? {have: table?, before: (fun())?}
---@return table thing
---@return "unchanged"|"created"|"changed" outcome
---@return string[] details
function Collection:ensure(id, want, options) end

---@class mkrun.rest.ThingResult
---@field wish table
---@field resource? table
---@field outcome? "unchanged"|"created"|"changed"
---@field details? string[]
---@field problem? mkrun.rest.Error
---@field is_skipped? boolean

--- Ensures many things side by side, by one list.
---@param wishes table[]
---@param options? {told: function?, limit: integer?, before: (fun())?}
---@return mkrun.rest.ThingResult[]
function Collection:ensure_all(wishes, options) end

--- Makes a provider.  Raises if the declaration is wrong.
---@param declared mkrun.rest.Declaration
---@return mkrun.rest.Provided
function rest.provider(declared) end

return rest
