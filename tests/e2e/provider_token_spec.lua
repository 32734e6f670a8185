--- Tokens and base URLs of further providers: --token-file NAME=FILE and
--- MKRUN_TOKEN_NAME, --base-url NAME=URL and MKRUN_BASE_URL_NAME.
---
--- @seconds 6

local base64 = require "mkrun.base64"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

--- Prints the names and the hashes of the tokens, and the base URLs.
local SHOW <const> = [[
local config = require "mkrun.config"
local lines = { tostring(config.token and config.token:digest():sub(1, 8)),
  config.base_url }
local function add(list, show)
  local names = {}
  for name in pairs(list) do
    names[#names + 1] = name
    require "mkrun.providers".mention(name)
  end
  table.sort(names)
  for _, name in ipairs(names) do
    lines[#lines + 1] = name .. " " .. show(list[name])
  end
end
add(config.tokens, function(token) return token:digest():sub(1, 8) end)
add(config.base_urls, tostring)
print(table.concat(lines, "\n"))]]

local function run(words, options)
  words[#words + 1] = "-e"
  words[#words + 1] = SHOW
  return release.run(words, options)
end

--- What a token is called in the output.
local function id(token) return sys.sha256(token):sub(1, 8) end

--- A file with a token, which only its owner may read.
local function file(content)
  local path = temp.file(content)
  shell.execute("chmod 600 " .. shell.quote(path))
  return path
end

local function shows(lines, words, options)
  local outcome = run(words, options)
  assert.equal("", outcome.err)
  assert.equal(table.concat(lines, "\n") .. "\n", outcome.out)
end

local DEFAULT <const> = "https://app.mk.io"

describe("the token of a provider", function()
  it("comes from its variable, whose name is in capitals", function()
    shows({ "nil", DEFAULT, "a1_b " .. id "one-two-3", "mq " .. id "a:b c" },
      {}, { env = { MKRUN_TOKEN_A1_B = "one-two-3\n", MKRUN_TOKEN_MQ = "a:b c",
        MKRUN_TOKEN_EMPTY = "" } })
  end)

  it("comes from a file before the variable, the last file of all", function()
    local first, second = file "a-first-one", file "a:second one\n"
    shows({ "nil", DEFAULT, "mq " .. id "a:second one" },
      { "--token-file", "mq=" .. first, "--token-file=mq=" .. second },
      { env = { MKRUN_TOKEN_MQ = "from-a-variable" } })
  end)

  it("comes from standard input, one of all", function()
    shows({ "nil", DEFAULT, "mq " .. id "piped:it" },
      { "--token-file", "mq=-" }, { stdin = "piped:it\n" })
    for _, words in ipairs { { "a=-", "b=-" }, { "-", "b=-" } } do
      assert.equal("mkrun: two tokens cannot both come from standard input\n",
        run({ "--token-file", words[1], "--token-file", words[2] }).err)
    end
    assert.equal("mkrun: script and token cannot both come from standard "
      .. "input\n", release.run({ "--token-file", "a=-", "-" }).err)
  end)

  it("is that of MK.IO if the provider is mkio", function()
    local own = file "own-token-1"
    shows({ id "own-token-1", DEFAULT }, { "--token-file", "mkio=" .. own })
    shows({ id "own-token-2", DEFAULT }, {},
      { env = { MKRUN_TOKEN_MKIO = "own-token-2" } })
  end)

  it("is wiped before the first line of Lua, and has no heirs", function()
    local names = { "MKRUN_TOKEN_MQ", "MKRUN_TOKEN", "MKRUN_TOKEN_mq",
      "MKRUN_TOKENS", "MKIO_TOKEN" }
    local env = { OTHER = "kept" }
    for i, name in ipairs(names) do env[name] = "wiped-" .. i end
    local outcome = release.run({ "-e", [[
      for i, name in ipairs(arg) do print(os.getenv(name)) end
      for name in io.popen("env"):lines() do print("of a child", name) end
      local bytes = io.open "/proc/self/environ":read "a"
      print(("of the process " .. bytes):byte(1, -1))
      print(bytes:find "wiped", bytes:find "OTHER=kept")]],
      "/dev/null", table.unpack(names) }, { env = env })
    assert.equal(0, outcome.code, outcome.err)
    assert.not_matches("MKRUN_TOKEN", outcome.out)
    assert.not_matches("secret", outcome.out)
    assert.not_matches("119 105 112 101 100", (outcome.out:gsub("%s", " ")))
    assert.matches("OTHER=kept", outcome.out)
    for _, name in ipairs { names[2], names[3], names[4] } do
      assert.matches(name .. ": no provider has this name", outcome.err, 1,
        true)
    end
  end)

  it("is redacted: the pair, the password, and what is sent", function()
    local pair = "someone:pass word 1"
    local outcome = release.run({ "-e", ("print(%q, %q, %q)"):format(pair,
      "pass word 1", "Basic " .. base64.encode(pair)) },
      { env = { MKRUN_TOKEN_MQ = pair } })
    assert.equal("(secret: token of mq)\t(secret: token of mq)\tBasic "
      .. "(secret: token of mq)\n", outcome.out)
  end)

  it("is refused if it cannot be sent, and not repeated", function()
    local bad, empty = file "to ken-zz", file "\n"
    local why = ": the token contains a blank, a line break or another "
      .. "character that is not allowed in a token\n"
    for _, case in ipairs {
      { "mkrun: --token-file mq" .. why, { "--token-file", "mq=" .. bad } },
      { "mkrun: MKRUN_TOKEN_MQ" .. why, {}, "to ken-zz" },
      { "mkrun: MKRUN_TOKEN_MQ" .. why, {}, "user:to\tken-zz" },
      { ("mkrun: --token-file: mq=%s: no token in it\n"):format(empty),
        { "--token-file", "mq=" .. empty } },
      { "mkrun: --token-file: mq=./no: No such file or directory\n",
        { "--token-file", "mq=./no" } },
    } do
      local outcome = run(case[2], { env = { MKRUN_TOKEN_MQ = case[3] } })
      assert.equal(2, outcome.code)
      assert.equal(case[1], outcome.err)
    end
  end)

  it("is read from a file whose name has = in it, if told so", function()
    local folder = temp.folder()
    for _, name in ipairs { "a=b", "A=b", "1a=b" } do
      temp.write(folder .. "/" .. name, "token-of-a-file")
    end
    shell.execute("chmod 600 " .. folder .. "/*")
    for _, name in ipairs { "./a=b", "A=b", "1a=b", folder .. "/a=b" } do
      shows({ id "token-of-a-file", DEFAULT }, { "--token-file", name },
        { cwd = folder })
    end
  end)

  it("warns of a file that others can read", function()
    local shown = temp.file "token-of-a-file"
    shell.execute("chmod 644 " .. shown)
    assert.matches("other users can read this token file",
      run({ "--token-file", "mq=" .. shown }).err, 1, true)
  end)
end)

describe("the base URL of a provider", function()
  it("comes from --base-url before its variable, without a slash", function()
    shows({ "nil", DEFAULT, "dns http://127.0.0.1:1/api",
      "mq https://b.test/x" },
      { "--base-url", "mq=https://b.test/x//" },
      { env = { MKRUN_BASE_URL_MQ = "https://a.test",
        MKRUN_BASE_URL_DNS = "http://127.0.0.1:1/api/",
        MKRUN_BASE_URL_EMPTY = "" } })
  end)

  it("is that of MK.IO if the provider is mkio", function()
    shows({ "nil", "https://c.test" }, { "--base-url=mkio=https://c.test" })
    shows({ "nil", "https://d.test" }, {},
      { env = { MKRUN_BASE_URL_MKIO = "https://d.test" } })
  end)

  it("binds the token to its origin", function()
    local outcome = release.run({ "--base-url", "mq=http://127.0.0.1:1/api",
      "-e", [[
        local tokens = require "mkrun.config".tokens
        local get = require "mkrun.http".get
        print(select(3, get("http://127.0.0.1:2/", { token = tokens.mq })))
        print(select(3, get("http://127.0.0.1:1/", { token = tokens.mq })))
        print(pcall(tokens.mq.bind, tokens.mq, "http://b.test"))
        print(pcall(tokens.dns.bind, tokens.dns, "http://b.test"))]] },
      { env = { MKRUN_TOKEN_MQ = "abc-def-ghi", MKRUN_TOKEN_DNS = "klmnop" } })
    assert.equal("origin\nconnect\nfalse\tsecret is bound to "
      .. "http://127.0.0.1:1, not to http://b.test:80\n"
      .. "true\t(secret: token of dns)\n", outcome.out)
  end)

  it("is refused like MK.IO's", function()
    for url, why in pairs {
      ["ftp://x"] = "URL that begins with https:// or http:// expected",
      ["http://x/?a=b"] = "URL without a query expected",
      ["http://u@x"] = "URL without a user name expected",
      ["http://"] = "host name expected in the URL",
    } do
      assert.equal(("mkrun: --base-url mq: %s\n"):format(why),
        run({ "--base-url", "mq=" .. url }).err)
      assert.equal(("mkrun: MKRUN_BASE_URL_MQ: %s\n"):format(why),
        run({}, { env = { MKRUN_BASE_URL_MQ = url } }).err)
    end
    assert.matches("option '%-%-base%-url mq=' needs a value",
      run({ "--base-url", "mq=" }).err)
  end)
end)

describe("the settings of a provider", function()
  it("go before a flow's name", function()
    for option, value in pairs { ["--token-file"] = "FILE",
      ["--base-url"] = "URL" } do
      assert.matches(("%s goes before the flow's name: mkrun %s %s onboard")
        :format(option, option, value),
        release.run({ "onboard", option, "mq=x" }).err, 1, true)
    end
  end)

  it("do not keep anybody from reading the manual", function()
    local outcome = release.run({ "help", "secret" }, { env = {
      MKRUN_TOKEN_MQ = "a wrong one", MKRUN_BASE_URL_MQ = "wrong" } })
    assert.equal(0, outcome.code, outcome.err)
    assert.equal("", outcome.err)
  end)
end)

describe("a resumed run", function()
  local PARTS <const> = { "mq=http://127.0.0.1:1/api", "--journal", "j",
    "--sandbox=s", "w.lua" }
  local folder

  local function run_in(env, ...)
    return release.run({ ... }, { cwd = folder, env = env })
  end

  before_each(function()
    folder = temp.folder()
    temp.write(folder .. "/token", "abc-def-ghi")
    shell.execute(("chmod 600 %s/token"):format(folder))
    temp.write(folder .. "/w.lua", [[
      require "mkrun.providers".mention "mq"
      require "mkio".connect({}).teams:ensure("w", {
        scopes = { allProjectsScope = { roles = { "reader" } } } })
      local config = require "mkrun.config"
      print(config.base_urls.mq, config.tokens.mq)]])
  end)

  --- Makes the journal of a run that used no sandbox, as far as can be told.
  local function forget_sandbox()
    local text = temp.read(folder .. "/j")
    local changed, count = text:gsub('"%-%-sandbox=s",?', "", 1)
    assert.equal(1, count)
    temp.write(folder .. "/j", (changed:gsub(",%]", "]", 1)))
  end

  it("has the base URL and the token file again", function()
    local first = run_in({}, "--token-file", "mq=token", "--base-url",
      table.unpack(PARTS))
    assert.equal("http://127.0.0.1:1/api\t(secret: token of mq)\n", first.out,
      first.err)
    assert.equal(first.out, run_in({}, "--resume", "j").out)
    assert.equal("http://127.0.0.1:2\t(secret: token of mq)\n",
      run_in({}, "--base-url", "mq=http://127.0.0.1:2", "--resume", "j").out)
  end)

  it("has the base URL of a variable again, and no token of one", function()
    local env = { MKRUN_BASE_URL_MQ = "http://127.0.0.1:1/api",
      MKRUN_TOKEN_MQ = "abc-def-ghi" }
    assert.equal("http://127.0.0.1:1/api\t(secret: token of mq)\n",
      run_in(env, table.unpack(PARTS, 2)).out)
    assert.equal("http://127.0.0.1:1/api\tnil\n",
      run_in({}, "--resume", "j").out)
    assert.not_matches("abc", temp.read(folder .. "/j"))
  end)

  it("sends no token where only the journal says so", function()
    assert.equal(0, run_in({}, "--base-url", table.unpack(PARTS)).code)
    forget_sandbox()
    for _, option in ipairs { "--resume", "--undo" } do
      for _, variable in ipairs { false, "http://127.0.0.1:2/api" } do
        local outcome = run_in({ MKRUN_BASE_URL_MQ = variable }, option, "j")
        assert.equal(2, outcome.code)
        assert.matches("j: the journal would send the token of 'mq' to "
          .. "http://127.0.0.1:1/api: if that is right, add --base-url "
          .. "mq=http://127.0.0.1:1/api", outcome.err, 1, true)
      end
      for _, right in ipairs {
        { { MKRUN_BASE_URL_MQ = "http://127.0.0.1:1" }, option, "j" },
        { {}, "--base-url", "mq=http://127.0.0.1:2", option, "j" },
      } do
        assert.not_matches("would send the token of",
          run_in(table.unpack(right)).err)
      end
    end
  end)
end)
