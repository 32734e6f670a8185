--- Makes the certificates of tls_cases.lua, serves a case on loopback, and
--- sends requests to the server with curl and with the release binary.

local cases = require "tests.support.tls_cases"
local ports = require "tests.support.ports"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

local PATIENCE <const> = 120 -- seconds, for a busy machine

local KEY <const> = {
  ec = "-algorithm EC -pkeyopt ec_paramgen_curve:%s",
  rsa = "-algorithm RSA -pkeyopt rsa_keygen_bits:%s",
  pss = "-algorithm RSA-PSS -pkeyopt rsa_keygen_bits:%s",
  ed25519 = "-algorithm %s",
}

--- Writes openssl's file for the extensions of one certificate.
local EXTENSIONS <const> = [[
[v]
%s
[dn]
O = Some Firm
]]

--- The configuration of `openssl ca`.  Before version 3.4 only this command can
--- set the begin of a certificate.
local AUTHORITY <const> = [[
[ca]
default_ca = main
[main]
database = %s/index
new_certs_dir = %s
rand_serial = yes
policy = any
[any]
commonName = optional
]]

local function key_rule(name, kind)
  local algorithm, size = kind:match "^(%w+):?(.*)$"
  local words = KEY[algorithm]:format(size ~= "" and size or algorithm)
  return ("%s.key:\n\topenssl genpkey %s -out $@\n"
    .. "\topenssl pkey -in $@ -pubout -out %s.pub\n"):format(name, words, name)
end

local function key_of(name)
  return cases.certificates[name].key or "server"
end

local function dated(name, one)
  local signer = one.by
    and ("-cert %s.crt -keyfile %s.key"):format(one.by, key_of(one.by))
    or ("-selfsign -keyfile %s.key"):format(key_of(name))
  return ("openssl req -new -key %s.key -subj %s -out %s.csr && "
    .. "openssl ca -batch -notext -config %s.ca -in %s.csr -out $@ %s "
    .. "-md sha256 -startdate %s -enddate %s -extfile %s.ext -extensions v")
    :format(key_of(name), shell.quote("/CN=" .. name), name, name, name,
      signer, one.dates[1], one.dates[2], name)
end

local function signed(name, one)
  local signer = one.by and ("-CA %s.crt -CAkey %s.key -force_pubkey %s.pub")
    :format(one.by, key_of(one.by), key_of(name))
    or ("-key %s.key"):format(key_of(name))
  local text = one.text and ("OPENSSL_CONF=%s.cnf "):format(one.text) or ""
  return text .. ("openssl x509 -new -subj %s %s -days 9 -%s -extfile %s.ext "
    .. "-extensions v %s -out $@"):format(
    shell.quote(one.subject or "/CN=" .. name), signer,
    one.md or "sha256", name, one.options or "")
end

--- The configuration of openssl for names of one string type.
local KIND <const> = [[
openssl_conf = init
[init]
stbl_section = strings
[strings]
commonName = min:1, max:64, mask:%s, flags:nomask
organizationName = min:1, max:64, mask:%s, flags:nomask
]]

local function certificate_rule(name, one)
  local needs = { key_of(name) .. ".key" }
  if one.by then
    needs[2], needs[3] = one.by .. ".crt", key_of(one.by) .. ".key"
  end
  local command = one.dates and dated(name, one) or signed(name, one)
  return ("%s.crt: %s\n\t%s\n"):format(name, table.concat(needs, " "),
    command)
end

local function write_inputs(folder, name, one)
  if one.text then
    temp.write(("%s/%s.cnf"):format(folder, one.text),
      KIND:format(one.text, one.text))
  end
  temp.write(("%s/%s.ext"):format(folder, name),
    EXTENSIONS:format(one.ext or "subjectKeyIdentifier=hash"))
  if not one.dates then return end
  local own = ("%s/%s.d"):format(folder, name)
  shell.execute("mkdir " .. shell.quote(own))
  temp.write(own .. "/index", "")
  temp.write(("%s/%s.ca"):format(folder, name), AUTHORITY:format(own, own))
end

local made

