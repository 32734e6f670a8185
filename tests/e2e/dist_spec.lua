--- What `make dist` makes of what is built already, and what it refuses.
--- tests/dist/run.sh installs, verifies and runs it, for both architectures.
---
--- @seconds 30

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local ARCH = shell.output "uname -m"

--- Runs a script of vendor/dist with these variables and arguments.
local function run(name, env, ...)
  return process.run({ "sh", "vendor/dist/" .. name, ... }, { env = env })
end

local function dist(folder, env, build)
  local all = { VERSION = "1.2.3", COMMIT = "abc", SIGN_KEY = "",
    MAINTAINER = "Ops <ops@acme.example>", SOURCE_DATE_EPOCH = "86400" }
  for key, value in pairs(env or {}) do all[key] = value end
  return run("dist.sh", all, folder, build or ARCH .. "=build")
end

local function output_in(folder, command)
  return shell.output("cd " .. shell.quote(folder) .. " && " .. command)
end

describe("vendor/dist/dist.sh", function()
  local folder, said

  lazy_setup(function()
    folder = temp.folder() .. "/dist"
    local outcome = dist(folder, { COMMIT = "abc-dirty" })
    assert.equal(0, outcome.code, outcome.err)
    said = outcome.err
  end)

  it("says that there are changes which are not committed", function()
    assert.matches("changes that are not committed; the files say abc-dirty",
      said, 1, true)
  end)

  it("makes the same of the same, whatever the umask and the environment",
    function()
      local other = temp.folder() .. "/other"
      local line = ("umask 077 && exec sh vendor/dist/dist.sh %s %s=build")
        :format(other, ARCH)
      local outcome = process.run({ "sh", "-c", line }, { env = {
        VERSION = "1.2.3", COMMIT = "abc-dirty", SOURCE_DATE_EPOCH = "86400",
        MAINTAINER = "Ops <ops@acme.example>", TZ = "Asia/Tokyo",
        GZIP = "-1", XZ_OPT = "-0", TAR_OPTIONS = "--verbose",
        LUA_INIT = "error()", MKRUN_CONFINE = "1" } })
      assert.equal(0, outcome.code, outcome.err)
      assert.equal(temp.read(folder .. "/SHA256SUMS"),
        temp.read(other .. "/SHA256SUMS"))
      assert.equal("", output_in(folder, "find . ! -perm 644 -type f"))
    end)

  it("makes these files, and sums of them", function()
    local debian = ARCH == "x86_64" and "amd64" or "arm64"
    local names = { "SHA256SUMS", "mkrun-1.2.3-image.tar",
      ("mkrun-1.2.3-linux-%s.tar.gz"):format(ARCH),
      ("mkrun-1.2.3-%s.cdx.json"):format(ARCH),
      ("mkrun-1.2.3-%s.spdx.json"):format(ARCH),
      ("mkrun_1.2.3_%s.deb"):format(debian) }
    table.sort(names)
    assert.equal(table.concat(names, "\n"), output_in(folder, "LC_ALL=C ls"))
    assert.equal("5", output_in(folder, "sha256sum -c SHA256SUMS | wc -l"))
  end)

  it("makes a tarball that belongs to root, for everybody to read", function()
    local lines = output_in(folder, "tar -tvzf *.tar.gz --numeric-owner")
    for line in lines:gmatch "[^\n]+" do
      local mode, owner = line:match "^(%S+) (%S+)"
      local is_program = line:find "/bin/mkrun$"
      assert.equal("0/0", owner)
      assert.matches("1970%-01%-02 ", line)
      assert.equal(line:find "/$" and "drwxr-xr-x"
        or is_program and "-rwxr-xr-x" or "-rw-r--r--", mode)
    end
    for _, path in ipairs { "share/man/man1/mkrun.1", "share/doc/mkrun/LICENSE",
      "share/bash-completion/completions/mkrun", "share/mkrun/types/mkio.lua",
    } do
      assert.matches("/" .. path .. "\n", lines .. "\n", 1, true)
    end
  end)

  it("makes a package without dependencies and scripts", function()
    local fields = output_in(folder, "dpkg-deb -f *.deb")
    assert.matches("\nVersion: 1.2.3\n", fields, 1, true)
    assert.matches("\nMaintainer: Ops <ops@acme.example>\n", fields, 1, true)
    assert.not_matches("Depends", fields)
    assert.matches("\nDescription: run Lua scripts against the MK.IO Management"
      .. " API\n", fields, 1, true)
    assert.equal("control\nmd5sums",
      output_in(folder, "dpkg-deb --ctrl-tarfile *.deb | tar -t"
        .. " | sed 's#^\\./##; /^$/d' | sort"))
    local root = temp.folder()
    output_in(folder, "dpkg-deb -x *.deb " .. root)
    output_in(folder, "dpkg-deb -e *.deb " .. root .. "/DEBIAN")
    shell.execute(("cd %s && md5sum -c --quiet DEBIAN/md5sums"):format(root))
    assert.equal(release.run({ "--version" }).out,
      process.run({ root .. "/usr/bin/mkrun", "--version" }).out)
  end)

  it("says in the package who holds the copyright of each library", function()
    local text = output_in(folder, "dpkg-deb --fsys-tarfile *.deb"
      .. " | tar -xO ./usr/share/doc/mkrun/copyright") .. "\n\n"
    for name in temp.read("vendor/lock"):gmatch "\nLibrary: (%S+)" do
      local stanza = text:match("\nFiles: vendor/" .. name:gsub("%-", "%%-")
        .. "/%*\n(.-)\n\n")
      assert.matches("Copyright: [%w]", stanza, 1)
      assert.matches("\nLicense: %S+\n .", stanza)
      assert.matches("\nComment: " .. name .. " ", stanza, 1, true)
    end
  end)

  it("refuses a program for another machine, and a time that is unknown",
    function()
      local other = ARCH == "x86_64" and "aarch64" or "x86_64"
      local outcome = dist(temp.folder() .. "/x", {}, other .. "=build")
      assert.equal(1, outcome.code)
      assert.matches("build/release/mkrun is no program for " .. other,
        outcome.err, 1, true)
      outcome = dist(temp.folder() .. "/x", { SOURCE_DATE_EPOCH = "0" })
      assert.equal(1, outcome.code)
      assert.matches("SOURCE_DATE_EPOCH has to", outcome.err, 1,
        true)
    end)
end)

