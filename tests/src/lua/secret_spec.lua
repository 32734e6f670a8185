local http = require "mkrun.http"
local json = require "mkrun.json"
local secret = require "mkrun.secret"

local shell = require "tests.support.shell"
local release = require "tests.support.release"
local temp = require "tests.support.temp"

local ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

--- A JWT with this middle part.
local function jwt(payload)
  return "eyJhbGciOiJub25lIn0." .. payload .. ".c2ln"
end

describe("mkrun.secret", function()
  it("shows its label and nothing else", function()
    local s = secret.new("hunter2", "API token")
    assert.equal("(secret: API token)", tostring(s))
    assert.equal("(secret: API token)", ("%s"):format(s))
    assert.equal("(secret: secret)", tostring(secret.new "hunter2"))
  end)

  it("cannot become text, JSON, or be looked into", function()
    local s = secret.new("hunter2", "x")
    assert.error_matches(function() return s .. "" end,
      "a secret cannot become part of a text", 1, true)
    assert.error_matches(function() return "" .. s end,
      "cannot become", 1, true)
    assert.is_nil((json.encode { s }))
    assert.equal("mkrun.secret", getmetatable(s))
    assert.error(function() return #s end)
    assert.error(function() return next(s) end)
    for i = 1, 4 do
      assert.is_not.equal("hunter2", (debug.getuservalue(s, i)))
    end
  end)

  it("is told from other values", function()
    assert.is_true(secret.is(secret.new "x"))
    assert.is_false(secret.is "x")
    assert.is_false(secret.is(io.stdout))
    assert.error_matches(function() secret.is() end, "value expected", 1, true)
  end)

  it("compares with text and with secrets", function()
    local s = secret.new "hunter2"
    assert.is_true(s:equals "hunter2")
    assert.is_true(s:equals(secret.new "hunter2"))
    assert.is_false(s:equals "hunter3")
    assert.is_false(s:equals "hunter22")
    assert.is_false(s:equals "")
    assert.is_true(s == secret.new("hunter2", "other label"))
    assert.is_false(s == secret.new "hunter3")
    assert.is_false(s == "hunter2")
    assert.error_matches(function() s:equals(7.5 and {}) end,
      "string expected", 1, true)
  end)

  it("has nothing that a script can take away", function()
    local s = secret.new("hunter2", "x"):bind "https://api.test"
    local function refused(f, ...)
      local done, why = pcall(f, ...)
      assert.is_false(done)
      assert.matches("for C only", why, 1, true)
    end
    for i = 1, 3 do
      assert.is_nil((debug.getuservalue(s, i)))
      refused(debug.setuservalue, s, nil, i)
    end
    refused(debug.setmetatable, s, nil)
    refused(debug.setmetatable, io.stdout, debug.getmetatable(s))
    refused(debug.getregistry)
    assert.equal("table", type(debug.setmetatable({}, nil)))
    assert.error_matches(function() s:bind "https://other.test" end,
      "secret is bound to https://api.test:443", 1, true)
  end)

  it("may be closed by a finalizer at any moment of its use", function()
    local silent = assert(require "socket".bind("127.0.0.1", 0))
    local url = ("http://127.0.0.1:%d/"):format(select(2, silent:getsockname()))
    local uses = {
      bind = function(s) s:bind("https://api.test/" .. ("x"):rep(2000)) end,
      claims = function(s) s:claims() end,
      equals = function(s) s:equals(1234567.5) end,
      tostring = tostring,
      request = function(s)
        http.get(url, { token = s, timeout = 0.01 }) -- which is not retried
      end,
    }
    local text, closed = jwt(("A"):rep(4000)), 0
    local pause, speed = 200, 100
    for _, use in pairs(uses) do
      for wait = 0, 40 do
        local s = secret.new(text, "x")
        collectgarbage "stop"
        setmetatable({}, { __gc = function()
          closed = closed + 1
          s:close()
        end })
        collectgarbage "restart"
        collectgarbage("incremental", 0, 1000, 1) -- all the time
        for i = 1, wait do local _ = { i } end
        pcall(use, s)
        collectgarbage("incremental", pause, speed, 13)
      end
    end
    collectgarbage()
    assert.equal(5 * 41, closed)
  end)

  it("knows the header fields that may have a token", function()
    for _, way in ipairs { "bearer", "basic", "X-API-Key", "x_key" } do
      assert.is_nil(secret.field_fault(way))
    end
    for _, way in ipairs { "", "Basic", "Cookie", "host", "X A", "X\r\nY: z",
      "X-Ä", "authorization" } do
      assert.is_string(secret.field_fault(way))
    end
    assert.has_error(function() secret.field_fault() end)
  end)

  it("has a digest", function()
    assert.equal(ABC, secret.new("abc"):digest())
  end)

  it("keeps NUL bytes and an empty text", function()
    assert.is_true(secret.new("a\0b"):equals "a\0b")
    assert.is_false(secret.new("a\0b"):equals "a\0c")
    assert.is_true(secret.new(""):equals "")
  end)
end)

describe("mkrun.secret.read", function()
  it("takes a file without its line end", function()
    for text, bytes in pairs {
      ["abc"] = "abc", ["abc\n"] = "abc", ["abc\r\n"] = "abc",
      ["abc\n\n"] = "abc\n", [""] = "", ["\n"] = "",
      [("x"):rep(100000) .. "\n"] = ("x"):rep(100000),
    } do
      local s = assert(secret.read(temp.file(text), "token"))
      assert.is_true(s:equals(bytes))
      assert.equal("(secret: token)", tostring(s))
    end
  end)

  it("says why it cannot", function()
    local s, message, code = secret.read "/no/such/file"
    assert.is_nil(s)
    assert.equal("/no/such/file: No such file or directory", message)
    assert.equal("missing", code)
    assert.equal("io", select(3, secret.read "/tmp"))
  end)

  it("refuses what is larger than a megabyte", function()
    local path = temp.file(("x"):rep(1024 * 1024 + 1))
    assert.equal("toobig", select(3, secret.read(path)))
    assert(secret.read(temp.file(("x"):rep(1024 * 1024))))
  end)
end)

describe("secret:write", function()
  it("writes a file that only its owner can read", function()
    local path = temp.folder() .. "/token"
    assert.is_true(secret.new("hunter2"):write(path))
    assert.equal("hunter2", temp.read(path))
    assert.equal("600", shell.output("stat -c %a " .. path))
  end)

  it("replaces a file, whatever its mode was", function()
    local path = temp.file("old", "token")
    shell.execute("chmod 644 " .. path)
    assert.is_true(secret.new("new"):write(path))
    assert.equal("new", temp.read(path))
    assert.equal("600", shell.output("stat -c %a " .. path))
    assert.equal("token", shell.output("ls -A " .. path:match "^(.*)/"))
  end)

  it("says why it cannot", function()
    local done, message, code = secret.new("x"):write "/no/such/file"
    assert.is_nil(done)
    assert.equal("/no/such/file: No such file or directory", message)
    assert.equal("missing", code)
    assert.equal("io", select(3, secret.new("x"):write(temp.folder())))
  end)
end)

describe("secret:pipe", function()
  it("gives the bytes to a command", function()
    local path = temp.folder() .. "/out"
    assert.is_true(secret.new("hunter2"):pipe("cat > " .. path))
    assert.equal("hunter2", temp.read(path))
  end)

  it("says how the command failed", function()
    local done, message, code = secret.new("x"):pipe "cat >/dev/null; exit 3"
    assert.is_nil(done)
    assert.equal("cat >/dev/null; exit 3: exit status 3", message)
    assert.equal("exit", code)
    assert.equal("kill -9 $$: ended by signal 9",
      (select(2, secret.new("x"):pipe "kill -9 $$")))
  end)

  for what, case in pairs {
    ["nothing"] = { "true", 500000, 500000 },
    ["nothing of a little"] = { ":", 7, 7 },
    ["a part"] = { "head -c 5 >/dev/null", 7, nil },
    ["nothing, and closes it"] = { "exec <&-", 500000, 500000 },
    ["nothing at once"] = { "sleep 0.1 & exit 0", 9, 9 },
  } do
    it("knows that a command read " .. what, function()
      local command, size, left = table.unpack(case)
      local done, message, code =
        secret.new(("x"):rep(size)):pipe(command)
      if not left and done then return end -- head took more than it printed
      assert.same({ nil, "unread" }, { done, code })
      assert.matches(("^%s: left %d bytes unread$"):format(
        command:gsub("%p", "%%%0"), left or 2), message)
    end)
  end

  it("says that a command failed that read nothing", function()
    local big = secret.new(("x"):rep(500000))
    assert.same({ nil, "exit 4: exit status 4", "exit" },
      { big:pipe "exit 4" })
  end)

  it("takes all that is read, at any pace", function()
    local path = temp.folder() .. "/out"
    local text = ("0123456789"):rep(20000)
    assert.is_true(secret.new(text):pipe("sleep 0.1; cat >" .. path))
    assert.equal(text, temp.read(path))
    assert.is_true(secret.new(text):pipe("exec >&- 2>&-; cat >/dev/null"))
  end)

  it("has what the command prints on standard error, without it", function()
    local outcome = release.eval [[
      io.write "first\n"
      local s = require "mkrun.secret".new("canary-5f1c", "key")
      print(s:pipe "cat; echo; echo err >&2; head -c 100000 /dev/zero")]]
    assert.same({ 0, "first\ntrue\n" }, { outcome.code, outcome.out })
    assert.not_matches("canary", outcome.err, 1, true)
    assert.matches("key%)%s+err\n", outcome.err)
    assert.equal(100000, select(2, outcome.err:gsub("\0", "")))
  end)

  it("does not wait for what the command leaves running", function()
    assert.is_true(secret.new("x"):pipe "cat >/dev/null; sleep 60 & exit 0")
  end)
end)

describe("secret:bind", function()
  it("binds to an origin once", function()
    local s = secret.new "x"
    assert.equal(s, s:bind "https://Api.Test/v1/")
    assert.equal(s, s:bind "https://api.test:443/other?x=1")
    for _, url in ipairs {
      "http://api.test/", "https://api.test:444/", "https://api.test.evil/",
      "https://other.test/",
    } do
      assert.error_matches(function() s:bind(url) end,
        "secret is bound to https://api.test:443", 1, true)
    end
  end)

  it("knows IPv6 hosts", function()
    local s = secret.new("x"):bind "https://[::1]/"
    assert.equal(s, s:bind "https://[::1]:443/")
    assert.error(function() s:bind "https://[::1]:8443/" end)
  end)

  it("refuses what is no http URL", function()
    for _, url in ipairs { "ftp://x/", "x", "", "https://", "https://u@x/" } do
      assert.error_matches(function() secret.new("x"):bind(url) end,
        "expected", 1, true)
    end
  end)
end)

describe("secret:claims", function()
  it("reads the payload of a JWT", function()
    local s = secret.new(jwt "eyJzdWIiOiJtw6kiLCJleHAiOjF9")
    assert.same({ sub = "mé", exp = 1 }, s:claims())
  end)

  it("is nil for anything else", function()
    for _, text in ipairs {
      "", "x", "a.b", "..", "a.!.c", jwt "W10K_", jwt "bm90IGpzb24",
      jwt "Nw", jwt "e",
    } do
      assert.is_nil(secret.new(text):claims())
    end
  end)
end)

describe("secret:close", function()
  it("ends the use of the secret, and may be called twice", function()
    local s = secret.new("hunter2", "x")
    s:close()
    s:close()
    assert.equal("(secret: x)", tostring(s))
    assert.error_matches(function() s:digest() end, "secret is closed", 1, true)
    assert.is_false(s == secret.new "hunter2")
  end)

  it("comes with <close>", function()
    local kept
    do
      local s <close> = secret.new "x"
      kept = s
    end
    assert.error(function() kept:digest() end)
  end)
end)
