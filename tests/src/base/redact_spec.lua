local json = require "mkrun.json"
local patch = require "mkrun.patch"
local secret = require "mkrun.secret"

local process = require "tests.support.process"

local PLAIN = 'canary/+" \\%41 \xC3\xA9 key'
local TOKEN = "canary-7Kq2.Zx_9-token-of-the-spec"

--- Text that no secret has.  The secrets of other specs stay hidden as long as
--- the process lives, so "xxx" may be one.
local FILL <const> = "f1l-L"

local keep = { secret.new(PLAIN, "plain"), secret.new(TOKEN, "API token") }

local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
  .. "0123456789"

local function base64(text, last)
  local letters, out = LETTERS .. last, {}
  local bits = text:gsub(".", function(c)
    local byte, digits = c:byte(), {}
    for i = 7, 0, -1 do digits[#digits + 1] = byte >> i & 1 end
    return table.concat(digits)
  end)
  bits = bits .. ("0"):rep(-#bits % 6)
  for group in bits:gmatch "......" do
    local at = tonumber(group, 2) + 1
    out[#out + 1] = letters:sub(at, at)
  end
  return table.concat(out) .. ("="):rep(-#out % 4)
end

local function percent(text, format)
  return (text:gsub("[^%w]", function(c) return format:format(c:byte()) end))
end

--- What a program prints that has both secrets.
local function printed(code, stdin)
  local out = process.run({
    "build/debug/mkrun", "-e", "s = require 'mkrun.secret'",
    "-e", ("A, B = s.new(%q, 'plain'), s.new(%q, 'it')"):format(PLAIN, TOKEN),
    "-e", ("TOKEN = %q"):format(TOKEN), "-e", code,
  }, { stdin = stdin })
  return out.out, out.err, out.code
end

describe("mkrun.secret.redact", function()
  it("finds a secret as it is", function()
    assert.equal("a (secret: plain) b", secret.redact("a " .. PLAIN .. " b"))
    assert.equal("(secret: API token)(secret: API token)",
      secret.redact(TOKEN .. TOKEN))
  end)

  it("leaves other texts alone", function()
    for _, text in ipairs { "", "canary", "100% \\ + canary-7Kq2.Zx_9-toke",
                            "\0\xFF%zz\\uZZZZ\\", TOKEN:sub(2) } do
      assert.equal(text, secret.redact(text))
    end
    assert.is_not_nil(keep)
  end)

  it("finds it in base64, wherever it begins and with both alphabets",
    function()
      for _, own in ipairs { PLAIN, TOKEN } do
        for _, before in ipairs { "", "a", "ab", "abc", "user:" } do
          for _, after in ipairs { "", "x", "xy", "xyz" } do
            for _, last in ipairs { "+/", "-_" } do
              local text = base64(before .. own .. after, last)
              local clean = secret.redact(text)
              assert.matches("%(secret: ", clean)
              assert.is_true(#clean < #text / 2 + 24)
            end
          end
        end
      end
    end)

  it("finds base64 with line breaks", function()
    local text = base64(FILL:rep(8) .. TOKEN .. FILL:rep(2), "+/")
    for _, gap in ipairs { "\n", "\r\n" } do
      local broken = text:gsub(("."):rep(64), "%0" .. gap)
      local clean = secret.redact(broken)
      assert.matches("%(secret: API token%)", clean)
      assert.is_true(#clean < #broken - 18)
    end
  end)

  it("finds it URL-encoded, whatever was encoded", function()
    assert.equal("k=(secret: plain)&",
      secret.redact("k=" .. percent(PLAIN, "%%%02X") .. "&"))
    assert.equal("(secret: plain)", secret.redact(percent(PLAIN, "%%%02x")))
    assert.equal("(secret: plain)",
      secret.redact((percent(PLAIN, "%%%02X"):gsub("%%20", "+"))))
    local every = TOKEN:gsub(".", function(c)
      return ("%%%02x"):format(c:byte())
    end)
    assert.equal("(secret: API token)", secret.redact(every))
  end)

  it("finds it escaped as in JSON", function()
    assert.equal('["(secret: plain)"]',
      secret.redact(assert(json.encode { PLAIN })))
    local every = PLAIN:gsub("\xC3\xA9", "\\u00e9"):gsub("[/\"+]", function(c)
      return ("\\u%04X"):format(c:byte())
    end)
    every = every:gsub("\\%%", "\\\\%%")
    assert.equal("(secret: plain)", secret.redact(every))
    assert.equal('"(secret: plain)"', secret.redact('"'
      .. PLAIN:gsub('[\\"/]', "\\%0") .. '"'))
  end)

  it("finds the longer of two, and not those below 8 bytes", function()
    local short = secret.new("1234567", "short")
    local inner = secret.new("inner-inner", "inner")
    local outer = secret.new("inner-inner-outer", "outer")
    assert.equal("1234567 (secret: inner) (secret: outer)",
      secret.redact "1234567 inner-inner inner-inner-outer")
    assert.is_not_nil(short and inner and outer)
  end)

  it("knows a secret that was closed, and one of many", function()
    for i = 1, 2000 do
      secret.new(("eyJhbGciOi.%d.x"):format(i), "t" .. i):close()
    end
    assert.equal("(secret: t1999)", secret.redact "eyJhbGciOi.1999.x")
  end)

  it("keeps a label from breaking the text around it", function()
    local odd = secret.new("odd-odd-odd", 'a"\n\\b')
    assert.equal("(secret: a???b)", secret.redact "odd-odd-odd")
    assert.is_not_nil(odd)
  end)

  it("keeps a secret out of a label", function()
    local named = secret.new("named-named", "of " .. TOKEN)
    local itself = secret.new("itself-itself", "itself-itself")
    assert.equal("(secret: of (secret: API token)) (secret: (secret))",
      secret.redact "named-named itself-itself")
    assert.is_not_nil(named and itself)
  end)

  it("does not compare every place with every secret", function()
    -- A second; if it did, an hour, and it gets killed.
    local outcome = process.run { "build/debug/mkrun", "-e", [[
      local secret, own, words = require "mkrun.secret", {}, {}
      math.randomseed(7)
      local function word(len)
        return (("a"):rep(len):gsub(".", function()
          return string.char(math.random(97, 122))
        end))
      end
      for i = 1, 9000 do own[i] = secret.new(word(40), "word " .. i) end
      for i = 1, 1000 do words[i] = word(1000) end
      local text = table.concat(words)
      assert(secret.redact(text) == text)
      assert(#own == 9000)]] }
    assert.same({ code = 0, out = "", err = "" }, outcome)
  end)
end)

describe("what is printed", function()
  it("is without secrets, whichever way it goes", function()
    local out, err, code = printed [[
      print(TOKEN, 1, nil)
      io.write(TOKEN, "\n")
      io.stdout:write(TOKEN, "\n")
      io.stderr:write(TOKEN, "\n")
      warn("@on") warn(TOKEN)
      error(setmetatable({}, { __tostring = function()
        return TOKEN .. "!" end }))]]
    assert.equal(1, code)
    assert.equal("(secret: it)\t1\tnil\n(secret: it)\n(secret: it)\n", out)
    assert.matches("^%(secret: it%)\nmkrun: warning: %(secret: it%)\n"
      .. "mkrun: .*%(secret: it%)!\n$", err)
  end)

  it("is so at the prompt of debug.debug", function()
    local out, err = printed("debug.debug() print 'on'",
      "print(TOKEN)\nerror(TOKEN)\n(\ncont\nprint(1)\n")
    assert.equal("(secret: it)\non\n", out)
    assert.matches("lua_debug> lua_debug> .*%(secret: it%)\nlua_debug> .*"
      .. "unexpected.*\nlua_debug> $", err)
  end)

  it("is so when it is written in pieces", function()
    local out, err = printed [[
      for c in ("<" .. TOKEN .. ">"):gmatch "." do
        io.write(c) io.flush() io.stderr:write(c)
      end
      io.write(TOKEN:sub(1, 9)) io.flush() io.write("other\n")
      io.stdout:setvbuf "no"
      io.write(TOKEN:sub(1, 9)) io.write(TOKEN:sub(10), TOKEN:sub(1, 7))]]
    assert.equal("<(secret: it)>canary-7Kother\n(secret: it)canary-",
      (out:gsub("7Kq2", "7K")))
    assert.equal("<(secret: it)>", err)
  end)

  it("comes whole, and in order when it is a file", function()
    local out = printed [[
      for i = 1, 20000 do io.write(i, " ", TOKEN, "\n") end]]
    local _, count = out:gsub("%d+ %(secret: it%)\n", "")
    assert.equal(20000, count)
    assert.is_nil(out:find("canary", 1, true))
    assert.equal("abX", (printed [[
      io.write "abc" assert(io.stdout:seek("cur", -1) == 2) io.write "X"]]))
  end)

  it("does not show a token that the command line is wrong about", function()
    local out = process.run({ "build/debug/mkrun", "--timeout=" .. TOKEN },
      { env = { MKIO_TOKEN = TOKEN } })
    assert.equal(2, out.code)
    assert.matches("got '%(secret: API token%)'", out.err)
  end)
end)

describe("what is printed in pieces", function()
  it("is what it would be as a whole", function()
    local words = { PLAIN, TOKEN, TOKEN:sub(1, 12), PLAIN:sub(3), "%2", "\\u00",
      "+", "e", "(", base64("ab" .. TOKEN .. "c", "-_"),
      base64(PLAIN, "+/"):sub(1, 9), percent(PLAIN, "%%%02X"),
      assert(json.encode(PLAIN)):sub(2, -2), "can", "ary", " " }
    for seed = 1, 30 do
      math.randomseed(seed)
      local text = {}
      for i = 1, 40 do text[i] = words[math.random(#words)] end
      local whole = table.concat(text)
      local out = printed(([[
        math.randomseed(%d)
        local whole, at = %q, 1
        while at <= #whole do
          local to = at + math.random(0, 9)
          io.write(whole:sub(at, to)) io.flush()
          at = to + 1
        end]]):format(seed, whole))
      local wanted = secret.redact(whole):gsub("%(secret: API token%)",
        "(secret: it)")
      assert.equal(wanted, out)
    end
  end)
end)

describe("a message that is cut", function()
  it("does not show the part of a secret that is left", function()
    for before = 0, 210 do
      local name = ("x"):rep(before) .. TOKEN .. ("y"):rep(200)
      local operations = json.array { { op = "remove", path = "/" .. name },
        { op = "test", path = "/a", value = name } }
      for i = 1, 2 do
        local _, why = patch.apply({ a = 1 }, json.array { operations[i] })
        assert.is_nil(why:find(TOKEN:sub(1, 8), 1, true), why)
        assert.equal(why, secret.redact(why))
      end
    end
  end)
end)

describe("a message with somebody's name", function()
  local STEERING <const> = { "\27[2J", "\u{9B}2J", "\x9B2J", "\u{202E}",
    "\u{2066}", "\u{2028}", "\r", "\n", "\127" }

  it("spells what steers a terminal, in messages of patch", function()
    for _, steering in ipairs(STEERING) do
      local _, why = patch.apply({}, json.array {
        { op = "remove", path = "/a" .. steering .. "b" } })
      assert.is_nil(why:find(steering, 1, true), why)
      assert.matches("a\\u%x%x%x%x", why)
    end
  end)

  it("has ? in its place on standard error, also as a warning", function()
    for i, steering in ipairs(STEERING) do
      if steering ~= "\n" then
        for _, code in ipairs { "error(%q, 0)", "warn(%q)" } do
          local outcome = process.run { "build/debug/mkrun", "-W", "-e",
            code:format("a" .. steering .. "b") }
          assert.is_nil(outcome.err:find(steering, 1, true), i)
          assert.matches("a%?", outcome.err)
        end
      end
    end
  end)
end)
