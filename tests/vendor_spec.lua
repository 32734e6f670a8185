--- How sources are fetched and patched, with an apt that serves a folder.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local ROOT = shell.output "pwd"

local APT_GET = [[
#!/bin/sh
echo "$*" >>"$ARCHIVE/calls"
for last; do :; done
name=${last%%=*} version=${last#*=}
case $* in
*indextargets*) echo http://mirror.test/debian/ ;;
*--tar-only*) [ ! -e "$ARCHIVE/$name-$version.gone" ] &&
  cp "$ARCHIVE/${name}_${version%-*}.orig.tar.gz" . ;;
*--diff-only*) cp "$ARCHIVE/${name}_$version.debian.tar.xz" . ;;
esac
]]
local APT_CACHE = [[
#!/bin/sh
sed 's/^/Version: /' "$ARCHIVE/versions"
]]
local LOCK = [[
Library: thing
Upstream: 1.2
Source: thing
Suite: trixie
Debian: %s
SHA256: 1.2 %s
Patches: debian
Licence: MIT
Why: an example
]]

--- An archive that offers these versions of `thing`, and a lock for it.
local function archive(versions, lock)
  lock = lock or {}
  local folder = temp.folder()
  local function write(name, text) temp.write(folder .. "/" .. name, text) end
  shell.execute("mkdir " .. shell.join { folder .. "/bin", folder .. "/v" })
  shell.execute(shell.join { "cp", "vendor/fetch.sh", folder .. "/v" })
  write("bin/apt-get", APT_GET)
  write("bin/apt-cache", APT_CACHE)
  shell.execute("chmod +x " .. folder .. "/bin/*")
  write("versions", table.concat(versions, "\n") .. "\n")
  write("thing_1.2.orig.tar.gz", "as its authors made it")
  for _, version in ipairs(versions) do
    write("thing_" .. version .. ".debian.tar.xz", "patches of " .. version)
  end
  local sum = shell.output("sha256sum <" .. folder .. "/thing_1.2.orig.tar.gz")
  write("v/lock", LOCK:format(lock.debian or "1.2-*",
    lock.sum or sum:match "%x+"))
  return folder, write
end

local function fetch(folder, ...)
  local words = { "sh", folder .. "/v/fetch.sh", ... }
  words[#words + 1] = folder .. "/download"
  words[#words + 1] = folder .. "/got.mk"
  local env = { ARCHIVE = folder,
                PATH = folder .. "/bin:" .. os.getenv "PATH" }
  return process.run(words, { env = env })
end

local function got(folder)
  local text = temp.read(folder .. "/got.mk") or ""
  return text:match "DEBIAN_thing := (%S+)"
end

describe("vendor/fetch.sh", function()
  it("takes the newest revision", function()
    local folder = archive { "1.2-9", "1.2-10", "1.2-10~rc1", "1.3-1" }
    assert.equal(0, fetch(folder).code)
    assert.equal("1.2-10", got(folder))
  end)

  it("takes an older one when the newest is not served", function()
    local folder, write = archive { "1.2-1", "1.2-2" }
    write("thing-1.2-2.gone", "")
    assert.equal(0, fetch(folder).code)
    assert.equal("1.2-1", got(folder))
  end)

  it("asks nobody when everything is there", function()
    local folder = archive { "1.2-1" }
    assert.equal(0, fetch(folder).code)
    os.remove(folder .. "/calls")
    assert.equal(0, fetch(folder).code)
    assert.is_nil(temp.read(folder .. "/calls"))
  end)

  it("stays with what it has until it is told to update", function()
    local folder, write = archive { "1.2-1" }
    fetch(folder)
    write("versions", "1.2-1\n1.2-2\n")
    write("thing_1.2-2.debian.tar.xz", "newer patches")
    fetch(folder)
    assert.equal("1.2-1", got(folder))
    assert.equal(0, fetch(folder, "--update").code)
    assert.equal("1.2-2", got(folder))
  end)

  it("says what to change when a version has left the archive", function()
    local folder = archive { "1.3-1", "1.3-2" }
    local outcome = fetch(folder)
    assert.equal(1, outcome.code)
    assert.matches("1.2-* wanted, offered: 1.3-2 1.3-1. Set Upstream, " ..
      "Debian and SHA256 of 'thing' in vendor/lock", outcome.err, 1, true)
    assert.is_nil(got(folder))
  end)

  it("refuses a tarball that the lock does not know", function()
    local folder = archive({ "1.2-1" }, { sum = ("0"):rep(64) })
    local outcome = fetch(folder)
    assert.equal(1, outcome.code)
    assert.matches("vendor/lock does not know this tarball", outcome.err, 1,
      true)
    assert.is_nil(got(folder))
  end)

  it("looks again at a tarball that was changed afterwards", function()
    local folder, write = archive { "1.2-1" }
    fetch(folder)
    write("download/thing_1.2.orig.tar.gz", "something else")
    assert.equal(0, fetch(folder).code)
    assert.equal("as its authors made it",
      temp.read(folder .. "/download/thing_1.2.orig.tar.gz"))
  end)
end)

--- A patch that turns the only line of `file` from one word into another.
local function patch(from, to, header)
  return (header or "") .. "--- a/file\n+++ b/file\n@@ -1 +1 @@\n-" .. from ..
    "\n+" .. to .. "\n"
end

--- Unpacks a tree whose `file` says "plain", with these patches of ours.
local function unpack_tree(version, patches)
  local folder = temp.folder()
  shell.execute(("cd %s && mkdir -p v/patches/thing top && " ..
    "echo plain >top/file && tar -czf t.tar.gz top"):format(folder))
  shell.execute(shell.join { "cp", ROOT .. "/vendor/unpack.sh",
    folder .. "/v" })
  for name, text in pairs(patches) do
    temp.write(folder .. "/v/patches/thing/" .. name, text)
  end
  local outcome = process.run { "sh", folder .. "/v/unpack.sh", "thing",
    version, folder .. "/t.tar.gz", folder .. "/-", folder .. "/tree" }
  return outcome, temp.read(folder .. "/tree/file")
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
    local stanzas = 0
    for stanza in (temp.read "vendor/lock" .. "\n"):gmatch "(Library:.-)\n\n" do
      stanzas = stanzas + 1
      for _, field in ipairs { "Upstream", "Source", "Suite", "Debian",
        "SHA256", "Patches", "Licence", "Why" } do
        assert.matches("\n" .. field .. ": %S", stanza)
      end
      for sum in stanza:gmatch "\nSHA256: %S+ (%S+)" do
        assert.matches("^" .. ("%x"):rep(64) .. "$", sum)
      end
    end
    assert.equal(8, stanzas)
  end)
end)
