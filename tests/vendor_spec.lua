--- Tests how vendor/ fetches, checks and patches sources, with a local mirror.
---
--- @seconds 50

local mirrors = require "tests.support.mirror"
local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local together = require "tests.support.together"

local ROOT = shell.output "pwd"
local FIELDS <const> = { "Tarball", "Patches" }

--- Returns the first field of a source whose file nobody serves, or nil.
--- `gone` is a set of the paths that are not served.
local function lacks(source, gone)
  for _, field in ipairs(FIELDS) do
    local served = #source[field] == 0
    for _, entry in ipairs(source[field]) do
      local name = entry.place:match "[^/]+$"
      served = served or not gone[mirrors.path(entry.place)] or
        entry.place:find "^pool/" and not gone[mirrors.listed(name)]
    end
    if not served then return field end
  end
end

--- Returns the version of a library that fetch.sh should choose, or nil.
local function expected(library, skip, gone)
  for i = skip + 1, #library.sources do
    local source = library.sources[i]
    if not lacks(source, gone) then return source.version end
  end
end

--- Lists all places of a source's files, each as { path, field }.
local function places(source)
  local list, seen = {}, {}
  local function add(path, field)
    if not seen[path] then list[#list + 1] = { path, field } end
    seen[path] = true
  end
  for _, field in ipairs(FIELDS) do
    for _, entry in ipairs(source[field]) do
      add(mirrors.path(entry.place), field)
      if entry.place:find "^pool/" then
        add(mirrors.listed(entry.place:match "[^/]+$"), field)
      end
    end
  end
  return list
end

describe("vendor/fetch.sh", function()
  local mirror, full
  local count = 0

  setup(function()
    mirror = mirrors.start()
    full = mirror:case()
    local outcome = full:fetch()
    assert(outcome.code == 0, outcome.err)
  end)
  teardown(function()
    print(("mirror: %d cases"):format(count))
    mirror:stop()
  end)

  --- Makes a case in which all libraries but one are downloaded already.  It
  --- removes the sources that are not in the lock from the pool too: otherwise
  --- the lists would offer them.
  local function case_of(library, skip)
    local case = mirror:case(library.name, skip)
    for i = 1, skip do
      for _, place in ipairs(places(library.sources[i])) do
        os.remove(case.served .. "/" .. place[1])
      end
    end
    shell.execute(("cp -r %s/download %s"):format(full.folder, case.folder))
    for _, source in ipairs(library.sources) do
      for _, place in ipairs(places(source)) do
        os.remove(case.folder .. "/download/" .. place[1]:match "[^/]+$")
      end
    end
    count = count + 1
    return case
  end

  --- Checks that fetch.sh chooses the right version, or prints a message with
  --- every address that it tried.
  local function check(library, skip, gone, how)
    local case = case_of(library, skip)
    for path in pairs(gone) do case[how or "remove"](case, path) end
    local outcome = case:fetch()
    local version = expected(library, skip, gone)
    if version then
      assert.equal(0, outcome.code, outcome.err)
      assert.equal(version, case:got("VERSION_" .. library.name), outcome.err)
      return
    end
    assert.equal(1, outcome.code)
    assert.is_nil(case:got("VERSION_" .. library.name))
    assert.matches("cannot download '" .. library.name .. "'; tried:",
      outcome.err, 1, true)
    assert.matches("write a line \"Tarball: SHA256 ADDRESS\" below line %d+ " ..
      "of vendor/lock", outcome.err)
    for path in pairs(gone) do
      if not path:find "/listed/" then
        assert.matches(mirror.port .. "/" .. case.name .. "/" .. path,
          outcome.err, 1, true)
      end
    end
  end

  --- Calls `work` for each source, with its library and the number of sources
  --- before it.
  local function each_source(work)
    for _, library in ipairs(mirrors.parse(temp.read "vendor/lock")) do
      for skip = 0, #library.sources - 1 do work(library, skip) end
    end
  end

  local cases = together.new()

  each_source(function(library, skip)
    local source = library.sources[skip + 1]
    local name = library.name .. " " .. source.version
    local all = places(source)

    it("builds " .. name .. " with any one place missing", cases(function()
      for _, place in ipairs(all) do
        check(library, skip, { [place[1]] = true })
      end
    end))

    it("does without a file of " .. name .. " that is nowhere", cases(function()
      for _, field in ipairs(FIELDS) do
        local gone = {}
        for _, place in ipairs(all) do
          if place[2] == field then gone[place[1]] = true end
        end
        if next(gone) then check(library, skip, gone) end
      end
    end))

    it("builds " .. name .. " from one place alone, or not", cases(function()
      for _, place in ipairs(all) do
        local gone = {}
        for _, other in ipairs(all) do
          if other[2] == place[2] and other ~= place then
            gone[other[1]] = true
          end
        end
        check(library, skip, gone)
      end
    end))

    it("refuses " .. name .. " where it was tampered with", cases(function()
      for _, place in ipairs(all) do
        check(library, skip, { [place[1]] = true }, "tamper")
      end
      for _, field in ipairs(FIELDS) do
        local bad = {}
        for _, place in ipairs(all) do
          if place[2] == field then bad[place[1]] = true end
        end
        if next(bad) then check(library, skip, bad, "tamper") end
      end
    end))
  end)

  it("takes all from the pool alone, without a list", cases(function()
    local case = mirror:case()
    shell.execute(("rm -r %s/debian/dists %s/upstream"):format(case.served,
      case.served))
    local outcome = case:fetch()
    -- The pool has no sources for some roots, but it has their packages.
    assert.equal(0, outcome.code, outcome.err)
    for _, path in ipairs(case:requests()) do
      assert.matches("^debian/pool/main/", path)
    end
  end))

  it("says the sentence where nothing is served", cases(function()
    local case = mirror:case()
    shell.execute(("rm -r %s/debian %s/upstream"):format(case.served,
      case.served))
    local outcome = case:fetch()
    assert.equal(1, outcome.code)
    assert.matches("the lists of Debian: .", outcome.err)
    assert.matches("set MIRROR=URL to a Debian mirror", outcome.err, 1, true)
    assert.matches("is there a network, and is MIRROR right?", outcome.err, 1,
      true)
  end))

  it("prints no password of a mirror", cases(function()
    local case = mirror:case()
    shell.execute(("rm -r %s/debian %s/upstream"):format(case.served,
      case.served))
    local outcome = case:fetch()
    assert.matches("/debian/pool/main/", outcome.err, 1, true)
    outcome = case:fetch_from "http://somebody:a@secret@127.0.0.1:1/debian"
    assert.equal(1, outcome.code)
    assert.matches("http://...@127.0.0.1:1/debian/pool/main/", outcome.err, 1,
      true)
    assert.not_matches("secret", outcome.out .. outcome.err)
  end))

  it("minds no CDPATH", cases(function()
    local case, elsewhere = mirror:case(), temp.folder()
    shell.execute("mkdir " .. elsewhere .. "/v")
    local outcome = process.run({ "sh", "v/fetch.sh", "download", "got.mk" }, {
      cwd = case.folder, env = { CDPATH = elsewhere, http_proxy = false,
        MIRROR = "file:" .. case.served .. "/debian/" } })
    assert.equal(0, outcome.code, outcome.err)
  end))

  it("takes files from a folder", cases(function()
    local case = mirror:case()
    local outcome = case:fetch_from("file:" .. case.served .. "/debian/")
    assert.equal(0, outcome.code, outcome.err)
    assert.same({}, case:requests())
  end))

  it("asks nobody when everything is there", cases(function()
    local case = mirror:case()
    assert.equal(0, case:fetch().code)
    local before = #case:requests()
    assert.equal(0, case:fetch().code)
    assert.equal(before, #case:requests())
  end))

  it("fetches again what was changed since", cases(function()
    local case = mirror:case()
    case:fetch()
    local path = case.folder .. "/download/" .. case:got "TARBALL_curl"
    local bytes = temp.read(path)
    temp.write(path, "something else")
    assert.equal(0, case:fetch().code)
    assert.equal(bytes, temp.read(path))
  end))

  it("asks again for what could not be had", cases(function()
    local curl = mirrors.parse(temp.read "vendor/lock")
    for _, library in ipairs(curl) do
      if library.name == "curl" then curl = library end
    end
    local case = mirror:case()
    for _, place in ipairs(places(curl.sources[1])) do
      case:remove(place[1])
    end
    local outcome = case:fetch()
    assert.equal(curl.sources[2].version, case:got "VERSION_curl")
    assert.matches(("curl %s cannot be had today, %s is used"):format(
      curl.sources[1].version, curl.sources[2].version), outcome.err, 1, true)
    shell.execute(("cp -rsf %s/template/. %s"):format(mirror.folder,
      case.served))
    assert.equal(0, case:fetch().code)
    assert.equal(curl.sources[1].version, case:got "VERSION_curl")
  end))

  --- Makes a case in which the lists contain `more` and the paths in `gone` are
  --- not served.
  local function with_lists(more, gone, files)
    local case = mirror:case()
    shell.execute(("rm -r %s/debian/dists"):format(case.served))
    mirror:write_lists(case.served, mirror:lists(more))
    for path in pairs(gone) do case:remove(path) end
    for name, text in pairs(files) do
      temp.write(case.served .. "/" .. mirrors.listed(name), text)
    end
    return case
  end

  local function stanza(package, version, files)
    local lines = {}
    for name, text in pairs(files) do
      local sum = shell.output("printf %s " .. shell.quote(text) ..
        " | sha256sum"):match "%x+"
      lines[#lines + 1] = (" %s %d %s"):format(sum, #text, name)
    end
    return ("Package: %s\nVersion: %s\nFormat: 3.0 (quilt)\nDirectory: " ..
      "pool/listed\nChecksums-Sha256:\n%s\n\n"):format(package, version,
      table.concat(lines, "\n"))
  end

  --- Returns the paths of all sources of a library, as a set.
  local function all_of(name)
    local gone = {}
    for _, library in ipairs(mirror.libraries) do
      for _, source in ipairs(library.name == name and library.sources or {}) do
        for _, place in ipairs(places(source)) do gone[place[1]] = true end
      end
    end
    return gone
  end

  it("takes newer roots that the signed lists offer", function()
    local files = { ["ca-certificates_20991231.tar.xz"] = "roots to come" }
    local case = with_lists(stanza("ca-certificates", "20991231", files),
      all_of "roots", files)
    local outcome = case:fetch()
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("20991231", case:got "VERSION_roots")
    assert.equal(0, case:fetch().code)
    assert.equal("20991231", case:got "VERSION_roots")
  end)

  it("takes no older roots, and no newer program, by the lists", function()
    local roots = { ["ca-certificates_20200101.tar.xz"] = "old roots" }
    local lua = { ["lua5.4_5.4.99.orig.tar.gz"] = "a Lua to come" }
    local more = stanza("ca-certificates", "20200101", roots) ..
      stanza("lua5.4", "5.4.99-1", lua)
    for name, files in pairs { roots = roots, lua = lua } do
      local outcome = with_lists(more, all_of(name), files):fetch()
      assert.equal(1, outcome.code)
      assert.matches("cannot download '" .. name .. "'", outcome.err, 1, true)
    end
  end)

  it("takes newer patches of a known tarball by the lists", function()
    local gone, known = all_of "nghttp2", nil
    for path in pairs(gone) do
      if path:find "1%.64%.0%.orig" then gone[path], known = nil, true end
    end
    assert(known)
    local patches = "nghttp2_1.64.0-1.1+deb13u9.debian.tar.xz"
    local files = { [patches] = "patches to come" }
    local case = with_lists(stanza("nghttp2", "1.64.0-1.1+deb13u9", files),
      gone, files)
    local outcome = case:fetch()
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("1.64.0", case:got "VERSION_nghttp2")
    assert.equal("1.64.0-1.1+deb13u9", case:got "REVISION_nghttp2")
    assert.equal(patches, case:got "PATCHES_nghttp2")
  end)

  it("believes no list that is signed by somebody else", function()
    local case = mirror:case("lua", 2)
    local other = setmetatable({}, { __index = mirror })
    other:make_keys()
    case:remove "debian/pool/main/l/lua5.4/lua5.4_5.4.7.orig.tar.gz"
    case:remove "upstream/www.lua.org/ftp/lua-5.4.7.tar.gz"
    shell.execute(("rm -r %s/debian/dists"):format(case.served))
    other:write_lists(case.served, mirror:lists())
    shell.works(("GNUPGHOME=%s gpgconf --kill gpg-agent"):format(other.keys))
    local outcome = case:fetch()
    assert.equal(1, outcome.code)
    assert.matches("the lists of Debian: .", outcome.err)
  end)

  it("does without a list that is too old", function()
    local case = mirror:case("lua", 2)
    shell.execute(("rm -r %s/debian/dists"):format(case.served))
    mirror:write_lists(case.served, mirror:lists())
    mirror:expire(case.served, "sid")
    case:remove "debian/pool/main/l/lua5.4/lua5.4_5.4.7.orig.tar.gz"
    case:remove "upstream/www.lua.org/ftp/lua-5.4.7.tar.gz"
    local outcome = case:fetch()
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("5.4.7", case:got "VERSION_lua")
  end)

  it("says what is newer", function()
    local function curl(version)
      local name = ("curl_%s.orig.tar.gz"):format(version)
      return stanza("curl", version .. "-1", { [name] = "x" })
    end
    local case = with_lists(curl "99.1.0" .. curl "99.2.0~rc1", {}, {})
    local outcome = case:fetch "--outdated"
    assert.equal(0, outcome.code, outcome.err)
    assert.matches("^curl %S+: Debian has 99.1.0%-1\n$", outcome.out)
  end)
end)

--- Returns a patch that changes the only line of `file`.
local function patch(from, to, header)
  return (header or "") .. "--- a/file\n+++ b/file\n@@ -1 +1 @@\n-" .. from ..
    "\n+" .. to .. "\n"
end

--- Returns the SHA-256 of a file.
local function sum_of(path)
  return shell.output("sha256sum <" .. shell.quote(path)):match "%x+"
end

--- Makes a folder with two archives.  t.tar.gz has a `file` with the text
--- "plain".  p.tar.xz has Debian's patches, which change the text to "debian".
local function archives()
  local folder = temp.folder()
  shell.execute(("cd %s && mkdir -p v/patches/thing top debian/patches && " ..
    "echo plain >top/file && tar -czf t.tar.gz top"):format(folder))
  temp.write(folder .. "/debian/patches/series", "a.patch\n")
  temp.write(folder .. "/debian/patches/a.patch", patch("plain", "debian"))
  shell.execute(("cd %s && tar -cJf p.tar.xz debian && " ..
    "cp %s/vendor/unpack.sh v"):format(folder, ROOT))
  return folder
end

--- Unpacks the archives with our `patches`, and with Debian's patches if
--- `options` asks for them.
local function unpack_tree(version, patches, options)
  options = options or {}
  local folder = options.folder or archives()
  for name, text in pairs(patches) do
    temp.write(folder .. "/v/patches/thing/" .. name, text)
  end
  local words = { "sh", folder .. "/v/unpack.sh", "thing", version,
    folder .. "/tree", folder .. "/t.tar.gz",
    options.tarsum or sum_of(folder .. "/t.tar.gz"), folder .. "/-", "-" }
  if options.debian then
    words[8] = folder .. "/p.tar.xz"
    words[9] = options.patchsum or sum_of(folder .. "/p.tar.xz")
  end
  return process.run(words), temp.read(folder .. "/tree/file")
end

describe("vendor/unpack.sh", function()
  it("applies our patches in the order of their names", function()
    local outcome, text = unpack_tree("1.2", {
      ["02-b.patch"] = patch("one", "two"),
      ["01-a.patch"] = patch("plain", "one"),
    })
    assert.same({ code = 0, out = "", err = "" }, outcome)
    assert.equal("two\n", text)
  end)

  it("applies Debian's patches before ours", function()
    local outcome, text = unpack_tree("1.2",
      { ["01-a.patch"] = patch("debian", "ours") }, { debian = true })
    assert.same({ code = 0, out = "", err = "" }, outcome)
    assert.equal("ours\n", text)
  end)

  it("leaves a patch out from the version that needs it no more", function()
    local patches =
      { ["01-a.patch"] = patch("plain", "one", "Only-Below: 3.6.10\n\n") }
    assert.equal("one\n", select(2, unpack_tree("3.6.9", patches)))
    assert.equal("plain\n", select(2, unpack_tree("3.6.10", patches)))
  end)

  it("makes no tree when a patch does not apply", function()
    local outcome, text =
      unpack_tree("1.2", { ["01-a.patch"] = patch("other", "one") })
    assert.equal(1, outcome.code)
    assert.matches("thing: 01-a.patch does not apply", outcome.err, 1, true)
    assert.is_nil(text)
  end)

  for name, sum in pairs { ["t.tar.gz"] = "tarsum",
    ["p.tar.xz"] = "patchsum" } do
    it("unpacks no " .. name .. " that has changed since", function()
      local folder = archives()
      local options = { folder = folder, debian = true,
        [sum] = sum_of(folder .. "/" .. name) }
      local file <close> = io.open(folder .. "/" .. name, "ab")
      file:write "more"
      file:flush()
      local outcome, text = unpack_tree("1.2", {}, options)
      assert.equal(1, outcome.code)
      assert.matches(name .. " has changed since it was fetched", outcome.err,
        1, true)
      assert.is_nil(text)
    end)
  end
end)

describe("make", function()
  it("says so when the folder has a blank in its path", function()
    local folder = temp.folder() .. "/a b"
    shell.execute("mkdir " .. shell.quote(folder))
    local outcome = process.run { "make", "-C", folder, "-f",
      ROOT .. "/Makefile", "-n" }
    assert.equal(2, outcome.code)
    assert.matches("this folder has a blank in its path", outcome.err, 1, true)
  end)
end)

describe("vendor/lock", function()
  it("says everything about each library", function()
    local text = temp.read "vendor/lock" .. "\n"
    local count = 0
    for stanza in text:gmatch "(Library:.-)\n\n" do
      count = count + 1
      for _, field in ipairs { "Package", "Licence", "Notice", "Why" } do
        assert.matches("\n" .. field .. ": %S", stanza)
      end
    end
    assert.equal(9, count)
  end)

  it("has a hash and a place for each file, the pool first", function()
    for _, library in ipairs(mirrors.parse(temp.read "vendor/lock")) do
      assert.is_true(#library.sources >= 1)
      for _, source in ipairs(library.sources) do
        assert.matches("^pool/main/", source.Tarball[1].place)
        for _, field in ipairs(FIELDS) do
          for _, entry in ipairs(source[field]) do
            assert.equal(64, #entry.sum)
            assert.is_true(entry.place:find "^pool/main/%S+$" ~= nil or
              entry.place:find "^https://%S+$" ~= nil, entry.place)
          end
        end
        assert.equal(#source.Patches > 0, source.revision ~= nil)
      end
    end
  end)
end)
