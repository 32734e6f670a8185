---@meta mkrun.http

--- Sends requests by HTTP/1.1 or HTTP/2.  This module requires TLS 1.2 or
--- newer, and always verifies the server's certificate.
---
--- * A response with any HTTP status is returned.  `nil, message, code` means
---   that no response arrived.  The message never contains a password, a query
---   or a token.
--- * Only a redirect of GET or HEAD to the same origin is followed.  Any other
---   redirect is returned as the response; `headers.location` is the target.
--- * Connections are reused.  HTTP/2 is used if the server supports it.
--- * A read is repeated if a reused connection turns out to be dead.  A write
---   is not repeated.  The code "closed" means that the server may have
---   performed the write.
--- * In a task (mkrun.task) other tasks run while a request waits.
--- * At most 256 requests run at once.  Other requests wait and start in the
---   order of the calls.  `timeout` counts from the start of a request.
--- * The environment variables `https_proxy`, `http_proxy`, `all_proxy` and
---   `no_proxy` are read once.
---@class mkrun.http
local http = {}

---@alias mkrun.http.Code
---| "resolve"   # unknown host name
---| "connect"   # no connection to the server's address
---| "proxy"     # no connection to the proxy, or the proxy refuses
---| "tls"       # wrong certificate, or no common TLS version
---| "timeout"   # no answer within `timeout` seconds
---| "closed"    # the connection ended before the answer
---| "toobig"    # the answer is longer than `max_body` or `max_headers`
---| "protocol"  # the answer is malformed HTTP
---| "url"       # the URL is malformed, or its scheme is not http or https
---| "origin"    # the token is bound to another origin
---| "insecure"  # http would send a token or password to another machine
---              # without encryption
---| "token"     # the token contains a line break, its header field is given
---              # twice, or it is not USER:PASSWORD
---| "json"      # `json` cannot be encoded
---| "memory"    # out of memory

---@alias mkrun.http.Value string|number|boolean

---@class mkrun.http.Options
---@field url string
---@field method? string          method in capital letters (default "GET")
---@field headers? table          map: name -> value or list of values; or a
---  list of pairs {name, value}, which keep their order
---@field query? table            query to encode and add to the URL, in the
---  same form as `headers`
---@field body? string            body of the request
---@field json? any               body of the request: a value to encode as
---  JSON; the header field Content-Type is set
---@field token? mkrun.Secret     token to send
---@field token_as? string        how the token is sent: "bearer" (default);
---  "basic", for a token USER:PASSWORD; or the name of a header field whose
---  value is the token
---@field secrets? table<string, mkrun.Secret>   each text of the JSON body that
---  is a name in this table is sent as the bytes of its secret
---@field timeout? number         seconds for the whole request (default 30)
---@field connect_timeout? number  seconds for the connection (default 10)
---@field max_body? integer       most bytes of the answer's body (default
---  64 MiB)
---@field max_headers? integer    most bytes of the answer's header (default and
---  maximum: 256 KiB)
---@field redirects? integer      most redirects to follow (default 5)
---@field client_cert? string     PEM file with a client certificate
---@field client_key? string      PEM file with the key of `client_cert`
---  (default: the file `client_cert`)
---@field safe? boolean           true: the request may be sent twice (default:
---  true for reads)

---@class mkrun.http.Response
---@field status integer
---@field headers table<string, string>  header fields: an index may have upper
---  or lower case, `pairs` returns lower case; values of repeated fields are
---  joined by ", "
---@field header_list string[][]  pairs {name, value} in the server's order
---@field head? string           status line and header fields as received; nil
---  if no server answered
---@field body string
---@field method string
---@field url string              URL of the last request after redirects
---@field http_version "1.0"|"1.1"|"2"
---@field time { total: number, connect: number, tls: number,
---  first_byte: number }         seconds from the start to each event
---@field bytes integer           size of the body as received
---@field attempts integer       number of times the request was sent
---@field refused_for? number    seconds that the server asks to wait with
---  Retry-After, if that is longer than mkrun waits
---@field may_be_done? boolean   true: an earlier attempt may have taken effect
---@field certificate? { expires: string, issuer: string }  the server's
---  certificate, if this request opened the connection: expires
---  "2026-12-31T23:59:59Z", issuer "CN=Example"
local Response = {}

--- Decodes the body of the response as JSON.
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

--- Replaces the transport of every request of this run.  The host calls
--- `install` before the script starts.  A second call raises.
---
--- `build` gets the transport of the network and returns the new transport.  A
--- transport gets a copy of the options, with `json` also encoded in `body`.  A
--- layer that changes `json` has to clear `body`.  A transport returns a
--- response with at least the field `status`, or nil, an error message and a
--- code.
---@param build fun(wire: mkrun.http.Transport): mkrun.http.Transport
function http.install(build) end

return http