describe("vendor/dist/check.sh", function()
  local LOCK <const> = [[
Library: lua
Source: lua 5.4.9
Source: lua 5.4.8

Library: curl
Source: curl 8.14.1
Revision: 8.14.1-2
Source: curl 8.0
]]

  local function check(lua, curl, allow)
    local got = ("VERSION_lua := %s\nREVISION_lua := %s\n"
      .. "VERSION_curl := 8.14.1\nREVISION_curl := %s\n"):format(lua, lua, curl)
    return run("check.sh", { ALLOW_FALLBACK = allow or "" }, temp.file(LOCK),
      temp.file(got))
  end

  it("takes the first source of each library", function()
    local outcome = check("5.4.9", "8.14.1-2")
    assert.equal("0 " .. "", outcome.code .. " " .. outcome.err)
  end)

  it("names each library of which another was fetched", function()
    local outcome = check("5.4.8", "8.14.1-3")
    assert.equal(1, outcome.code)
    assert.matches("make dist: lua 5.4.8 was fetched, not 5.4.9, the first of "
      .. "vendor/lock\nmake dist: curl 8.14.1-3 was fetched, not 8.14.1-2",
      outcome.err, 1, true)
    assert.matches("ALLOW_FALLBACK=1 takes what there is", outcome.err, 1, true)
  end)

  it("lets them pass when it is told to, and names them all the same",
    function()
      local outcome = check("5.4.8", "8.14.1-2", "1")
      assert.equal(0, outcome.code)
      assert.matches("lua 5.4.8 was fetched", outcome.err, 1, true)
      assert.equal(1, check("5.4.8", "8.14.1-2", "yes").code)
    end)
end)

describe("vendor/dist/sign.sh", function()
  it("refuses what is no key that signs, and shows nothing of it", function()
    local secret = "c2VjcmV0IGtleSBvZiBub2JvZHk"
    local kinds = {
      ["is neither a secret key of minisign nor a key of SSH"] = secret .. "\n",
      ["is empty"] = "",
      ["is a public key of minisign, or none"] =
        "untrusted comment: minisign public key 1\nRWQ" .. secret .. "\n",
    }
    for message, text in pairs(kinds) do
      local outcome = run("sign.sh", {}, temp.file(text), temp.file "sums")
      assert.equal(1, outcome.code)
      assert.matches("make dist: SIGN_KEY: ", outcome.err, 1, true)
      assert.matches(message, outcome.err, 1, true)
      assert.not_matches(secret, outcome.out .. outcome.err, 1, true)
    end
    local outcome = run("sign.sh", {}, "/nowhere/key", temp.file "sums")
    assert.matches("there is no file '/nowhere/key'", outcome.err, 1, true)
  end)

  it("finds a key below the home folder that no shell has expanded", function()
    local home = temp.folder()
    temp.write(home .. "/key", "nothing\n")
    local outcome = run("sign.sh", { HOME = home }, "~/key")
    assert.matches(("'%s/key' is neither"):format(home), outcome.err, 1, true)
  end)
end)
