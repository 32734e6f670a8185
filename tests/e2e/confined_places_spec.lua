--- Flows are confined, and mkrun's own files may be anywhere: a place that the
--- kernel does not allow would show as "Permission denied".  The runs talk to a
--- server, and have their files in a folder that is not the current one.

local ca = require "tests.support.ca"
local chroot = require "tests.support.chroot"
local json = require "mkrun.json"
local nginx = require "tests.support.nginx"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local api

--- Makes two folders beside each other: "here", the current folder of all runs,
--- and "far".  "here/hop" is a link to "far".
---@return string top
local function new_folders()
  local top = temp.folder()
  shell.execute(("cd %s && mkdir here far && ln -s ../far here/hop")
    :format(top))
  return top
end

--- Runs a flow in "here", and expects this exit code.
local function run(top, code, arguments, options)
  options = options or {}
  local env = { MKIO_TOKEN = "x", MKIO_BASE_URL = api.url }
  for name, value in pairs(options.env or {}) do env[name] = value end
  local outcome = release.run(arguments,
    { cwd = top .. "/here", env = env, stdin = options.stdin })
  assert.equal(code, outcome.code, table.concat(arguments, " ") .. ": "
    .. outcome.err)
  return outcome
end

local count = 0

--- Returns a name that no other run has used, because the server keeps all.
local function new_name()
  count = count + 1
  return "place-" .. count
end

local function link(top, from, to)
  shell.execute(("cd %s && ln -sfn %s here/%s"):format(top, to, from))
end

--- How the file NAME in "far" is spelled.
local SPELLINGS <const> = {
  ["a relative path"] = function(_, name) return "../far/" .. name end,
  ["an absolute path"] = function(top, name) return top .. "/far/" .. name end,
  ["a path through a link"] = function(_, name) return "hop/" .. name end,
  ["a path with dots"] = function(_, name)
    return "./hop/.././far//./" .. name
  end,
  ["a link"] = function(top, name)
    link(top, name, "../far/" .. name)
    return name
  end,
  ["a link to a link"] = function(top, name)
    link(top, name .. ".2", "../far/" .. name)
    link(top, name, name .. ".2")
    return name
  end,
}

--- Each case gets the top folder, and a function that spells a name.
local CASES <const> = {}

CASES["--journal, and --undo"] = function(top, at)
  local path = at "j"
  run(top, 0, { "--journal", path, "team", new_name(), "--create" })
  assert.matches("^{", temp.read(top .. "/far/j"))
  assert.matches("there is no terminal to ask on",
    run(top, 2, { "--undo", path }).err, 1, true)
  assert.matches("1 removed", run(top, 0, { "undo", "--yes", path }).out)
end

CASES["--resume"] = function(top, at)
  local path = at "j"
  temp.write(top .. "/here/x.lua", "--- Make a team.\n"
    .. "-- @needs  api:read, api:teams.put, env:CRASH\n"
    .. "require 'mkio'.connect {}.teams:ensure('r', {})\n"
    .. "if os.getenv 'CRASH' then os.exit(9) end\n")
  run(top, 9, { "--journal", path, "x.lua" }, { env = { CRASH = "1" } })
  run(top, 0, { "--resume", path })
  run(top, 0, { "undo", "--yes", path })
end

CASES["--audit, and audit-verify"] = function(top, at)
  local path = at "a"
  run(top, 0, { "--audit", path, "team", new_name(), "--create" })
  run(top, 0, { "--audit", path, "token", "create", new_name(), "--allow", "*",
    "--exec", "cat >/dev/null" })
  assert.matches(": 2 lines",
    run(top, 0, { "audit-verify", path }).out, 1, true)
end

CASES["--record, and --replay"] = function(top, at)
  local path = at "h"
  for _ = 1, 2 do run(top, 0, { "--record", path, "my-organizations" }) end
  run(top, 0, { "--replay", path, "my-organizations" })
end

CASES["--plan-out, and --apply"] = function(top, at)
  local path = at "p"
  local words = { "--plan-out", path, "team", new_name(), "--create" }
  for _ = 1, 2 do run(top, 3, words) end
  run(top, 0, { "--apply", path })
end

CASES["--sandbox, and --faults"] = function(top, at)
  local path = at "s"
  run(top, 0, { "--sandbox=" .. path, "team", "c", "--create" })
  run(top, 0, { "--sandbox=" .. path, "team", "d", "--create" })
  temp.write(top .. "/far/f", json.encode { rules = json.array {
    { every = 1, faults = json.array { { status = 400 } } } } })
  run(top, 1, { "--sandbox=" .. path, "--faults", at "f", "team", "c" })
