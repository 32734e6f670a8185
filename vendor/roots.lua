--- Writes roots.c: Mozilla's root certificates as DER, for src/http/roots.h.
--- Nobody verifies what a root says of itself, so each goes without the bits of
--- its signature, which no compression makes smaller: 37 KB.  The rest is
--- compressed: 34 KB.
---
---     lua vendor/roots.lua certdata.txt > roots.c
---     lua vendor/roots.lua a.crt b.crt ... > roots.c
---
--- Debian's source package has Mozilla's certdata.txt, its binary package the
--- trusted certificates as PEM; both make the same roots.c.
---
--- certdata.txt is a list of objects, each a run of lines `NAME TYPE VALUE`
--- that an empty line ends.  A certificate is taken when a trust object with
--- the same issuer and serial number trusts it for TLS servers.  The date from
--- which Mozilla distrusts newer certificates of some roots is not looked at,
--- as in Debian's own bundle.

package.path = arg[0]:gsub("[^/]*$", "?.lua")
local bytes = require "bytes"

--- The bytes of a MULTILINE_OCTAL value: lines of \ooo up to END.
local function octal(lines)
  local chars = {}
  for line in lines do
    if line == "END" then break end
    for digits in line:gmatch "\\(%d%d%d)" do
      chars[#chars + 1] = string.char(tonumber(digits, 8))
    end
  end
  return table.concat(chars)
end

--- All objects of the file, as tables from field name to value.
local function objects(path)
  local lines, list, object = io.lines(path), {}, {}
  for line in lines do
    if line == "BEGINDATA" then break end
  end
  for line in lines do
    local name, kind, value = line:match "^(CKA_%S+) (%S+) ?(.*)$"
    if kind == "MULTILINE_OCTAL" then value = octal(lines) end
    if name then
      object[name] = value
    elseif line == "" and next(object) then
      list[#list + 1], object = object, {}
    end
  end
  if next(object) then list[#list + 1] = object end
  return list
end

local function identity(object)
  return string.pack("s4s4", object.CKA_ISSUER, object.CKA_SERIAL_NUMBER)
end

--- The certificates of certdata.txt that are trusted for TLS servers.
local function of_certdata(path)
  local list, trusted, result = objects(path), {}, {}
  for _, object in ipairs(list) do
    if object.CKA_TRUST_SERVER_AUTH == "CKT_NSS_TRUSTED_DELEGATOR" then
      trusted[identity(object)] = true
    end
  end
  for _, object in ipairs(list) do
    if object.CKA_CLASS == "CKO_CERTIFICATE" and trusted[identity(object)] then
      result[#result + 1] = object.CKA_VALUE
    end
  end
  return result
end

local ALPHABET <const> =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local function base64(text)
  local chars, bits, count = {}, 0, 0
  for c in text:gmatch "[%w+/]" do
    bits, count = bits << 6 | (ALPHABET:find(c, 1, true) - 1), count + 6
    if count >= 8 then
      count = count - 8
      chars[#chars + 1] = string.char(bits >> count & 0xff)
    end
  end
  return table.concat(chars)
end

--- The certificates of PEM files.
local function of_pem(paths)
  local result = {}
  for _, path in ipairs(paths) do
    local file <close> = assert(io.open(path, "rb"))
    local block = "%-BEGIN CERTIFICATE%-+\n(.-)\n%-+END CERTIFICATE%-"
    for text in file:read "a":gmatch(block) do
      result[#result + 1] = base64(text)
    end
  end
  return result
end

--- The content of the DER element at `at`, and where the next one begins.
local function element(der, at)
  local tag, size, from = der:byte(at), der:byte(at + 1), at + 2
  if size >= 0x80 then
    size, from = string.unpack(">I" .. size - 0x80, der, from)
  end
  return tag, from, from + size
end

--- The subject's bytes, tag and length included: the fifth of the fields that
--- follow the version (RFC 5280, 4.1).
local function subject(der)
  local _, at = element(der, 1)
  _, at = element(der, at)
  local tag, _, next_at = element(der, at)
  if tag == 0xa0 then at = next_at end
  for _ = 1, 4 do at = select(3, element(der, at)) end
  return der:sub(at, select(3, element(der, at)) - 1)
end

--- An element: tag, length and content.
local function wrapped(tag, content)
  local size = #content
  if size < 0x80 then return string.pack("BB", tag, size) .. content end
  assert(size < 0x10000, "a certificate of 64 KB")
  if size < 0x100 then return string.pack("BBB", tag, 0x81, size) .. content end
  return string.pack(">BBI2", tag, 0x82, size) .. content
end

local EMPTY_BITS <const> = "\x03\x01\x00"

--- A certificate with a signature of no bits (RFC 5280, 4.1): what it says and
--- by which algorithm it was signed stay, byte for byte.
local function unsigned(der)
  local _, from = element(der, 1)
  local _, _, said_end = element(der, from)
  local _, _, algorithm_end = element(der, said_end)
  return wrapped(0x30, der:sub(from, algorithm_end - 1) .. EMPTY_BITS)
end

--- FNV-1a, without blanks and case.
local function add(hash, text)
  for i = 1, #text do
    local byte = text:byte(i)
    if byte >= 0x41 and byte <= 0x5a then byte = byte + 32 end
    if byte ~= 0x20 then hash = (hash ~ byte) * 0x01000193 & 0xffffffff end
  end
  return hash
end

--- As mk_name_hash in src/http/name.c.
local function name_hash(name)
  local hash = 0x811c9dc5
  local _, at, stop = element(name, 1)
  while at < stop do
    local _, pair, set_end = element(name, at)
    while pair < set_end do
      local _, id, pair_end = element(name, pair)
      local _, id_from, id_end = element(name, id)
      local _, value, value_end = element(name, id_end)
      hash = add(hash, name:sub(id_from, id_end - 1))
      hash = add(hash, name:sub(value, value_end - 1))
      pair = pair_end
    end
    at = set_end
  end
  return hash
end

local function sorted(ders)
  local result = {}
  for i, der in ipairs(ders) do
    result[i] = { hash = name_hash(subject(der)), der = unsigned(der) }
  end
  table.sort(result, function(a, b)
    if a.hash ~= b.hash then return a.hash < b.hash end
    return a.der < b.der
  end)
  return result
end

local list = sorted(arg[1]:find "certdata%.txt$" and of_certdata(arg[1])
  or of_pem(arg))
assert(#list > 100, arg[1] .. ": fewer than 100 trusted roots found")

print '#include "http/roots.h"\n\nconst struct mk_root mk_roots[] = {'
local offset = 0
for _, root in ipairs(list) do
  print(string.format("  {0x%08xu, %d, %d},", root.hash, offset, #root.der))
  offset = offset + #root.der
end
print(string.format("};\n\nconst size_t mk_roots_count = %d;\n", #list))
local ders = {}
for i, root in ipairs(list) do ders[i] = root.der end
local packed = bytes.deflate(table.concat(ders))
print(string.format("const size_t mk_roots_len = %d;", offset))
print(string.format("const size_t mk_roots_packed_len = %d;", #packed))
print("const char mk_roots_packed[] =\n" .. bytes.literal(packed) .. ";")
