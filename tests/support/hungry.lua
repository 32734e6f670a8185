--- Lists the commands that out_of_memory_spec.lua runs with failing
--- allocations.

local ca = require "tests.support.ca"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local SPEC <const> = shell.output "pwd" .. "/scripts/examples/onboard.json"
local TOKEN <const> = { MKIO_TOKEN = "token-0123456789" }

local JOURNAL <const> = '{"journal":1,"words":["s.lua"],"base_url":'
  .. '"https://api.test","options":["--base-url=https://api.test"]}\n'

local MQ <const> = 'return { name = "mq", operations = {} }'

local ASK <const> = [[
local tokens = require "mkrun.config".tokens
for _, token_as in ipairs { "basic", "X-Key" } do
  print(assert(require "mkrun.http".get(arg[1],
    { token = tokens.mq, token_as = token_as })).status)
end]]

--- The body is larger than the buffer at first.
local FILL <const> = [[
local secret = require "mkrun.secret"
print(assert(require "mkrun.http".put(arg[1], {
  json = { ("x"):rep(3000), "it" },
  secrets = { it = secret.new("a\"secret", "s") } })).status)]]

local function onboard(...)
  local arguments = { "--sandbox", ... }
  arguments[#arguments + 1] = "onboard"
  arguments[#arguments + 1] = SPEC
  return { arguments = arguments, env = TOKEN }
end

local BUNDLED <const> = [[
local list = require "mkrun.sys".read "list"
for line in io.lines "list" do print(line, #list, require "words", ...) end
]]

local bundled -- path of a bundle of the debug variant

--- Makes that bundle, once.
local function bundle()
  if bundled then return bundled end
  local folder = temp.folder()
  temp.write(folder .. "/flow.lua", BUNDLED)
  temp.write(folder .. "/words.lua", "return 'module'")
  temp.write(folder .. "/list", "a\nb\n")
  shell.execute(("mkrun=$PWD/build/debug/mkrun; cd %s && \"$mkrun\" bundle "
    .. "flow.lua list -o out >/dev/null 2>&1"):format(shell.quote(folder)))
  bundled = folder .. "/out"
  return bundled
end

local M = {}

--- Returns all commands by name.
---@param url string   of a served sandbox
---@return table<string, tests.Hungry>
function M.all(url)
  return {
    ["a script"] = { arguments = { "s.lua" }, env = TOKEN,
                     files = { ["s.lua"] = "print('hello', #arg)" } },
    ["a bundle"] = { program = bundle(), env = TOKEN,
                     arguments = { "--sandbox", "word" } },
    ["-e"] = { arguments = { "-e", "print(1)" } },
    ["a script that raises"] = { arguments = { "-e", "error 'x'" },
                                 env = TOKEN },
    ["the prompt"] = { arguments = { "-i" }, env = TOKEN, goes_on = true,
                       stdin = "x = 1\nprint(x,\n2)\n=x\nerror 'a'\n" },
    ["--cacert"] = { arguments = { "--cacert", ca.path "ca.pem", "-e",
                                   "print(1)" } },
    ["--version"] = { arguments = { "--version" } },
    ["--show"] = { arguments = { "--show", "onboard" } },
    ["a wrong option"] = { arguments = { "--nonsense" }, env = TOKEN },
    ["a command"] = { arguments = { "-e", [[
      local pipe <close> = assert(io.popen "echo hi")
      print(pipe:read "a")
      assert(os.execute "true")]] } },
    ["a secret"] = { arguments = { "-e", [[
      local secret = require "mkrun.secret"
      print(assert(secret.new("abcdefghijkl", "label"):pipe "cat"))]] } },
    ["a script that is tagged destructive"] = {
      arguments = { "--sandbox", "s.lua" }, env = TOKEN,
      files = { ["s.lua"] = "--- Deletes.\n-- @tags destructive\nprint(1)" },
    },
    ["--resume"] = {
      arguments = { "--resume", "j", "s.lua" },
      env = { MKIO_BASE_URL = "https://api.test" },
      files = { j = JOURNAL, ["s.lua"] = "print(1)" },
    },
    ["the settings of providers"] = {
      arguments = { "--token-file", "dns=t", "--base-url",
        "dns=http://127.0.0.1:1/", "s.lua", url .. "/x" },
      env = { MKRUN_TOKEN_MQ = "someone:pass-word-1",
        MKRUN_BASE_URL_MQ = url },
      files = { t = "token-0123456789", ["mq.lua"] = MQ,
        ["s.lua"] = "---\n-- @provider mq.lua\n" .. ASK },
    },
    ["secrets in a body"] = { arguments = { "s.lua", url .. "/x" },
      files = { ["s.lua"] = FILL } },
    ["USER:PASSWORD in place of a file"] = { arguments = { "--token-file",
      "mq=someone:pass-word-1", "-e", "print(1)" } },
    ["--resume with a provider"] = {
      arguments = { "--resume", "j", "s.lua" },
      env = { MKRUN_BASE_URL_MQ = "http://127.0.0.1:1/b" },
      files = { j = JOURNAL:gsub('"%-%-base', '"--base-url=mq=http://127.0.0.1'
        .. ':1/api",%0'), ["s.lua"] = "print(1)" },
    },
    ["--sandbox onboard"] = onboard(),
    ["--dry-run"] = onboard "--dry-run",
    ["an option after the name of a flow"] = {
      arguments = { "--sandbox", "team", "Everyone", "--trace", "--jobs=1" } },
    ["--audit"] = onboard("--audit", "audit"),
    ["--record"] = onboard("--record", "record"),
    ["--journal"] = onboard("--journal", "journal"),
    ["a served sandbox"] = { arguments = { "--base-url", url, "export" },
                             env = TOKEN },
  }
end

return M