end

CASES["--token-file"] = function(top, at)
  local path, env = at "t", { MKIO_TOKEN = false }
  temp.write(top .. "/far/t", "x")
  shell.execute(("chmod 600 %s/far/t"):format(top))
  run(top, 0, { "--token-file", path, "my-organizations" }, { env = env })
  run(top, 0, { "--token-file", "-", "my-organizations" },
    { env = env, stdin = "x" })
end

CASES["SPEC, and the files that it names"] = function(top, at)
  local token = { description = new_name(), file = at "token", days = 1,
    permissions = { ["core.customer"] = {
      ["Northlight Broadcasting"] = {
        ["core.team"] = json.array { "get" } } } } }
  temp.write(top .. "/far/spec", json.encode { tokens = json.array { token } })
  run(top, 0, { "onboard", at "spec" })
  assert.matches("= token", run(top, 0, { "onboard", "-" },
    { stdin = temp.read(top .. "/far/spec") }).out, 1, true)
end

CASES["the file of a token"] = function(top, at)
  local path, name = at "e", new_name()
  run(top, 0, { "token", "create", name, "--allow", "*", "--file", path })
  run(top, 0, { "rotate-tokens", "--file", path, name })
  for _ = 1, 2 do
    run(top, 0, { "rotate-tokens", "--file", path, "--keep-old", "1h", name })
  end
end

CASES["the lease of a token without a file"] = function(top, at)
  local lease, name, command = at "l", new_name(), "cat >/dev/null"
  run(top, 0, { "token", "create", name, "--allow", "*", "--exec", command })
  for _ = 1, 2 do
    run(top, 0, { "rotate-tokens", "--exec", command, "--lease", lease,
      "--keep-old", "1h", name })
  end
end

