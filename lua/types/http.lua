---@meta mkrun.http

--- Requests over HTTP/1.1 and HTTP/2, with TLS 1.2 or newer, always verified.
---
--- * Any status is a response.  `nil, message, code` means that none arrived.
---   The message never holds a password, a query or a token.
--- * A redirect is followed only for GET and HEAD and only within the origin;
---   any other is the response, and `headers.location` says where it points.
--- * Connections are kept and used again; HTTP/2 where the server has it.
--- * A read is sent again when a kept connection turns out to be dead; a write
---   never is: code "closed" says that the server may or may not have seen it.
--- * In a task (mkrun.task) a request lets the other tasks go on.
--- * At most 256 requests are on their way; others start in the order of their
---   calls, and their `timeout` begins when they start.
--- * Proxies: `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy`, read once.
---@class mkrun.http
local http = {}

---@alias mkrun.http.Code
---| "resolve"   # the host name is unknown
---| "connect"   # nobody answers at that address
---| "proxy"     # the proxy is not there, or refuses
---| "tls"       # not the server that it claims to be, or no common TLS
---| "timeout"   # no answer within `timeout` seconds
---| "closed"    # the connection ended before the answer did
---| "toobig"    # the answer is above `max_body` or `max_headers`
---| "protocol"  # the answer is not HTTP as it should be
---| "url"       # not a URL, or neither http nor https
---| "origin"    # the token is bound to another origin
---| "insecure"  # a token or password over plain http, and not to this machine
---| "token"     # the token holds a line break
---| "json"      # `json` has no JSON form
---| "memory"    # not enough memory

---@alias mkrun.http.Value string|number|boolean

---@class mkrun.http.Options
---@field url string
---@field method? string          in capitals (default "GET")
---@field headers? table          name -> value or list of values, and pairs
---  {name, value} that keep their order
---@field query? table            as `headers`; appended to the URL, escaped
---@field body? string
---@field json? any               sent as JSON; Content-Type is set
---@field token? mkrun.Secret     sent as a bearer token
---@field timeout? number         seconds, all in all (default 30)
---@field connect_timeout? number seconds until a connection stands (10)
---@field max_body? integer       bytes of the answer's body (64 MiB)
---@field max_headers? integer    bytes of its header (256 KiB, the most)
---@field redirects? integer      how many are followed (5); 0 for none
---@field client_cert? string     PEM file with a client certificate
---@field client_key? string      its key (default: in the same file)
---@field safe? boolean           may be sent again (default: reads may)

---@class mkrun.http.Response
---@field status integer
---@field headers table<string, string>  any case finds; repeated ones joined
---  by ", "; `pairs` gives the names in lower case
---@field header_list string[][]  {name, value} as they came
---@field head string            status line and header as they came; missing
---  when something else than a server answered
---@field body string
---@field method string
---@field url string              of the last redirect that was followed
---@field http_version "1.0"|"1.1"|"2"
---@field time { total: number, connect: number, tls: number,
---  first_byte: number }         seconds since the start
---@field bytes integer           of the body as it was sent
---@field attempts integer
---@field may_be_done? boolean   an attempt before may have taken effect
---@field certificate? { expires: string, issuer: string }  the server's, when
---  this request made the connection: "2026-12-31T23:59:59Z", "CN=Example"
local Response = {}

--- The JSON value in the body.
---@return any value
---@return string? message  "GET https://host/x: bad JSON: ..."
---@return "json"? code
function Response:json() end

---@alias mkrun.http.Transport
---| fun(options: mkrun.http.Options): mkrun.http.Response?, string?, string?

--- Send a request and wait for the answer.  An unknown option raises.
---@param options mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message  "GET https://host/x: no answer within 30 seconds"
---@return mkrun.http.Code? code
function http.request(options) end

--- `http.request` with `method = "GET"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.get(url, options) end

--- `http.request` with `method = "HEAD"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.head(url, options) end

--- `http.request` with `method = "POST"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.post(url, options) end

--- `http.request` with `method = "PUT"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.put(url, options) end

--- `http.request` with `method = "PATCH"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.patch(url, options) end

--- `http.request` with `method = "DELETE"`.
---@param url string
---@param options? mkrun.http.Options
---@return mkrun.http.Response? response
---@return string? message
---@return mkrun.http.Code? code
function http.delete(url, options) end

--- Which certificates are trusted: "embedded (Mozilla 20250419, 150 roots)".
---@return string? description
---@return string? message  why the store that counts cannot be used
---@return "tls"? code
function http.trust() end

--- Put a transport under every request of this run.
---
--- The host does it before the script starts; a second call raises.  `build`
--- gets the wire and returns what is to be called instead of it.  A transport
--- gets a copy of the options, in which `json` is also there as `body` (who
--- changes `json` has to clear `body`), and returns a response, of which
--- `status` is enough, or nil, message, code.
---@param build fun(wire: mkrun.http.Transport): mkrun.http.Transport
function http.install(build) end

return http
