--- Runs a local Debian mirror that also serves all other addresses in
--- vendor/lock, with small files in place of the real ones.  `vendor_spec.lua`
--- calls it.
---
--- Each case uses a changed copy of the lock.  The copy has the same libraries,
--- sources and places, but the hashes of the small files and local addresses.
--- This module makes a key and signs the lists of packages with the key.

local ports = require "tests.support.ports"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

---@class tests.Place
---@field sum string    SHA-256 in the real lock
---@field place string  "pool/..." or "https://..."

---@class tests.Source
---@field version string
---@field Tarball tests.Place[]
---@field Patches tests.Place[]
---@field revision? string

---@class tests.Library
---@field name string
---@field package string
---@field newer boolean
---@field sources tests.Source[]

--- Parses the lock.  Returns its libraries in order.
---@return tests.Library[]
function M.parse(text)
  local list, source = {}, nil
  for line in text:gmatch "[^\n]+" do
    local name, value = line:match "^(%a+): (.*)$"
    local library = list[#list]
    if name == "Library" then
      list[#list + 1] = { name = value, newer = false, sources = {} }
    elseif name == "Package" then
      library.package = value
    elseif name == "Newer" then
      library.newer = value == "yes"
    elseif name == "Source" then
      source = { version = value:match " (%S+)$", Tarball = {}, Patches = {} }
      table.insert(library.sources, source)
    elseif name == "Tarball" or name == "Patches" then
      local sum, place = value:match "^(%x+) (%S+)$"
      table.insert(source[name], { sum = sum, place = place })
    elseif name == "Revision" then
      source.revision = value
    end
  end
  return list
end

local function base(place) return place:match "[^/]+$" end

--- Returns the bytes of a small file in place of the real one with this hash.
local function bytes(sum) return "stands for " .. sum .. "\n" end

local sums = {}

--- Returns the SHA-256 of texts, with one program for all of them.
local function hash_all(texts)
  local folder = temp.folder()
  local names = {}
  for i, text in ipairs(texts) do
    names[i] = ("%s/%04d"):format(folder, i)
    temp.write(names[i], text)
  end
  local lines = shell.output("sha256sum " .. table.concat(names, " "))
  local i = 0
  for sum in lines:gmatch "(%x+)  [^\n]+" do
    i = i + 1
    sums[texts[i]] = sum
  end
end

local function hash(text)
  if not sums[text] then hash_all { text } end
  return sums[text]
end

---@class tests.Mirror
---@field folder string
---@field port integer
---@field libraries tests.Library[]
local Mirror = {}
Mirror.__index = Mirror
Mirror.__name = "tests.Mirror"
Mirror.__close = function(self) self:stop() end

local function write(path, text)
  shell.execute("mkdir -p " .. shell.quote(path:match "^(.*)/"))
  temp.write(path, text)
end

--- Returns the path of a place in the lock, below the folder of a case.
function M.path(place)
  local rest = place:match "^https://(.*)$"
  return rest and "upstream/" .. rest or "debian/" .. place
end

--- Returns the path of a file in the lists.
function M.listed(name) return "debian/pool/listed/" .. name end

--- Returns Debian's version of a source: from its revision or its file name.
local function debian_version(source)
  if source.revision then return source.revision end
  local name = base(source.Tarball[1].place)
  local version = name:match "_(.*)%.orig%.tar" or name:match "_(.*)%.tar"
  return name:find "%.orig%." and version .. "-1" or version
end

--- Returns a stanza of Sources, and the files that it lists.
local function listed_source(library, source)
  local lines, files = {}, {}
  for _, field in ipairs { "Tarball", "Patches" } do
    local first = source[field][1]
    if first and first.place:find "^pool/" then
      local name, text = base(first.place), bytes(first.sum)
      files[name] = text
      lines[#lines + 1] = (" %s %d %s"):format(hash(text), #text, name)
    end
  end
  return ([[
Package: %s
Version: %s
Format: 3.0 (quilt)
Directory: pool/listed
Checksums-Sha256:
%s

]]):format(library.package, debian_version(source), table.concat(lines, "\n")),
    files
end

--- Returns a stanza of Packages for a source with a binary package.
local function listed_binary(library, source)
  for _, entry in ipairs(source.Tarball) do
    if entry.place:find "%.deb$" then
      local name, text = base(entry.place), bytes(entry.sum)
      return ([[
Package: %s
Version: %s
Architecture: all
Filename: pool/listed/%s
Size: %d
SHA256: %s

]]):format(library.package, source.version, name, #text, hash(text)), name,
        text
    end
  end
end

local RELEASE <const> = [[
Origin: Debian
Label: Debian
Suite: %s
Codename: %s
Date: Sun, 01 Nov 2026 12:00:00 UTC
Architectures: amd64
Components: main
SHA256:
%s
]]

--- Signs a file.  gpg starts a daemon for this, and `Mirror:stop` ends it.
function Mirror:sign(path, into)
  shell.execute(("GNUPGHOME=%s gpg -q --batch --yes --clearsign -o %s %s")
    :format(self.keys, into, path))
end

function Mirror:make_keys()
  self.keys = temp.folder()
  shell.execute("chmod 700 " .. self.keys)
  shell.execute(("GNUPGHOME=%s gpg -q --batch --passphrase '' " ..
    "--quick-gen-key tests ed25519 sign never 2>/dev/null"):format(self.keys))
  shell.execute(("GNUPGHOME=%s gpg -q --export >%s/public.gpg")
    :format(self.keys, self.keys))
end

--- Writes the lists of all suites below `folder`.
---@param sources string   text of the list of sources
---@param packages string  text of the list of binary packages
function Mirror:write_lists(folder, sources, packages)
  local indexes = { ["main/source/Sources"] = sources,
                    ["main/binary-amd64/Packages"] = packages }
  for _, suite in ipairs { "trixie", "testing", "sid" } do
    local lines, at = {}, ("%s/debian/dists/%s"):format(folder, suite)
    shell.execute("rm -rf " .. at)
    for name, text in pairs(indexes) do
      write(at .. "/" .. name, text)
      lines[#lines + 1] = (" %s %d %s"):format(hash(text), #text, name)
    end
    temp.write(at .. "/Release",
      RELEASE:format(suite, suite, table.concat(lines, "\n")))
    self:sign(at .. "/Release", at .. "/InRelease")
  end
end

--- Makes the lists of one suite expired.
function Mirror:expire(folder, suite)
  local at = ("%s/debian/dists/%s"):format(folder, suite)
  local text = temp.read(at .. "/Release")
  temp.write(at .. "/Release",
    (text:gsub("(Date: [^\n]*\n)",
      "%1Valid-Until: Mon, 02 Nov 2026 12:00:00 UTC\n")))
  self:sign(at .. "/Release", at .. "/InRelease")
end

--- Returns the lists with every source of the lock, and `more` in front.
---@param more? string  stanzas of Sources
function Mirror:lists(more)
  local sources, packages = { more }, {}
  for _, library in ipairs(self.libraries) do
    for _, source in ipairs(library.sources) do
      sources[#sources + 1] = listed_source(library, source)
      packages[#packages + 1] = listed_binary(library, source)
    end
  end
  return table.concat(sources), table.concat(packages)
end

function Mirror:fill(folder)
  local texts = {}
  for _, library in ipairs(self.libraries) do
    for _, source in ipairs(library.sources) do
      for _, field in ipairs { "Tarball", "Patches" } do
        for _, entry in ipairs(source[field]) do
          texts[#texts + 1] = bytes(entry.sum)
          write(folder .. "/" .. M.path(entry.place), bytes(entry.sum))
        end
      end
    end
  end
  hash_all(texts)
  for _, library in ipairs(self.libraries) do
    for _, source in ipairs(library.sources) do
      local _, files = listed_source(library, source)
      for name, text in pairs(files) do
        write(folder .. "/" .. M.listed(name), text)
      end
      local _, name, text = listed_binary(library, source)
      if name then write(folder .. "/" .. M.listed(name), text) end
    end
  end
  self:write_lists(folder, self:lists())
end

local NGINX <const> = [[
daemon off;
master_process off;
pid nginx.pid;
error_log error.log info;
events { worker_connections 256; }
http {
  access_log access.log;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server { listen 127.0.0.1:%d; root %s; }
}
]]

local function serve(self)
  self.port = ports.free()
  temp.write(self.folder .. "/nginx.conf", NGINX:format(self.port, self.folder))
  temp.write(self.folder .. "/apt.conf",
    'Acquire::http::Proxy::127.0.0.1 "DIRECT";\n')
  shell.execute(("chmod a+x %s && chmod -R a+rX %s"):format(
    self.folder:match "^(.*)/", self.folder))
  self.process = process.spawn({ "/usr/sbin/nginx", "-e", "error.log", "-p",
    self.folder .. "/", "-c", "nginx.conf" }, { cwd = self.folder })
  process.wait_until("nginx", function() return ports.answers(self.port) end)
end

--- Starts a mirror.
---@return tests.Mirror
function M.start()
  local self = setmetatable({ folder = temp.folder(), cases = 0 }, Mirror)
  self.real = assert(temp.read "vendor/lock")
  self.libraries = M.parse(self.real)
  self:make_keys()
  self:fill(self.folder .. "/template")
  serve(self)
  return self
end

function Mirror:stop()
  self.process:stop()
  shell.works(("GNUPGHOME=%s gpgconf --kill gpg-agent"):format(self.keys))
end

--- Makes the lock of a case: local hashes and addresses, without the first
--- `skip` sources of library `of`.
local function lock_of(self, case, of, skip)
  local text, left = self.real, skip or 0
  text = text:gsub("(Source: (%S+) [^\n]*\n.-\n)\n", function(stanza, name)
    if name ~= of or left == 0 then return stanza .. "\n" end
    left = left - 1
    return ""
  end)
  text = text:gsub("%x+", function(sum)
    return #sum == 64 and hash(bytes(sum)) or nil
  end)
  return (text:gsub("https://", ("http://127.0.0.1:%d/%s/upstream/")
    :format(self.port, case)))
end

---@class tests.MirrorCase
---@field folder string  a checkout with the files that fetch.sh needs
---@field served string  the folder that the server serves for the case
---@field name string
---@field mirror tests.Mirror
local Case = {}
Case.__index = Case

---@param of? string    a library whose first sources are left out of the lock
---@param skip? integer  how many sources are left out
---@return tests.MirrorCase
function Mirror:case(of, skip)
  self.cases = self.cases + 1
  local name = "case" .. self.cases
  local case = setmetatable({ name = name, mirror = self, of = of,
    folder = temp.folder(), served = self.folder .. "/" .. name }, Case)
  shell.execute(("cp -rs %s/template %s && mkdir %s/v && " ..
    "cp vendor/fetch.sh vendor/lists.sh vendor/tools.sh %s/v"):format(
    self.folder, case.served, case.folder, case.folder))
  temp.write(case.folder .. "/v/lock", lock_of(self, name, of, skip))
  return case
end

--- Removes a served file, or replaces its bytes.
function Case:remove(path) assert(os.remove(self.served .. "/" .. path)) end

function Case:tamper(path)
  self:remove(path)
  temp.write(self.served .. "/" .. path, "not what it should be\n")
end

local function fetch(case, mirror, security, ...)
  local words = { "sh", case.folder .. "/v/fetch.sh", ... }
  words[#words + 1] = case.folder .. "/download"
  words[#words + 1] = case.folder .. "/got.mk"
  return process.run(words, { env = {
    MIRROR = mirror, MIRROR_SECURITY = security, http_proxy = false,
    KEYRING = case.mirror.keys .. "/public.gpg",
    APT_CONFIG = case.mirror.folder .. "/apt.conf" } })
end

--- Runs fetch.sh with these options.
---@return tests.Outcome
function Case:fetch(...)
  local address = ("http://127.0.0.1:%d/%s/"):format(self.mirror.port,
    self.name)
  return fetch(self, address .. "debian/", address .. "security/", ...)
end

--- Runs fetch.sh with another mirror.
---@return tests.Outcome
function Case:fetch_from(mirror)
  return fetch(self, mirror, mirror)
end

--- Returns a variable of the result: `case:got "VERSION_curl"`.
---@return string?
function Case:got(name)
  local text = temp.read(self.folder .. "/got.mk") or ""
  return ("\n" .. text):match(("\n%s := (%%S+)"):format(
    (name:gsub("%-", "%%-"))))
end

--- Lists what this case asked the server for.
---@return string[]
function Case:requests()
  local list = {}
  local log = temp.read(self.mirror.folder .. "/access.log") or ""
  for path in log:gmatch('"GET /' .. self.name .. "/(%S+)") do
    list[#list + 1] = path
  end
  return list
end

return M
