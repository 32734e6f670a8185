--- Whom the program trusts: --cacert, else SSL_CERT_FILE and SSL_CERT_DIR,
--- else the system's bundle, else its folder, else the embedded roots.
---
--- @seconds 15

local ca = require "tests.support.ca"
local chroot = require "tests.support.chroot"
local nginx = require "tests.support.nginx"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local BUNDLE = "etc/ssl/certs/ca-certificates.crt"

describe("trust anchors", function()
  local server, code
  setup(function()
    server = nginx.start()
    code = ('print(select(3, require"mkrun.http".get("%s/")) or "trusted")')
      :format(server.url.tls13_ecdsa)
  end)
  teardown(function() server:stop() end)

  it("come from --cacert first", function()
    local good, bad = ca.path "ca.pem", ca.path "other-ca.pem"
    local function get(cacert, env)
      return release.eval(code, { flags = { "--cacert", cacert },
                                  env = { SSL_CERT_FILE = env } }).out
    end
    assert.equal("trusted\n", get(good, bad))
    assert.equal("tls\n", get(bad, good))
  end)

  it("come from SSL_CERT_FILE else", function()
    local function get(file)
      return release.eval(code, { env = { SSL_CERT_FILE = file } }).out
    end
    assert.equal("trusted\n", get(ca.path "ca.pem"))
    assert.equal("tls\n", get(ca.path "other-ca.pem"))
  end)

  it("come from the system's bundle else", function()
    if not chroot.works() then pending "needs chroot" end
    local function get(name)
      return chroot.new { [BUNDLE] = temp.read(ca.path(name)) }
        :run({ "-e", code }).out
    end
    assert.equal("trusted\n", get "ca.pem")
    assert.equal("tls\n", get "other-ca.pem")
  end)

  it("are named by --version", function()
    local file = ca.path "ca.pem"
    assert.matches(file,
      release.run({ "--cacert", file, "--version" }).out, 1, true)
    assert.matches(file, release.run({ "--version" },
      { env = { SSL_CERT_FILE = file } }).out, 1, true)
  end)

  it("are named by --version in a chroot too", function()
    if not chroot.works() then pending "needs chroot" end
    local with_bundle = chroot.new { [BUNDLE] = temp.read(ca.path "ca.pem") }
    assert.matches("/" .. BUNDLE, with_bundle:run({ "--version" }).out, 1, true)
    assert.matches("embedded (Mozilla ", chroot.new():run({ "--version" }).out,
      1, true)
  end)

  it("are named by --trace", function()
    local file = ca.path "ca.pem"
    local outcome =
      release.eval(code, { flags = { "--trace", "--cacert", file } })
    assert.equal("trusted\n", outcome.out)
    assert.matches(file, outcome.err, 1, true)
  end)

  it("are not silently others when the file is missing", function()
    for _, options in ipairs {
      { flags = { "--cacert", "/nowhere/ca.pem" } },
      { env = { SSL_CERT_FILE = "/nowhere/ca.pem" } },
    } do
      local outcome = release.eval(code, options)
      assert.not_equal("trusted\n", outcome.out)
      assert.matches("/nowhere/ca.pem",
        outcome.out .. outcome.err .. release.eval(
          code:gsub("select%(3", "select(2"), options).out, 1, true)
    end
  end)

  --- What `--version` says of them.
  local function named(env, flags)
    local arguments = { table.unpack(flags or {}) }
    arguments[#arguments + 1] = "--version"
    local outcome = release.run(arguments, { env = env })
    return outcome.out:match "trust: ([^\n]*)", outcome.code
  end

  local function folder_with(files)
    local folder = temp.folder()
    for name, text in pairs(files) do
      temp.write(folder .. "/" .. name, text)
    end
    return folder
  end

  local function pem(name) return temp.read(ca.path(name)) end

  it("come from the folders of SSL_CERT_DIR, too", function()
    local function get(env) return release.eval(code, { env = env }).out end
    local good = folder_with { ["0123abcd.0"] = pem "ca.pem" }
    local bad = folder_with { ["other.crt"] = pem "other-ca.pem" }
    assert.equal("trusted\n", get { SSL_CERT_DIR = good })
    assert.equal("tls\n", get { SSL_CERT_DIR = bad })
    assert.equal("trusted\n", get { SSL_CERT_DIR = bad .. "::" .. good .. ":" })
    assert.equal("trusted\n",
      get { SSL_CERT_DIR = bad, SSL_CERT_FILE = ca.path "ca.pem" })
    assert.equal("trusted\n",
      get { SSL_CERT_DIR = good, SSL_CERT_FILE = ca.path "other-ca.pem" })
    assert.equal("tls\n", release.eval(code, { env = { SSL_CERT_DIR = good },
      flags = { "--cacert", ca.path "other-ca.pem" } }).out)
  end)

  it("are of a folder what is named as certificates are", function()
    local folder = folder_with {
      ["a.pem"] = pem "ca.pem", ["0123abcd.10"] = pem "other-ca.pem",
      ["B.CER"] = pem "old-root.pem", ["key.pem"] = pem "ecdsa.key",
      ["empty.crt"] = "", ["README"] = pem "rsa.pem", [".pem"] = pem "rsa.pem",
      ["0123abcd.r0"] = pem "rsa.pem", ["0123abcg.0"] = pem "rsa.pem",
    }
    shell.execute(("cd %s && mkdir d.pem && mkfifo p.pem && ln -s no x.pem")
      :format(folder))
    assert.equal(("folder %s (3 roots)"):format(folder),
      named { SSL_CERT_DIR = folder })
  end)

  it("are counted once, however many names they have", function()
    local folder = folder_with { ["all.crt"] =
      pem "ca.pem" .. pem "other-ca.pem", ["a.pem"] = pem "ca.pem" }
    shell.execute(("cd %s && ln -s a.pem 0123abcd.0"):format(folder))
    assert.equal(("folder %s (2 roots)"):format(folder),
      named { SSL_CERT_DIR = folder })
    assert.equal(("file %s, folder %s (2 roots)"):format(ca.path "ca.pem",
      folder), named { SSL_CERT_DIR = folder,
        SSL_CERT_FILE = ca.path "ca.pem" })
  end)

  it("are read once, however many names they have", function()
    local blanks = (" "):rep(9 << 20)
    local folder = folder_with { ["a.pem"] = pem "ca.pem" .. blanks }
    shell.execute(("cd %s && ln -s a.pem 0123abcd.0 && ln a.pem b.crt")
      :format(folder))
    assert.equal(("folder %s (1 root)"):format(folder),
      named { SSL_CERT_DIR = folder })
    temp.write(folder .. "/c.pem", pem "ca.pem" .. blanks)
    assert.matches(": too large for a store of certificates",
      named { SSL_CERT_DIR = folder }, 1, true)
  end)

  it("are not looked for among ten thousand files", function()
    local folder = folder_with { ["a.pem"] = pem "ca.pem" }
    shell.execute(("cd %s && seq -f %%g.pem 10000 | xargs touch")
      :format(folder))
    assert.equal(("SSL_CERT_DIR: %s: too large for a store of certificates")
      :format(folder), named { SSL_CERT_DIR = folder })
  end)

  it("are named with what was passed over", function()
    local folder = folder_with { ["a.pem"] = pem "other-ca.pem",
      ["b.pem"] = pem("ca.pem"):sub(1, 200) }
    local why = ("; %s/b.pem: a certificate in it is malformed"):format(folder)
    assert.equal(("folder %s (1 root%s)"):format(folder, why),
      named { SSL_CERT_DIR = folder })
    local message = release.eval(code:gsub("select%(3", "select(2"),
      { env = { SSL_CERT_DIR = folder } }).out
    assert.matches(("(trust: folder %s%s)"):format(folder, why), message, 1,
      true)
    shell.execute("rm " .. folder .. "/a.pem")
    assert.equal(("SSL_CERT_DIR: %s: no PEM certificate in this folder%s")
      :format(folder, why), named { SSL_CERT_DIR = folder })
  end)

  it("are not in OpenSSL's own form, which says what they are for", function()
    local text = pem("ca.pem"):gsub("CERTIFICATE", "TRUSTED %0")
    local file = temp.file(text)
    assert.equal("--cacert: " .. file .. ": only TRUSTED CERTIFICATE in it, "
      .. "which is not read", named({}, { "--cacert", file }))
  end)

  --- A pipe that nobody writes would be read for ever.
  it("are in a file, or it is said before anything is done", function()
    local folder = temp.folder()
    shell.execute(("cd %s && mkfifo pipe && touch empty && mkdir sub")
      :format(folder))
    for file, wrong in pairs {
      [folder .. "/pipe"] = "not a regular file",
      [folder .. "/empty"] = "no PEM certificate in it",
      [folder .. "/none"] = "No such file or directory",
      [folder .. "/sub"] = "Is a directory",
      ["/dev/zero"] = "not a regular file",
    } do
      local words = ("%s: %s"):format(file, wrong)
      assert.same({ code = 2, out = "", err = "mkrun: --cacert: " .. words
        .. "\n" }, release.eval("print 'begun'",
          { flags = { "--cacert", file } }))
      assert.same({ "--cacert: " .. words, 1 },
        { named({}, { "--cacert", file }) })
      assert.same({ "SSL_CERT_FILE: " .. words, 1 },
        { named { SSL_CERT_FILE = file } })
      assert.equal("tls\n",
        release.eval(code, { env = { SSL_CERT_FILE = file } }).out)
    end
  end)

  it("are named without what steers a terminal", function()
    local folder = temp.folder() .. "/\27]0;x\7\u{202e}y\nz"
    shell.execute("mkdir " .. shell.quote(folder))
    local shown = folder:gsub("\27]0;x\7\u{202e}y\n", "?]0;x??y?")
    temp.write(folder .. "/a.pem", pem "ca.pem")
    temp.write(folder .. "/b.pem", pem("ca.pem"):sub(1, 200))
    assert.equal(("folder %s (1 root; %s/b.pem: a certificate in it is "
      .. "malformed)"):format(shown, shown), named { SSL_CERT_DIR = folder })
    local file = folder .. "/a.pem"
    assert.equal(("file %s/a.pem (1 root)"):format(shown),
      named({}, { "--cacert", file }))
    assert.equal(("SSL_CERT_FILE: %s/b.pem: a certificate in it is malformed")
      :format(shown), named { SSL_CERT_FILE = folder .. "/b.pem" })
  end)

  it("are never others than those of SSL_CERT_DIR", function()
    local empty = temp.folder()
    for value, words in pairs {
      ["/etc/ssl/cert"] = "SSL_CERT_DIR: /etc/ssl/cert: No such file",
      [ca.path "ca.pem"] = "ca.pem: Not a directory",
      [empty] = empty .. ": no PEM certificate in this folder",
      [":"] = "SSL_CERT_DIR: no folder in the list",
      [ca.folder() .. ("/."):rep(2500)] = "SSL_CERT_DIR: " .. ca.folder(),
    } do
      local trust, exit = named { SSL_CERT_DIR = value }
      assert.matches(words, trust, 1, true)
      assert.equal(1, exit)
      assert.equal("tls\n",
        release.eval(code, { env = { SSL_CERT_DIR = value } }).out)
    end
    local half = ca.folder() .. ":/nowhere"
    assert.matches("/nowhere: No such file", named { SSL_CERT_DIR = half }, 1,
      true)
  end)

  for _, place in ipairs {
    "etc/pki/tls/certs/ca-bundle.crt",
    "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "etc/ssl/ca-bundle.pem", "var/lib/ca-certificates/ca-bundle.pem",
    "etc/ssl/certs/ca-bundle.crt", "etc/ssl/cert.pem",
    "etc/ca-certificates/extracted/tls-ca-bundle.pem", "etc/pki/tls/cacert.pem",
    "usr/local/share/certs/ca-root-nss.crt",
  } do
    it("are found in /" .. place, function()
      if not chroot.works() then pending "needs chroot" end
      local root = chroot.new { [place] = pem "ca.pem" }
      assert.equal("trusted\n", root:run({ "-e", code }).out)
      assert.matches("system /" .. place .. " (1 root)",
        root:run({ "--version" }).out, 1, true)
    end)
  end

  it("are found in a folder of hashed names", function()
    if not chroot.works() then pending "needs chroot" end
    for _, folder in ipairs { "etc/ssl/certs", "etc/pki/tls/certs" } do
      local root = chroot.new { [folder .. "/0123abcd.0"] = pem "ca.pem" }
      assert.equal("trusted\n", root:run({ "-e", code }).out)
      assert.matches("system /" .. folder .. " (1 root)",
        root:run({ "--version" }).out, 1, true)
    end
  end)

  it("are embedded where the folder is empty or a link leads nowhere",
    function()
      if not chroot.works() then pending "needs chroot" end
      local root = chroot.new { ["etc/ssl/certs/README"] = "" }
      shell.execute(("ln -s gone %s/%s"):format(root.folder, BUNDLE))
      assert.matches("embedded (Mozilla ", root:run({ "--version" }).out, 1,
        true)
    end)

  it("are no others where the system's bundle cannot be read", function()
    if not chroot.works() then pending "needs chroot" end
    for words, prepare in pairs {
      ["no PEM certificate in it"] = ": >%s",
      ["Is a directory"] = "mkdir %s",
      ["Symbolic link loop"] = "ln -s ca-certificates.crt %s",
    } do
      local root = chroot.new { ["etc/ssl/certs/a.pem"] = pem "ca.pem" }
      shell.execute(prepare:format(root.folder .. "/" .. BUNDLE))
      local outcome = root:run { "--version" }
      assert.matches(("trust: /%s: %s"):format(BUNDLE, words), outcome.out, 1,
        true)
      assert.equal(1, outcome.code)
      assert.equal("tls\n", root:run({ "-e", code }).out)
      assert.equal("2\n", root:run({ "-e", "print(1 + 1)" }).out)
    end
  end)

  it("are those of the system's bundle that are well formed", function()
    if not chroot.works() then pending "needs chroot" end
    local root = chroot.new { [BUNDLE] = pem("other-ca.pem"):sub(1, 200)
      .. "\n" .. pem "ca.pem" }
    assert.equal("trusted\n", root:run({ "-e", code }).out)
    assert.matches(("trust: system /%s (1 root; /%s: a certificate in it is "
      .. "malformed)"):format(BUNDLE, BUNDLE), root:run({ "--version" }).out, 1,
      true)
  end)

  it("are embedded where the folder has only a server's certificate", function()
    if not chroot.works() then pending "needs chroot" end
    local root = chroot.new {
      ["etc/ssl/certs/snakeoil.pem"] = pem "self-signed.pem" }
    assert.matches("embedded (Mozilla ", root:run({ "--version" }).out, 1,
      true)
    temp.write(root.folder .. "/etc/ssl/certs/b.pem", pem "ca.pem")
    assert.matches("system /etc/ssl/certs (2 roots)",
      root:run({ "--version" }).out, 1, true)
  end)

  --- What --version says to another user than root, to whom a file is closed.
  local function closed(root, file)
    if shell.output "id -u" ~= "0" then pending "needs root" end
    shell.execute(("chmod -R a+rX %s && chmod 0 %s/%s"):format(root.folder,
      root.folder, file))
    return root:run({ "--version" }, { user = "65534:65534" })
  end

  it("are no others where the system's bundle is not for this user", function()
    if not chroot.works() then pending "needs chroot" end
    for _, file in ipairs { BUNDLE, "etc/ssl/certs", "etc/ssl" } do
      local outcome = closed(chroot.new { [BUNDLE] = pem "ca.pem" }, file)
      assert.matches("trust: /" .. BUNDLE .. ": Permission denied", outcome.out,
        1, true)
      assert.equal(1, outcome.code)
    end
  end)

  it("are no others where the system's folder is not for this user", function()
    if not chroot.works() then pending "needs chroot" end
    local file = "etc/ssl/certs/a.pem"
    local outcome = closed(chroot.new { [file] = pem "ca.pem" }, file)
    assert.matches("trust: /etc/ssl/certs: no PEM certificate in this folder; /"
      .. file .. ": Permission denied", outcome.out, 1, true)
    outcome = closed(chroot.new { [file] = pem "ca.pem",
      ["etc/ssl/certs/b.pem"] = pem "other-ca.pem" }, file)
    assert.matches(("trust: system /etc/ssl/certs (1 root; /%s: Permission "
      .. "denied)"):format(file), outcome.out, 1, true)
  end)

  it("are named by doctor when they cannot be used", function()
    local outcome = release.run({ "--base-url", server.url.tls13_ecdsa,
      "--token-file", temp.file "x", "doctor" },
      { env = { SSL_CERT_DIR = "/etc/ssl/cert" } })
    assert.matches("TLS +SSL_CERT_DIR: /etc/ssl/cert: No such file",
      outcome.out)
  end)
end)