--- Returns the folder with all keys and certificates.  The first call makes it.
local function folder()
  if made then return made end
  made = temp.folder()
  local all, rules = {}, {}
  for name, kind in pairs(cases.keys) do
    rules[#rules + 1] = key_rule(name, kind)
  end
  for name, one in pairs(cases.certificates) do
    write_inputs(made, name, one)
    all[#all + 1] = name .. ".crt"
    rules[#rules + 1] = certificate_rule(name, one)
  end
  table.sort(all)
  temp.write(made .. "/Makefile", ("all: %s\n%s"):format(
    table.concat(all, " "), table.concat(rules)))
  shell.execute(("env -u MAKEFLAGS -u MAKELEVEL make -s -j4 -C %s >%s/log 2>&1 "
    .. "|| { tail %s/log; exit 1; }"):format(made, made, made))
  return made
end

--- Puts several certificates into one file.
local function bundle(names)
  local texts = {}
  for name in names:gmatch "%S+" do
    texts[#texts + 1] = assert(temp.read(("%s/%s.crt"):format(folder(), name)),
      name)
  end
  return temp.file(table.concat(texts))
end

local function server_words(case, port)
  local cert = case.cert or "good"
  local words = { "openssl", "s_server", "-www", "-accept",
    "127.0.0.1:" .. port, "-cert", cert .. ".crt", "-key",
    key_of(cert) .. ".key" }
  local chain = case.chain or (case.cert and "" or "ca")
  if chain ~= "" then
    words[#words + 1] = "-cert_chain"
    words[#words + 1] = bundle(chain)
  end
  local more = case.server or ""
  if not more:find("-cipher ", 1, true) then
    more = more .. " -cipher ALL:@SECLEVEL=0" -- to serve weak ones at all
  end
  if more:find("erify", 1, true) then
    more = more .. " -CAfile root.crt -verify_return_error"
  end
  for word in more:gmatch "%S+" do words[#words + 1] = word end
  return words
end

--- Starts the server.  It tries again if another program takes the port.
local function serve(case)
  for _ = 1, 3 do
    local port = ports.free(1)
    local server = process.spawn(server_words(case, port), { cwd = folder() })
    process.wait_until("openssl s_server", function()
      return server:output():find "ACCEPT" or not server:alive()
    end, PATIENCE)
    if server:alive() then
      return server, ("https://%s:%d/"):format(case.host or "localhost", port)
    end
    M.last_error = select(2, server:output())
    server:stop()
  end
  error("openssl s_server: " .. M.last_error, 0)
end

local function client_files(case)
  if not case.client then return nil end
  return ("%s/%s.crt"):format(folder(), case.client),
    ("%s/%s.key"):format(folder(), key_of(case.client))
end

local function curl(case, url, trust)
  local words = { "curl", "-q", "-sS", "-o", "/dev/null", "-w",
    "%{http_code}", "--noproxy", "*", "--max-time", PATIENCE, "--cacert",
    trust, url }
  local cert, key = client_files(case)
  if cert then
    table.move({ "--cert", cert, "--key", key }, 1, 4, #words + 1, words)
  end
  local outcome = process.run(words, { timeout = PATIENCE })
  if outcome.code == 0 then return outcome.out end
  return outcome.err:match "^curl: (.-)\n" or outcome.err
end

local GET <const> = [[
local response, message, code = require "mkrun.http".get(%q,
  { timeout = %d, client_cert = %s, client_key = %s })
io.write(response and response.status
  or code .. ": " .. message:gsub("^.-: ", "", 1))]]

local function quoted(text) return text and ("%q"):format(text) or "nil" end

local function mkrun(case, url, trust)
  local cert, key = client_files(case)
  local outcome = release.eval(
    GET:format(url, PATIENCE, quoted(cert), quoted(key)),
    { flags = { "--cacert", trust }, timeout = PATIENCE })
  return outcome.out .. outcome.err
end

--- Returns the results of curl and mkrun for a case: "200" or a message.
---@param case tests.TlsCase
---@return {curl: string, mkrun: string}
function M.ask(case)
  local trust = ("%s/%s.crt"):format(folder(), case.trust or "root")
  local server, url = serve(case)
  local seen =
    { curl = curl(case, url, trust), mkrun = mkrun(case, url, trust) }
  server:stop()
  return seen
end

--- Compares the results with the expected ones.  Returns the difference or nil.
---@param case tests.TlsCase
---@param seen {curl: string, mkrun: string}
---@return string?
function M.problem(case, seen)
  local accepted, curls = seen.mkrun == "200", seen.curl == "200"
  local both = ("\n  mkrun: %s\n  curl:  %s"):format(seen.mkrun, seen.curl)
  if accepted and not curls then return "curl refuses it" .. both end
  if accepted ~= (case.wrong == nil) then
    return ("mkrun should %s it"):format(case.wrong and "refuse" or "accept")
      .. both
  end
  if accepted then return nil end
  if seen.mkrun:sub(1, 5) ~= "tls: " then return "not tls" .. both end
  if not seen.mkrun:find(case.wrong, 1, true) then
    return "it should say: " .. case.wrong .. both
  end
  if seen.mkrun:find "0x%x%x" or seen.mkrun:find "%c" then
    return "unreadable" .. both
  end
  if curls == (case.stricter ~= nil) then return nil end
  return (curls and "there is no reason" or "the reason is not needed") .. both
end

return M
