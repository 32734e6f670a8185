---@meta mkrun.http

--- Sends requests by HTTP/1.1 or HTTP/2.  It requires TLS 1.2 or newer, and
--- always verifies the server's certificate.
---
--- * Each status is a response.  `nil, message, code` means that no response
---   arrived.  The message never holds a password, a query or a token.
--- * Only a redirect of GET or HEAD to the same origin is followed.  Any other
---   redirect is the response; `headers.location` has its target.
--- * Connections are reused.  HTTP/2 is used if the server supports it.
--- * A read is repeated if a reused connection turns out to be dead.  A write
---   is not: code "closed" means that the server may have performed it.
--- * In a task (mkrun.task) other tasks run while a request waits.
--- * At most 256 requests run at once.  The others start in the order of their
---   calls, and `timeout` counts from the start.
--- * Proxies: `https_proxy`, `http_proxy`, `all_proxy` and `no_proxy` are read
---   once.
---@class mkrun.http
local http = {}

---@alias mkrun.http.Code
---| "resolve"   # unknown host name
---| "connect"   # no connection to the address
---| "proxy"     # no connection to the proxy, or it refuses
---| "tls"       # wrong certificate, or no common TLS version
---| "timeout"   # no answer within `timeout` seconds
---| "closed"    # the connection ended before the answer
---| "toobig"    # the answer exceeds `max_body` or `max_headers`
---| "protocol"  # the answer is malformed HTTP
---| "url"       # malformed URL, or not http or https
---| "origin"    # the token is bound to another origin
---| "insecure"  # a token or password over plain http to another machine
---| "token"     # the token contains a line break
---| "json"      # `json` cannot be encoded
---| "memory"    # out of memory

---@alias mkrun.http.Value string|number|boolean

---@class mkrun.http.Options
---@field url string
---@field method? string          in capitals (default "GET")
---@field headers? table          name -> value or list of values; or pairs
---  {name, value}, which keep their order
---@field query? table            as `headers`; encoded and added to the URL
---@field body? string
---@field json? any               sent as JSON; Content-Type is set
---@field token? mkrun.Secret     sent as a bearer token
---@field timeout? number         seconds for the whole request (default 30)
---@field connect_timeout? number seconds to connect (default 10)
---@field max_body? integer       bytes of the answer's body (default 64 MiB)
---@field max_headers? integer    bytes of its header (256 KiB, the most)
---@field redirects? integer      number to follow (default 5); 0 for none
---@field client_cert? string     PEM file with a client certificate
---@field client_key? string      its key (default: in the same file)
---@field safe? boolean           may be repeated (default: true for reads)

---@class mkrun.http.Response
---@field status integer
---@field headers table<string, string>  names in any case; repeated headers are
---  joined by ", "; `pairs` gives names in lower case
---@field header_list string[][]  {name, value} in the server's order
---@field head string            status line and headers as received; missing if
---  no server answered
---@field body string
---@field method string
---@field url string              URL of the last redirect
---@field http_version "1.0"|"1.1"|"2"
---@field time { total: number, connect: number, tls: number,
---  first_byte: number }         seconds since the start
---@field bytes integer           of the body as received
---@field attempts integer       how often the request was sent
---@field may_be_done? boolean   true: an earlier attempt may have taken effect
---@field certificate? { expires: string, issuer: string }  the server's, if
---  this request opened the connection: "2026-12-31T23:59:59Z", "CN=Example"
local Response = {}

--- Decodes the body as JSON.
---@return any value
---@return string? message  "GET https://host/x: bad JSON: ..."
---@return "json"? code
function Response:json() end

---@alias mkrun.http.Transport
---| fun(options: mkrun.http.Options): mkrun.http.Response?, string?, string?

--- Sends a request and waits for the answer.  Raises for an unknown option.
---@param options mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message  "GET https://host/x: no answer within 30 seconds"
---@return mkrun.http.Code? code
function http.request(options) end

--- Calls `http.request` with `method = "GET"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.get(url, options) end

--- Calls `http.request` with `method = "HEAD"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.head(url, options) end

--- Calls `http.request` with `method = "POST"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.post(url, options) end

--- Calls `http.request` with `method = "PUT"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.put(url, options) end

--- Calls `http.request` with `method = "PATCH"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.patch(url, options) end

--- Calls `http.request` with `method = "DELETE"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.delete(url, options) end

--- Returns the source of the trusted certificates.
---@return string? source   "embedded (Mozilla 20250419, 150 roots)"
---@return string? message  why the certificates cannot be used
---@return "tls"? code
function http.trust() end

--- Replaces the transport of every request of this run.  The host calls it
--- before the script starts; a second call raises.
---
--- `build` gets the transport of the network and returns the new one.  A
--- transport gets a copy of the options, with `json` also encoded in `body`.  A
--- layer that changes `json` has to clear `body`.  A transport returns a
--- response, which needs at least `status`, or nil, message and code.
---@param build fun(wire: mkrun.http.Transport): mkrun.http.Transport
function http.install(build) end

return http
