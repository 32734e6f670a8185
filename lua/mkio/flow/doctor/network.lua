--- Checks the connection to the API: base URL, proxy, server, TLS, clock.
--- `mkio.flow.doctor` calls these checks.
---
--- A check is a function that returns a result, a detail, and advice.  The
--- check stores facts for later checks in the table `seen`.  The check of the
--- server stores `response`, or `code` and `message` if there is no response.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local http = require "mkrun.http"
local sys = require "mkrun.sys"

--- Warn when the clocks differ by more than this many seconds.  The check fails
--- above `clock.TOLERATED` seconds.
local CLOCK_WARNING <const> = 10

--- Warn when the server's certificate expires in fewer than this many days.
local CERTIFICATE_DAYS <const> = 14

local checks = {}

--- Returns the scheme, the host without port, and the path of the base URL.
local function parts()
  local scheme, authority, path =
    config.base_url:match "^(%a+)://([^/?#]*)(.*)$"
  if not scheme then return nil end
  authority = authority:lower():gsub("^.*@", "")
  local host = authority:match "^%[(.*)%]" or authority:match "^[^:]*"
  return scheme:lower(), host, path
end

--- Removes user and password from a URL, so that the URL may be printed.  A
--- password may contain "@", so everything before the last "@" is removed.
local function shown(url)
  local scheme, rest = url:match "^(%a[%w+.-]*://)(.*)$"
  return (scheme or "") .. (rest or url):gsub("^.*@", "")
end

--- Checks that the base URL has the form of a URL.
checks["base URL"] = function()
  if config.sandbox then return "ok", "none is used: the sandbox answers" end
  local url = shown(config.base_url)
  local scheme, host, path = parts()
  if not scheme then
    return "failed", ("'%s' is no URL"):format(url), "see --base-url"
  elseif path:find "^/api" then
    return "failed", ("%s: the path is not part of it"):format(url),
      "use " .. url:sub(1, -#path - 1)
  elseif host == "api.mk.io" then
    return "warning", url .. ": an older host", "use https://app.mk.io"
  end
  return "ok", url
end

local function is_loopback(host)
  return host == "localhost" or host == "::1" or host:find "^127%." ~= nil
end

--- Returns true if the host is in `list`, the value of the variable `no_proxy`.
local function is_exempt(host, list)
  for entry in list:lower():gmatch "[^,%s]+" do
    local suffix = entry:gsub("^%*?%.", "")
    if entry == "*" or host == suffix
      or host:sub(-#suffix - 1) == "." .. suffix then
      return true
    end
  end
  return false
end

local function first_set(...)
  for _, name in ipairs { ... } do
    local found = os.getenv(name)
    if found and found ~= "" then return found, name end
  end
end

--- Finds the proxy that libcurl uses for the base URL.
function checks.proxy()
  if config.sandbox then return "skipped", "the sandbox needs none" end
  local scheme, host = parts()
  local url, name
  if scheme == "https" then
    url, name = first_set("https_proxy", "HTTPS_PROXY", "all_proxy",
      "ALL_PROXY")
  elseif host and not is_loopback(host) then
    url, name = first_set("http_proxy", "all_proxy", "ALL_PROXY")
  end
  if not url then return "ok", "none" end
  local exempt, variable = first_set("no_proxy", "NO_PROXY")
  if exempt and is_exempt(host, exempt) then
    return "ok", ("none for %s, because of %s"):format(host, variable)
  end
  return "ok", ("%s, of %s"):format(shown(url), name)
end

--- Removes the method and the URL from the beginning of a message: "GET
--- https://host/path: no answer" becomes "no answer".
local function bare(message) return (message:gsub("^%u+ %S+: ", "", 1)) end

--- The advice if the server sends no answer, by error code.
local unreachable = {
  resolve = "is the name in the base URL right?  does DNS work?",
  connect = "is the base URL right?  does the network need a proxy "
    .. "(https_proxy)?",
  proxy = "are https_proxy and no_proxy right?",
  timeout = "does a firewall block it?  is a proxy needed (https_proxy)?",
}

--- Returns the advice about proxies if the message names a proxy, else nil.
local function by_proxy(message)
  return message:find(" (proxy ", 1, true) and unreachable.proxy
end

--- Asks the server whether the service is ready.  The request has no token.
local function probe(seen)
  local response, message, code = http.get(config.base_url .. "/api/ready",
    { safe = false, redirects = 0, timeout = config.timeout })
  seen.response, seen.code, seen.message = response, code, message
end

--- Checks that the server answers and is ready.
function checks.server(seen)
  probe(seen)
  local response = seen.response
  if not response then
    if seen.code == "tls" then return "ok", "it is there" end
    return "failed", bare(seen.message), by_proxy(seen.message)
      or unreachable[seen.code] or "is the base URL right?"
  elseif response.status == 503 then
    return "failed", "503, it is not ready", "try again later"
  elseif response.status >= 300 then
    return "failed", ("it answers %d to /api/ready"):format(response.status),
      "is the base URL that of MK.IO?"
  end
  if config.sandbox then return "ok", "ready" end
  return "ok", ("ready, in %.0f ms with HTTP/%s")
    :format(response.time.total * 1000, response.http_version)
end

local function certificate_finding(trust, certificate)
  local detail = "trusted by " .. trust
  if not certificate then return "ok", detail end
  local days = (sys.parse_time(certificate.expires) - clock.now())
    // clock.DAY
  detail = ("certificate of '%s' until %s, %s"):format(certificate.issuer,
    certificate.expires:sub(1, 10), detail)
  if days < CERTIFICATE_DAYS then
    return "warning", ("%s: %d days left"):format(detail, days // 1 | 0),
      "tell those who run the server"
  end
  return "ok", detail
end

--- The advice for an error of TLS.  The first entry whose text occurs in the
--- message is used.
local tls_troubles = {
  { "issuer unknown", "name the CA's certificate with --cacert; if a proxy "
    .. "decrypts TLS, name the certificate of its CA" },
  { "has expired", "is the clock of this machine right?" },
  { "not valid yet", "is the clock of this machine right?" },
  { "another host", "is the base URL right?" },
}

local function tls_advice(message)
  for _, trouble in ipairs(tls_troubles) do
    if message:find(trouble[1], 1, true) then return trouble[2] end
  end
  local no_tls = message:find("does not speak TLS", 1, true)
  return by_proxy(message) or no_tls and "is the base URL right?"
    or "tell those who run the server"
end

--- Checks that the certificate of the server is trusted and does not expire
--- soon.
function checks.TLS(seen)
  if config.sandbox then return "skipped", "no network in the sandbox" end
  if parts() ~= "https" then
    return "skipped", "plain http"
  end
  local trust, message = http.trust()
  if not trust then
    return "failed", message, "name a PEM file with --cacert or SSL_CERT_FILE"
  elseif seen.response then
    return certificate_finding(trust, seen.response.certificate)
  elseif seen.code ~= "tls" then
    return "skipped", "no answer"
  end
  return "failed", bare(seen.message), tls_advice(seen.message)
end

--- Compares this machine's clock with the header field `Date` of the answer.
function checks.clock(seen)
  if not seen.response then return "skipped", "no answer" end
  local ahead = clock.ahead()
  if not ahead then return "skipped", "the answer has no date" end
  local off = math.abs(ahead)
  local result = off > clock.TOLERATED and "failed"
    or off >= CLOCK_WARNING and "warning" or "ok"
  return result, clock.difference(), result ~= "ok" and "set the clock: "
    .. "whether a certificate has expired depends on it" or nil
end

return checks
