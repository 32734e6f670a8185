--- Lists cases of TLS handshakes: the certificates that a server sends, and the
--- expected results of curl and mkrun.  `tls_table_spec.lua` and
--- `tls_table.lua` run the cases.
---
--- `certificates` describes each certificate (see tls_world.lua).  `cases`
--- names the certificate that a server sends.  mkrun never accepts a
--- certificate that curl refuses.  If only mkrun refuses, `stricter` gives the
--- reason.

---@class tests.TlsCertificate
---@field by? string       the signing certificate (default: itself)
---@field subject? string  default: "/CN=" and its name
---@field key? string      a name of `keys` (default "server")
---@field ext? string      extensions for openssl, separated by "\n"
---@field md? string       hash of the signature (default sha256)
---@field dates? string[]  begin and end (default: now, for 9 days)
---@field options? string  more arguments of openssl
---@field text? string     string type of the subject (default UTF8)

---@class tests.TlsCase
---@field [1] string       description of the case
---@field cert? string     the server's certificate (default "good")
---@field chain? string    certificates sent with it, separated by blanks
---@field trust? string    the trusted certificate (default "root")
---@field host? string     default "localhost"
---@field server? string   more arguments of openssl s_server
---@field client? string   the client's certificate
---@field wrong? string    mkrun's message; nil: it accepts
---@field stricter? string why mkrun refuses although curl does not

local M = {}

M.keys = {
  server = "ec:prime256v1",
  ca = "ec:prime256v1",
  other = "ec:prime256v1",
  p384 = "ec:secp384r1",
  p521 = "ec:secp521r1",
  k1 = "ec:secp256k1",
  rsa = "rsa:2048",
  rsa1024 = "rsa:1024",
  pss = "pss:2048",
  ed25519 = "ed25519",
}

local CA <const> = "basicConstraints=critical,CA:TRUE"
local PAST <const> = { "20200101000000Z", "20200201000000Z" }
local LOCAL <const> = "subjectAltName=DNS:localhost,IP:127.0.0.1"

local function ca(by, ext, more)
  local one = { by = by, key = "ca", ext = ext and CA .. "\n" .. ext or CA }
  for name, value in pairs(more or {}) do one[name] = value end
  return one
end

local function leaf(by, ext, more)
  local one = { by = by, ext = ext or LOCAL }
  for name, value in pairs(more or {}) do one[name] = value end
  return one
end

--- Makes a certificate for localhost with more extensions.
local function with(by, ext, more)
  return leaf(by, LOCAL .. "\n" .. ext, more)
end