local function sorted(list)
  local names = {}
  for name in pairs(list) do names[#names + 1] = name end
  table.sort(names)
  return ipairs(names)
end

describe("the files of a confined run in another folder", function()
  setup(function() api = served.start { token = "x" } end)
  teardown(function() api:stop() end)
  for _, name in sorted(CASES) do
    for _, spelling in sorted(SPELLINGS) do
      it(("%s, %s"):format(name, spelling), function()
        local top = new_folders()
        CASES[name](top, function(file)
          return SPELLINGS[spelling](top, file)
        end)
      end)
    end
  end
end)

describe("the certificates of a confined run", function()
  local front

  setup(function()
    api = served.start { token = "x" }
    front = nginx.start { front = { cert = "ecdsa", pass = api.port } }
  end)
  teardown(function()
    front:stop()
    api:stop()
  end)

  --- Runs a flow over TLS.
  local function reaches(top, options, env)
    env.MKIO_BASE_URL = front.url.front
    local words = { table.unpack(options) }
    words[#words + 1] = "my-organizations"
    return run(top, 0, words, { env = env })
  end

  for _, spelling in sorted(SPELLINGS) do
    it("may be in another folder, by " .. spelling, function()
      local top = new_folders()
      temp.write(top .. "/far/ca.pem", temp.read(ca.path "ca.pem"))
      local path = SPELLINGS[spelling](top, "ca.pem")
      reaches(top, { "--cacert", path }, {})
      reaches(top, {}, { SSL_CERT_FILE = path })
    end)
  end

  it("may be links in the folders of SSL_CERT_DIR", function()
    local top = new_folders()
    shell.execute(("cd %s && mkdir links && ln -s '%s' links/0123abcd.0")
      :format(top, ca.path "ca.pem"))
    reaches(top, {}, { SSL_CERT_DIR = top .. "/links::../links" })
  end)

  it("may be a link of the system to a folder of its own", function()
    if not chroot.works() then pending "needs chroot" end
    local bundle = "etc/ssl/certs/ca-certificates.crt"
    local system = chroot.new { ["store/ca.pem"] = temp.read(ca.path "ca.pem"),
      [bundle] = "", ["etc/hosts"] = "127.0.0.1 localhost\n" }
    shell.execute(("ln -sf /store/ca.pem %s/%s"):format(system.folder, bundle))
    local outcome = system:run({ "--token-file", "-", "--base-url",
      front.url.front, "my-organizations" }, { stdin = "x" })
    assert.equal(0, outcome.code, outcome.err)
  end)
end)

describe("a confined run", function()
  --- Runs a flow with these words, which fails with this code and message.
  local function fails(code, message, words, env)
    local options = { cwd = temp.folder(), env = env }
    shell.execute(("cd %s && ln -s loop loop && echo >file")
      :format(options.cwd))
    local outcome = release.run(words, options)
    assert.equal(message, outcome.err)
    assert.equal(code, outcome.code)
  end

  it("says which of its files has no folder", function()
    for option, code in pairs { ["--journal"] = 2, ["--audit"] = 2,
      ["--record"] = 2, ["--plan-out"] = 2 } do
      fails(code, ("mkrun: %s: no/x: No such file or directory\n")
        :format(option), { "--sandbox", option, "no/x", "team", "t",
        "--create" })
    end
    fails(1, "mkrun: sandbox: no/x: No such file or directory\n",
      { "--sandbox=no/x", "team", "t", "--create" })
  end)

  it("says what is wrong with a SPEC that leads nowhere", function()
    local long = ("n"):rep(300)
    for path, why in pairs { loop = "Symbolic link loop",
      ["loop/x"] = "Symbolic link loop", [long] = "Filename too long",
      ["file/x"] = "Not a directory", ["no/x"] = "No such file or directory",
      [("long/"):rep(2000)] = "Filename too long" } do
      fails(2, ("mkrun: %s: %s\n"):format(path, why),
        { "--sandbox", "onboard", path })
    end
  end)

  --- Runs a line of sh with mkrun as $p, as a user who may not search the
  --- folders above the current one, nor ../hidden.
  local function as_stranger(line)
    local top = temp.folder()
    local as_user = "setpriv --reuid=65534 --regid=65534 --clear-groups"
    local is_root = shell.output "id -u" == "0"
    if is_root and not shell.works(as_user .. " true") then
      pending "needs setpriv"
    end
    local outcome = process.run({ "sh", "-c", ([[
      mkdir %s/here %s/hidden && cd %s/here && cp %s mkrun || exit 99
      echo '{"teams":[{"name":"t"}]}' >spec; cp spec ../hidden
      if %s; then chmod 700 .. && chown 65534 . && run='%s'; fi
      chmod 0 ../hidden; test -n "$run" || chmod 0 ..
      $run env MKIO_TOKEN=x p=./mkrun sh -c %s
      code=$?; chmod 700 .. ../hidden; exit $code]]):format(top, top, top,
      shell.quote(release.path), tostring(is_root), as_user,
      shell.quote(line)) })
    return outcome
  end

  it("works below a folder that may not be searched", function()
    for _, words in ipairs { "$p --sandbox onboard spec",
      "$p --sandbox --journal j team a --create",
      "$p --sandbox --audit j team a --create",
      "$p --sandbox --record j team a --create",
      "$p --sandbox token create a --allow '*' --file t",
      "$p --sandbox token create a --allow '*' --file ./t",
      "$p --sandbox=s team a --create",
      "$p --sandbox=s team a --create; "
        .. "$p --sandbox=s --plan-out p onboard spec; test $? = 3" } do
      local outcome = as_stranger(words)
      assert.equal("", outcome.err)
      assert.equal(0, outcome.code)
    end
  end)

  it("says that a SPEC is in a folder that may not be searched", function()
    local outcome = as_stranger "$p --sandbox onboard ../hidden/spec"
    assert.equal("mkrun: ../hidden/spec: Permission denied\n", outcome.err)
    assert.equal(2, outcome.code)
  end)

  it("runs its commands in a plan and in a replay, too", function()
    local folder = temp.folder()
    temp.write(folder .. "/x.lua", "--- Name it.\n"
      .. "-- @needs api:read, run:echo\n"
      .. "local text = io.popen 'echo named':read()\n"
      .. "require 'mkio'.connect {}.teams:list()\nprint(text)\n")
    for _, words in ipairs { { "--sandbox", "--record", "h" },
      { "--sandbox", "--dry-run" }, { "--replay", "h" } } do
      words[#words + 1] = "x.lua"
      local outcome = release.run(words, { cwd = folder })
      assert.equal(0, outcome.code, outcome.err)
      assert.matches("named", outcome.out .. outcome.err, 1, true)
    end
  end)

  it("says what is wrong with a port", function()
    for _, port in ipairs { "65536", "99999999999999999999" } do
      fails(1, "mkrun: GET /api/v1/organization/teams/t: not a URL\n",
        { "--base-url", "http://localhost:" .. port, "team", "t" },
        { MKIO_TOKEN = "x" })
      fails(1, "mkrun: GET /api/v1/organization/teams/t: the URL of the proxy "
        .. "cannot be used\n", { "team", "t" },
        { MKIO_TOKEN = "x", https_proxy = "http://localhost:" .. port })
    end
  end)
end)