--- Returns many names, to make a certificate large.
local function names(count)
  local list = { LOCAL }
  for i = 1, count do
    list[#list + 1] = ("DNS:host-%04d.some-long-name.example.test"):format(i)
  end
  return table.concat(list, ",")
end

local function der(oid, bytes) return ("%s=DER:%s"):format(oid, bytes) end

local certificates = {
  root = ca(),
  ca = ca "root",
  below = ca "ca",
  good = leaf "ca",
  plain = leaf "root",
  deep = leaf "below",
  stranger = ca(nil, nil, { key = "other" }),
  ["by-stranger"] = leaf "stranger",
  ["self"] = leaf(),
  noise = { key = "ed25519" },
  customer = with("root", "basicConstraints=CA:FALSE"),
  ["by-customer"] = leaf("customer"),

  -- Names.
  capitals = leaf("root", "subjectAltName=DNS:LocalHost"),
  ["ip-only"] = leaf("root", "subjectAltName=IP:127.0.0.1",
    { subject = "/CN=localhost" }),
  ["dns-only"] = leaf("root", "subjectAltName=DNS:localhost"),
  ["dns-as-ip"] = leaf("root", "subjectAltName=DNS:127.0.0.1",
    { subject = "/CN=127.0.0.1" }),
  ["cn-only"] = leaf("root", "keyUsage=digitalSignature",
    { subject = "/CN=localhost" }),
  ["cn-other"] = leaf("root", "subjectAltName=DNS:else.test",
    { subject = "/CN=localhost" }),
  ["email-only"] = leaf("root", "subjectAltName=email:a@b.test",
    { subject = "/CN=localhost" }),
  ["uri-only"] = leaf("root", "subjectAltName=URI:localhost",
    { subject = "/CN=uri" }),
  wild = leaf("root", "subjectAltName=DNS:*.deep.localhost"),
  ["wild-top"] = leaf("root", "subjectAltName=DNS:*.localhost"),
  ["wild-part"] = leaf("root", "subjectAltName=DNS:a*.deep.localhost"),
  ["wild-inside"] = leaf("root", "subjectAltName=DNS:a.*.localhost"),
  ["wild-ip"] = leaf("root", "subjectAltName=DNS:*.0.0.1"),
  nul = leaf("root", der("2.5.29.17", -- DNS:localhost\0.test
    "301182" .. "0f6c6f63616c686f7374002e74657374")),
  dot = leaf("root", "subjectAltName=DNS:localhost."),
  ["tagged-dns"] = leaf("root", der("2.5.29.17", -- [2], constructed
    "300ba2096c6f63616c686f7374")),
  ["tagged-ip"] = leaf("root", der("2.5.29.17", -- [7], constructed
    "3006a7047f000001")),
  nameless = leaf("root", "subjectAltName=critical,DNS:localhost",
    { subject = "/" }),
  hostile = leaf("root", "subjectAltName=DNS:else.test",
    { subject = "/CN=\27[31mred\7\"" }),
  names = leaf("root", "subjectAltName=" .. table.concat({
    "DNS:\27[31mred\7.test", "email:x@else.test", "IP:192.0.2.1",
    "DNS:" .. ("a"):rep(60) .. ".test", "DNS:b.test", "IP:2001:db8::1" }, ",")),
  many = leaf("root", names(250)),
  huge = leaf("root", names(600)),

  -- A CA with its name in several spellings, and certificates that it signs.
  ["spelt"] = ca(nil, nil, { subject = "/O=Some Firm/CN=Root One" }),
  ["spelt-printable"] = ca(nil, nil, { subject = "/O=Some Firm/CN=Root One",
    text = "PRINTABLESTRING" }),
  ["spelt-t61"] = ca(nil, nil, { subject = "/O=Some Firm/CN=Root One",
    text = "T61STRING" }),
  ["spelt-case"] = ca(nil, nil, { subject = "/O=SOME firm/CN=root ONE" }),
  ["spelt-blanks"] = ca(nil, nil,
    { subject = "/O=  Some   Firm /CN=Root  One", text = "PRINTABLESTRING" }),
  ["spelt-joined"] = ca(nil, nil, { subject = "/O=SomeFirm/CN=RootOne" }),
  ["spelt-order"] = ca(nil, nil, { subject = "/CN=Root One/O=Some Firm" }),
  ["spelt-moved"] = ca(nil, nil, { subject = "/O=Root One/CN=Some Firm" }),
  ["spelt-together"] = ca(nil, nil, { subject = "/O=Some Firm+CN=Root One" }),
  ["spelt-more"] = ca(nil, nil, { subject = "/O=Some Firm/CN=Root One/CN=x" }),
  ["by-spelt"] = leaf "spelt",
  ["by-spelt-printable"] = leaf "spelt-printable",
  ["spelt-ca"] = ca("spelt", nil,
    { subject = "/CN=Middle CA", options = "-set_serial 7" }),
  ["spelt-ca-blanks"] = ca("spelt-printable", nil, { subject = "/CN=MIDDLE  ca",
    text = "PRINTABLESTRING", options = "-set_serial 7" }),
  ["by-spelt-ca"] = leaf "spelt-ca",
  ["by-spelt-issuer"] = with("spelt-ca",
    "authorityKeyIdentifier=issuer:always"),

  -- Chains.
  ["ca-again"] = ca("root", "subjectKeyIdentifier=hash",
    { subject = "/CN=ca" }),
  ["ca-elsewhere"] = ca("root", "subjectKeyIdentifier=hash",
    { subject = "/CN=ca", key = "other" }),
  ["by-ca-again"] = with("ca-again", "authorityKeyIdentifier=keyid"),
  ["by-serial"] = with("ca-again",
    "authorityKeyIdentifier=keyid,issuer:always"),
  ["by-issuer"] = with("ca-of-other", "authorityKeyIdentifier=issuer:always"),
  ["ca-of-other"] = ca("stranger", nil, { subject = "/CN=ca" }),
  ["key-id"] = ca("root", "subjectKeyIdentifier=01020304"),
  ["by-key-id"] = with("key-id", der("2.5.29.35", "3006800401020304")),
  ["by-other-id"] = with("key-id", der("2.5.29.35", "3006800401020305")),
  forged = with("ca-elsewhere", "authorityKeyIdentifier=none"),
  ["circle-a"] = ca("circle-b0", nil, { subject = "/CN=circle a" }),
  ["circle-b"] = ca("circle-a0", nil, { subject = "/CN=circle b" }),
  ["circle-a0"] = ca(nil, nil, { subject = "/CN=circle a" }),
  ["circle-b0"] = ca(nil, nil, { subject = "/CN=circle b" }),
  ["by-circle"] = leaf "circle-a0",

  -- Certificates that are a CA or not.
  bare = { by = "root", key = "ca", ext = "subjectKeyIdentifier=hash" },
  ["by-bare"] = leaf "bare",
  signer = { by = "root", key = "ca", ext = "keyUsage=keyCertSign" },
  ["by-signer"] = leaf "signer",
  ["no-signer"] = ca("root", "keyUsage=cRLSign"),
  ["by-no-signer"] = leaf "no-signer",
  short = { by = "root", key = "ca",
    ext = "basicConstraints=critical,CA:TRUE,pathlen:0" },
  ["by-short"] = leaf "short",
  ["ca-by-short"] = ca "short",
  ["below-short"] = leaf "ca-by-short",
  ["short-root"] = { key = "ca",
    ext = "basicConstraints=critical,CA:TRUE,pathlen:0" },
  ["ca-by-short-root"] = ca "short-root",
  ["below-short-root"] = leaf "ca-by-short-root",
  integer = { by = "root", key = "ca", ext = der("2.5.29.19", "3003020101") },
  ["by-integer"] = leaf "integer",
  overlong = { by = "root", key = "ca", ext = der("2.5.29.19", "30060101ff") },
  ["by-overlong"] = leaf "overlong",
  ["leaf-pathlen"] = with("root", der("2.5.29.19", "3006010100020101")),
  ["leaf-ca"] = with("root", "basicConstraints=CA:TRUE"),

  -- Key usages.
  ["eku-client"] = with("root", "extendedKeyUsage=clientAuth"),
  ["eku-any"] = with("root", "extendedKeyUsage=anyExtendedKeyUsage"),
  ["eku-both"] = with("root", "extendedKeyUsage=serverAuth,clientAuth"),
  ["eku-critical"] = with("root", "extendedKeyUsage=critical,serverAuth"),
  ["eku-sgc"] = with("root", "extendedKeyUsage=msSGC"),
  ["ca-client"] = ca("root", "extendedKeyUsage=clientAuth"),
  ["by-ca-client"] = leaf "ca-client",
  ["ca-server"] = ca("root", "extendedKeyUsage=serverAuth"),
  ["by-ca-server"] = leaf "ca-server",
  ["ca-any"] = ca("root", "extendedKeyUsage=anyExtendedKeyUsage"),
  ["by-ca-any"] = leaf "ca-any",
  ["root-client"] = ca(nil, "extendedKeyUsage=clientAuth"),
  ["by-root-client"] = leaf "root-client",
  ["ku-sign"] = with("root", "keyUsage=critical,digitalSignature"),
  ["ku-encipher"] = with("root", "keyUsage=keyEncipherment", { key = "rsa" }),
  ["ku-repudiate"] = with("root", "keyUsage=nonRepudiation"),
  ["ns-client"] = with("root", "nsCertType=client"),
  ["ns-server"] = with("root", "nsCertType=server"),
  resources = with("root", "sbgp-ipAddrBlock=IPv4:10.0.0.0/8"),
  proxy = leaf("root", "subjectAltName=DNS:localhost\n"
    .. "proxyCertInfo=language:id-ppl-anyLanguage"),
  ["critical-leaf"] = with("root", "1.2.3.4=critical,DER:0500"),
  ["critical-ca"] = ca("root", "1.2.3.4=critical,DER:0500"),
  ["by-critical-ca"] = leaf "critical-ca",
  ["odd-leaf"] = with("root", "1.2.3.4=DER:0500"),
  ["policy-leaf"] = with("root", "certificatePolicies=critical,1.2.3.4"),
  ["policy-ca"] = ca("root",
    "policyConstraints=critical,requireExplicitPolicy:3"),
  ["by-policy-ca"] = leaf "policy-ca",

  -- Dates.
  old = leaf("root", nil, { dates = PAST }),
  future = leaf("root", nil,
    { dates = { "20390101000000Z", "20400101000000Z" } }),
  ["old-ca"] = ca("root", nil, { dates = PAST }),
  ["by-old-ca"] = leaf "old-ca",
  ["old-root"] = ca(nil, nil, { dates = PAST }),
  ["by-old-root"] = leaf "old-root",

  -- Keys and signatures.
  rsa = leaf("root", nil, { key = "rsa" }),
  rsa1024 = leaf("root", nil, { key = "rsa1024" }),
  p384 = leaf("root", nil, { key = "p384" }),
  p521 = leaf("root", nil, { key = "p521" }),
  k1 = leaf("root", nil, { key = "k1" }),
  pss = leaf("root", nil, { key = "pss" }),
  ed25519 = leaf("root", nil, { key = "ed25519" }),
  ["ed-ca"] = ca("root", nil, { key = "ed25519" }),
  ["by-ed-ca"] = leaf "ed-ca",
  ["below-ed-ca"] = ca("ed-ca"),
  ["deep-ed"] = leaf "below-ed-ca",
  ["ed-root"] = ca(nil, nil, { key = "ed25519" }),
  ["ca-by-ed-root"] = ca("ed-root"),
  ["below-ed-root"] = leaf "ca-by-ed-root",
  ["weak-ca"] = ca("root", nil, { key = "rsa1024" }),
  ["by-weak-ca"] = leaf "weak-ca",
  ["rsa-root"] = ca(nil, nil, { key = "rsa" }),
  ["by-rsa-root"] = leaf("rsa-root", nil, { key = "rsa" }),
  ["by-pss"] = leaf("rsa-root", nil,
    { options = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32" }),
  sha1 = leaf("root", nil, { md = "sha1" }),
  md5 = leaf("rsa-root", nil, { md = "md5" }),
  sha224 = leaf("rsa-root", nil, { md = "sha224" }),
  sha384 = leaf("root", nil, { md = "sha384" }),
  sha512 = leaf("root", nil, { md = "sha512" }),
  ["sha1-ca"] = ca("root", nil, { md = "sha1" }),
  ["by-sha1-ca"] = leaf "sha1-ca",
  ["sha1-root"] = ca(nil, nil, { md = "sha1" }),
  ["by-sha1-root"] = leaf "sha1-root",

  -- Clients.
  client = leaf("root", "extendedKeyUsage=clientAuth"),
  ["client-other"] = leaf("stranger", "extendedKeyUsage=clientAuth"),
  ["client-old"] = leaf("root", "extendedKeyUsage=clientAuth",
    { dates = PAST }),
}

--- Name constraints.  Each entry makes a CA, and a case with a certificate that
--- the CA has signed.
local constraints = {
  { "excludes the name", "excluded;DNS:localhost", wrong = true },
  { "excludes the domain", "excluded;DNS:deep.localhost",
    ext = "subjectAltName=DNS:a.deep.localhost", host = "a.deep.localhost",
    wrong = true },
  { "excludes what is below the domain", "excluded;DNS:.localhost" },
  { "excludes a like name", "excluded;DNS:ocalhost" },
  { "excludes a name that a wildcard stands for",
    "excluded;DNS:bad.deep.localhost",
    ext = "subjectAltName=DNS:*.deep.localhost", host = "bad.deep.localhost",
    wrong = true, stricter = "the host that is asked for is excluded" },
  { "excludes a name that no wildcard stands for",
    "excluded;DNS:very.bad.deep.localhost",
    ext = "subjectAltName=DNS:*.deep.localhost", host = "bad.deep.localhost" },
  { "permits some of the names of a wildcard",
    "permitted;DNS:bad.deep.localhost",
    ext = "subjectAltName=DNS:*.deep.localhost", host = "bad.deep.localhost",
    wrong = true },
  { "permits another name than a constructed one", "permitted;DNS:else.test",
    ext = der("2.5.29.17", "3016a2096c6f63616c686f7374"
      .. "82096c6f63616c686f7374"), wrong = "mkrun cannot check" },
  { "excludes a constructed name", der = "300fa10d300ba2096c6f63616c686f7374",
    wrong = "mkrun cannot check" },
  { "excludes another name of the server", "excluded;DNS:bad.test",
    ext = LOCAL .. ",DNS:very.bad.test", wrong = true },
  { "permits the name", "permitted;DNS:localhost" },
  { "permits the name, critically", "critical,permitted;DNS:localhost" },
  { "permits a longer name", "permitted;DNS:a.localhost", wrong = true },
  { "permits another name", "critical,permitted;DNS:else.test", wrong = true },
  { "permits the network", "permitted;IP:127.0.0.0/255.0.0.0",
    host = "127.0.0.1" },
  { "permits another network", "permitted;IP:10.0.0.0/255.0.0.0",
    wrong = true },
  { "permits an IPv6 network", "permitted;IP:fd00::/ff00::", wrong = true },
  { "excludes the network", "excluded;IP:127.0.0.0/255.255.0.0",
    wrong = true },
  { "excludes the e-mail address", "excluded;email:bad@b.test",
    ext = LOCAL .. ",email:bad@B.test", wrong = true },
  { "excludes the e-mail host", "excluded;email:b.test",
    subject = "/CN=x/emailAddress=a@b.test", wrong = true },
  { "permits another e-mail host", "permitted;email:.b.test",
    ext = LOCAL .. ",email:a@b.test", wrong = true },
  { "permits the e-mail host", "permitted;email:.b.test",
    ext = LOCAL .. ",email:a@a.b.test" },
  { "permits an e-mail host, beside an otherName", "permitted;email:b.test",
    ext = LOCAL .. ",otherName:1.2.3;UTF8:a@c.test" },
  { "permits another e-mail host than that of an otherName",
    "permitted;email:b.test",
    ext = LOCAL .. ",otherName:1.3.6.1.5.5.7.8.9;UTF8:a@c.test",
    wrong = "mkrun cannot check" },
  { "excludes an otherName of another kind",
    "excluded;otherName:1.2.3;UTF8:x",
    ext = LOCAL .. ",otherName:1.2.4;UTF8:x" },
  { "excludes the URI", "excluded;URI:b.test",
    ext = LOCAL .. ",URI:http://b.test:80/", wrong = true },
  { "permits another URI", "permitted;URI:.b.test",
    ext = LOCAL .. ",URI:http://b.test/", wrong = true },
  { "permits the URI", "permitted;URI:.b.test",
    ext = LOCAL .. ",URI:http://a.B.test/x" },
  { "has to do with a URI without a host", "permitted;URI:b.test",
    ext = LOCAL .. ",URI:urn:x", wrong = "mkrun cannot check" },
  { "permits the subject", "permitted;dirName:dn",
    subject = "/O=Some Firm/CN=x" },
  { "permits the subject, otherwise spelt", "permitted;dirName:dn",
    subject = "/O=some  firm /CN=x" },
  { "permits another subject", "permitted;dirName:dn",
    subject = "/O=Some Farm/CN=x", wrong = true },
  { "excludes the subject", "excluded;dirName:dn",
    subject = "/O=SOME FIRM/CN=x", wrong = true },
  { "excludes a longer subject", "excluded;dirName:dn", subject = "/CN=x" },
  { "permits other common names", "permitted;DNS:good.test",
    ext = "subjectAltName=IP:127.0.0.1", subject = "/CN=www.bad.test",
    host = "127.0.0.1", wrong = true },
  { "permits the common name", "permitted;DNS:good.test",
    ext = "subjectAltName=IP:127.0.0.1", subject = "/CN=www.good.test",
    host = "127.0.0.1" },
  { "has to do with a common name that is no host",
    "permitted;DNS:good.test", ext = "subjectAltName=IP:127.0.0.1",
    subject = "/CN=The Box, Inc.", host = "127.0.0.1" },
  { "excludes a name of an unknown kind", "excluded;otherName:1.2.3;UTF8:x",
    ext = LOCAL .. ",otherName:1.2.3;UTF8:y", wrong = "mkrun cannot check" },
  { "excludes an unknown kind that nobody has",
    "excluded;otherName:1.2.3;UTF8:x" },
  { "has a minimum", der = "3012a010300e82096c6f63616c686f7374800101",
    wrong = "mkrun cannot check" },
  { "is malformed", der = "0500", wrong = "mkrun cannot check" },
  { "is cut off", der = "3020a0", wrong = "mkrun cannot check" },
}

M.cases = {
  { "a good chain" },
  { "a certificate by the root", cert = "plain" },

  { "its name in capitals", cert = "capitals" },
  { "its address", cert = "plain", host = "127.0.0.1" },
  { "its name, not its address", cert = "dns-only", host = "127.0.0.1",
    wrong = "is for another host" },
  { "its address, not its name", cert = "ip-only",
    wrong = "is for another host" },
  { "its address as a dNSName", cert = "dns-as-ip", host = "127.0.0.1",
    wrong = "is for another host" },
  { "its name as a common name", cert = "cn-only",
    wrong = 'certificate "CN=localhost" names no host (subjectAltName)',
    stricter = "a common name is no name of a host (RFC 9525)" },
  { "its name as a common name, another as dNSName", cert = "cn-other",
    wrong = "is for another host" },
  { "its name as a common name, beside an e-mail address",
    cert = "email-only", wrong = "is for another host",
    stricter = "a common name is no name of a host (RFC 9525)" },
  { "its name as a URI", cert = "uri-only", wrong = "is for another host" },
  { "a wildcard", cert = "wild", host = "a.deep.localhost" },
  { "a wildcard for two labels", cert = "wild", host = "a.b.deep.localhost",
    wrong = "is for another host" },
  { "a wildcard for none", cert = "wild", host = "deep.localhost",
    wrong = "is for another host" },
  { "a wildcard below a top-level domain", cert = "wild-top",
    host = "a.localhost", wrong = "is for another host" },
  { "a wildcard for a part of a label", cert = "wild-part",
    host = "ab.deep.localhost", wrong = "is for another host" },
  { "a wildcard inside", cert = "wild-inside", host = "a.b.localhost",
    wrong = "is for another host" },
  { "a wildcard for an address", cert = "wild-ip", host = "127.0.0.1",
    wrong = "is for another host" },
  { "a name with a NUL byte", cert = "nul", wrong = "is for another host" },
  { "a name with a dot behind", cert = "dot", wrong = "is for another host",
    stricter = "a dNSName has no dot behind (RFC 5280)" },
  { "its name, tagged as constructed", cert = "tagged-dns",
    wrong = "is for another host" },
  { "its address, tagged as constructed", cert = "tagged-ip",
    host = "127.0.0.1", wrong = "is for another host" },
  { "no subject", cert = "nameless" },
  { "a subject with control characters", cert = "hostile",
    wrong = 'certificate "CN=\\1B[31mred\\07\\"" is for another host, it names '
      .. "else.test" },
  { "hosts with control characters, and more than are shown", cert = "names",
    wrong = "is for another host, it names ?[31mred?.test, 192.0.2.1, "
      .. ("a"):rep(44) .. "... and 2 more" },
  { "many names", cert = "many" },
  { "more names than fit", cert = "huge",
    wrong = "the server's certificate chain is larger than 16 KiB",
    stricter = "the buffer of a connection has 16 KiB" },

  { "a root that is named as PrintableString", cert = "by-spelt",
    trust = "spelt-printable" },
  { "an issuer that is named as PrintableString", cert = "by-spelt-printable",
    trust = "spelt" },
  { "a root in another case", cert = "by-spelt", trust = "spelt-case" },
  { "a root with other blanks", cert = "by-spelt", trust = "spelt-blanks" },
  { "a root in another kind of text", cert = "by-spelt", trust = "spelt-t61",
    wrong = "issuer unknown", stricter = "text has no other kind today" },
  { "a root without blanks", cert = "by-spelt", trust = "spelt-joined",
    wrong = "issuer unknown" },
  { "a root in another order", cert = "by-spelt", trust = "spelt-order",
    wrong = "issuer unknown" },
  { "a root with its names exchanged", cert = "by-spelt", trust = "spelt-moved",
    wrong = "issuer unknown" },
  { "a root with its names in one", cert = "by-spelt", trust = "spelt-together",
    wrong = "issuer unknown" },
  { "a root with one name more", cert = "by-spelt", trust = "spelt-more",
    wrong = "issuer unknown" },
  { "an intermediate that is named otherwise", cert = "by-spelt-ca",
    chain = "spelt-ca-blanks", trust = "spelt-case" },
  { "an issuer's issuer that is named otherwise", cert = "by-spelt-issuer",
    chain = "spelt-ca-blanks", trust = "spelt" },

  { "its root in the chain", chain = "ca root" },
  { "a chain that is upside down", cert = "deep", chain = "root ca below" },
  { "a chain with each certificate twice", cert = "deep",
    chain = "deep below below ca ca" },
  { "a certificate of another in its chain", chain = "stranger ca" },
  { "an Ed25519 certificate that nobody needs", chain = "noise ca" },
  { "an unreadable certificate that nobody needs",
    chain = "integer critical-ca ca noise" },
  { "no intermediate", chain = "",
    wrong = 'issuer unknown of certificate "CN=good": "CN=ca" (trust: file' },
  { "a certificate by an unknown CA", cert = "by-stranger", chain = "stranger",
    wrong = 'issuer unknown of certificate "CN=stranger": it is self-signed' },
  { "a self-signed certificate", cert = "self", chain = "",
    wrong = 'issuer unknown of certificate "CN=self": it is self-signed' },
  { "a self-signed certificate that is trusted", cert = "self", chain = "",
    trust = "self" },
  { "a certificate that is trusted itself", trust = "good" },
  { "a certificate that is trusted itself, alone", trust = "good",
    chain = "" },
  { "a certificate that is trusted itself, by an unknown CA",
    cert = "by-stranger", chain = "stranger", trust = "by-stranger" },
  { "a certificate that is trusted itself, by a CA that has expired",
    cert = "by-old-ca", chain = "old-ca", trust = "by-old-ca",
    wrong = 'certificate "CN=old-ca" of the chain has expired' },
  { "a certificate that is trusted itself, by a customer",
    cert = "by-customer", chain = "customer", trust = "by-customer",
    wrong = 'certificate "CN=customer" of the chain is not a CA' },
  { "an old certificate that is trusted itself", cert = "old",
    trust = "old", wrong = 'certificate "CN=old" has expired' },
  { "a certificate for clients that is trusted itself", cert = "eku-client",
    trust = "eku-client", wrong = "(extendedKeyUsage)" },
  { "an intermediate that is trusted", trust = "ca", chain = "" },
  { "an intermediate that is trusted and sent", trust = "ca" },
  { "a circle of CAs", cert = "by-circle", chain = "circle-a circle-b",
    wrong = 'issuer unknown of certificate "CN=circle b"' },
  { "a signature by another key", cert = "forged", chain = "ca",
    wrong = 'certificate "CN=forged" has a signature that was not made with '
      .. "its issuer's key" },
  { "two CAs of one name", cert = "by-ca-again",
    chain = "ca-elsewhere ca-again" },
  { "the key identifier of its CA", cert = "by-key-id", chain = "key-id" },
  { "the key identifier of another CA", cert = "by-other-id",
    chain = "key-id", wrong = 'certificate "CN=key-id" of the chain is not '
      .. "the one that signed (authorityKeyIdentifier)" },
  { "the serial number of its CA", cert = "by-serial", chain = "ca-again" },
  { "the serial number of another CA", cert = "by-serial", chain = "ca",
    wrong = "is not the one that signed (authorityKeyIdentifier)" },
  { "the issuer of another CA", cert = "by-issuer", chain = "ca",
    wrong = "(authorityKeyIdentifier)" },

  { "a certificate by a customer", cert = "by-customer", chain = "customer",
    wrong = 'certificate "CN=customer" of the chain is not a CA' },
  { "a certificate by one that says nothing", cert = "by-bare",
    chain = "bare", wrong = 'certificate "CN=bare" of the chain is not a CA' },
  { "a CA by its keyUsage alone", cert = "by-signer", chain = "signer",
    wrong = 'certificate "CN=signer" of the chain is not a CA' },
  { "a CA that must not sign", cert = "by-no-signer", chain = "no-signer",
    wrong = 'certificate "CN=no-signer" of the chain must not sign others' },
  { "a path length that is kept", cert = "by-short", chain = "short" },
  { "a path length that is not kept", cert = "below-short",
    chain = "ca-by-short short",
    wrong = 'certificate "CN=short" of the chain is too far above' },
  { "a path length of the root that is not kept", cert = "below-short-root",
    chain = "ca-by-short-root", trust = "short-root",
    wrong = 'certificate "CN=short-root" that is trusted is too far' },
  { "an INTEGER that makes a CA", cert = "by-integer", chain = "integer",
    wrong = 'certificate "CN=integer" of the chain' },
  { "basicConstraints behind their end", cert = "by-overlong",
    chain = "overlong", wrong = 'certificate "CN=overlong" of the chain' },
  { "a path length without a CA", cert = "leaf-pathlen" },
  { "a certificate of a CA", cert = "leaf-ca" },

  { "one for clients", cert = "eku-client",
    wrong = "is not meant for a server (extendedKeyUsage)" },
  { "one for anything", cert = "eku-any",
    wrong = "is not meant for a server (extendedKeyUsage)" },
  { "one for servers and clients", cert = "eku-both" },
  { "one for servers, critically", cert = "eku-critical" },
  { "one for servers, as thirty years ago", cert = "eku-sgc",
    wrong = "is not meant for a server (extendedKeyUsage)",
    stricter = "server gated crypto ended with the export rules" },
  { "a CA for clients", cert = "by-ca-client", chain = "ca-client",
    wrong = 'certificate "CN=ca-client" of the chain may not sign' },
  { "a CA for servers", cert = "by-ca-server", chain = "ca-server" },
  { "a CA for anything", cert = "by-ca-any", chain = "ca-any",
    wrong = 'certificate "CN=ca-any" of the chain may not sign' },
  { "a root for clients", cert = "by-root-client", trust = "root-client",
    wrong = 'certificate "CN=root-client" of the chain may not sign' },
  { "one for signatures", cert = "ku-sign" },
  { "one for encryption", cert = "ku-encipher",
    wrong = "is not meant for signatures (keyUsage)",
    stricter = "its key signs the handshake" },
  { "one for documents", cert = "ku-repudiate",
    wrong = "is not meant for signatures (keyUsage)" },
  { "one for clients, as Netscape had it", cert = "ns-client",
    wrong = "is not meant for a server (nsCertType)" },
  { "one for servers, as Netscape had it", cert = "ns-server" },
  { "a claim to addresses that its CA does not have", cert = "resources",
    wrong = "has limits that mkrun cannot evaluate" },
  { "a proxy certificate", cert = "proxy",
    wrong = "has limits that mkrun cannot evaluate" },
  { "something unknown and critical", cert = "critical-leaf",
    wrong = "the server's certificate has an extension that is malformed, or "
      .. "critical and unknown to mkrun" },
  { "a CA with something unknown and critical", cert = "by-critical-ca",
    chain = "critical-ca",
    wrong = 'certificate "CN=critical-ca" of the chain cannot be read' },
  { "something unknown", cert = "odd-leaf" },
  { "a critical policy", cert = "policy-leaf",
    wrong = "the server's certificate has something critical that mkrun does "
      .. "not know",
    stricter = "policies are not evaluated" },
  { "a CA with a critical demand for policies", cert = "by-policy-ca",
    chain = "policy-ca",
    wrong = 'certificate "CN=policy-ca" of the chain cannot be read',
    stricter = "policies are not evaluated" },

  { "a certificate that has expired", cert = "old",
    wrong = 'certificate "CN=old" has expired since 20' },
  { "a certificate of the future", cert = "future",
    wrong = 'certificate "CN=future" is not valid yet, but from '
      .. "2039-01-01T00:00:00Z" },
  { "a CA that has expired", cert = "by-old-ca", chain = "old-ca",
    wrong = 'certificate "CN=old-ca" of the chain has expired' },
  { "a root that has expired", cert = "by-old-root", trust = "old-root",
    wrong = 'certificate "CN=old-root" of the chain has expired' },

  { "an RSA key", cert = "rsa" },
  { "a short RSA key", cert = "rsa1024", wrong = "has too short a key" },
  { "a key on P-384", cert = "p384" },
  { "a key on P-521", cert = "p521" },
  { "a key on secp256k1", cert = "k1", server = "-tls1_2",
    wrong = "the server refused the TLS handshake" },
  { "a key for RSA-PSS", cert = "pss",
    wrong = "the server refused the TLS handshake: no TLS parameters",
    stricter = "mbedTLS does not know such keys" },
  { "an Ed25519 key", cert = "ed25519",
    wrong = "(its certificate may have a key that mkrun does not know, such "
      .. "as Ed25519)",
    stricter = "mbedTLS does not know such keys" },
  { "a certificate by an Ed25519 key", cert = "by-ed-ca", chain = "ed-ca",
    wrong = "the server's certificate has a key or a signature of a kind that "
      .. "mkrun does not know (Ed25519, for example)",
    stricter = "mbedTLS does not know such keys" },
  { "a CA by an Ed25519 key", cert = "deep-ed", chain = "below-ed-ca ed-ca",
    wrong = 'certificate "CN=below-ed-ca" of the chain has a key or a '
      .. "signature of a kind that mkrun does not know (Ed25519, Ed448)",
    stricter = "mbedTLS does not know such keys" },
  { "a root with an Ed25519 key", cert = "below-ed-root",
    chain = "ca-by-ed-root", trust = "ed-root",
    wrong = 'certificate "CN=ca-by-ed-root" of the chain has a key or a',
    stricter = "mbedTLS does not know such keys" },
  { "a CA with a short key", cert = "by-weak-ca", chain = "weak-ca",
    wrong = 'certificate "CN=weak-ca" of the chain has too short a key' },
  { "RSA all the way", cert = "by-rsa-root", trust = "rsa-root" },
  { "a signature by RSA-PSS", cert = "by-pss", trust = "rsa-root" },
  { "a signature with SHA-1", cert = "sha1",
    wrong = 'certificate "CN=sha1" has a weak signature (below SHA-256)' },
  { "a signature with MD5", cert = "md5", trust = "rsa-root",
    wrong = "the server's certificate has a key or a signature of a kind" },
  { "a signature with SHA-224", cert = "sha224", trust = "rsa-root",
    wrong = "has a weak signature (below SHA-256)",
    stricter = "128 bits are the least, as for a key" },
  { "a signature with SHA-384", cert = "sha384" },
  { "a signature with SHA-512", cert = "sha512" },
  { "a CA signed with SHA-1", cert = "by-sha1-ca", chain = "sha1-ca",
    wrong = 'certificate "CN=sha1-ca" of the chain has a weak signature' },
  { "a root signed with SHA-1", cert = "by-sha1-root", trust = "sha1-root" },

  { "TLS 1.3 alone", server = "-tls1_3" },
  { "TLS 1.2 alone", server = "-tls1_2" },
  { "TLS 1.1 alone", server = "-tls1_1",
    wrong = "the server refused the TLS handshake: no TLS version in common, "
      .. "1.2 is the lowest allowed" },
  { "TLS 1.2 and RSA", cert = "rsa", server = "-tls1_2" },
  { "AES-128-GCM", server = "-tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256" },
  { "AES-256-GCM", server = "-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384" },
  { "ChaCha20", server = "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305" },
  { "ChaCha20 in TLS 1.3",
    server = "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256" },
  { "AES-CBC", server = "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256",
    wrong = "the server refused the TLS handshake: no TLS parameters",
    stricter = "authenticated ciphers only" },
  { "RSA without Diffie-Hellman", cert = "rsa",
    server = "-tls1_2 -cipher AES128-GCM-SHA256",
    wrong = "the server refused the TLS handshake: no TLS parameters",
    stricter = "forward secrecy only" },
  { "P-384 alone for the keys of the session",
    server = "-tls1_3 -groups P-384" },
  { "X448 alone for the keys of the session",
    server = "-tls1_3 -groups X448",
    wrong = "the server refused the TLS handshake: no TLS parameters",
    stricter = "mbedTLS does not know this curve" },

  { "a wish for a client certificate", server = "-verify 1" },
  { "a demand for a client certificate in TLS 1.2",
    server = "-Verify 1 -tls1_2",
    wrong = "the server wants a client certificate (option client_cert)" },
  { "a demand for a client certificate in TLS 1.3",
    server = "-Verify 1 -tls1_3",
    wrong = "the server wants a client certificate (option client_cert)" },
  { "a demand that is met in TLS 1.2", client = "client",
    server = "-Verify 1 -tls1_2" },
  { "a demand that is met in TLS 1.3", client = "client",
    server = "-Verify 1 -tls1_3" },
  { "a demand that another certificate does not meet in TLS 1.2",
    client = "client-other", server = "-Verify 1 -tls1_2",
    wrong = "the server refused the client certificate: its CA is unknown" },
  { "a demand that another certificate does not meet in TLS 1.3",
    client = "client-other", server = "-Verify 1 -tls1_3",
    wrong = "the server refused the client certificate: its CA is unknown" },
  { "a demand that an old certificate does not meet", client = "client-old",
    server = "-Verify 1",
    wrong = "the server refused the client certificate: it has expired" },
}

--- Adds chains with eight and with nine certificates between the first and the
--- root.
local function add_long_chain()
  local list, by = {}, "root"
  for i = 1, 9 do
    local name = "step-" .. i
    certificates[name], by = ca(by), name
    table.insert(list, 1, name)
    if i >= 8 then
      local last = "far-" .. i
      certificates[last] = leaf(by)
      table.insert(M.cases, { i .. " certificates up to the root", cert = last,
        chain = table.concat(list, " "),
        wrong = i > 8 and "more than 8 certificates between" or nil,
        stricter = i > 8 and "room for eight in mbedTLS" or nil })
    end
  end
end

local function add_constraints()
  for i, one in ipairs(constraints) do
    local above, below = "limits-" .. i, "limited-" .. i
    certificates[above] = ca("root", one.der and der("2.5.29.30", one.der)
      or "nameConstraints=" .. one[2])
    certificates[below] = leaf(above, one.ext, { subject = one.subject })
    local wrong = one.wrong
    if wrong == true then wrong = 'has a name that "CN=' .. above .. '"' end
    table.insert(M.cases, { "a CA that " .. one[1], cert = below,
      chain = above, host = one.host, wrong = wrong,
      stricter = one.stricter })
  end
end

--- Adds constraints of a root, and of a CA for a CA below it.
local function add_upper_constraints()
  certificates["limited-root"] =
    ca(nil, "nameConstraints=critical,permitted;DNS:localhost")
  certificates["by-limited-root"] = leaf "limited-root"
  certificates["strict-root"] = ca(nil, "nameConstraints=excluded;dirName:dn")
  certificates["firm-ca"] = ca("strict-root", nil,
    { subject = "/O=Some Firm/CN=firm" })
  certificates["by-firm-ca"] = leaf "firm-ca"
  table.insert(M.cases, { "a root that permits the name",
    cert = "by-limited-root", trust = "limited-root" })
  table.insert(M.cases, { "a root that excludes the name of a CA",
    cert = "by-firm-ca", chain = "firm-ca", trust = "strict-root",
    wrong = 'of the chain has a name that "CN=strict-root" excludes' })
end

add_long_chain()
add_constraints()
add_upper_constraints()
M.certificates = certificates

return M
