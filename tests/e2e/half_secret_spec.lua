--- A text that is cut before it is shown: redaction looks for whole secrets,
--- so no part of one may be left at the cut.

local release = require "tests.support.release"
local temp = require "tests.support.temp"

local TOKEN <const> = "qwertzui0123456789"
local PART <const> = TOKEN:sub(1, 4)
local ENV <const> = { MKIO_TOKEN = TOKEN }

--- For every place of the token around a cut at `size` bytes.
local LOOP <const> = [[
  local token = %q
  local json, http = require "mkrun.json", require "mkrun.http"
  local task = require "mkrun.task"
  local function around(size, show)
    for length = math.max(size - 60, 1), size + 10 do
      print(length, show(("-"):rep(length) .. token .. ("-"):rep(40)))
    end
  end
  %s]]

local function shows(code)
  local outcome = release.eval(LOOP:format(TOKEN, code), { env = ENV })
  assert.equal("", outcome.err)
  assert.is_nil(outcome.out:find(PART, 1, true), outcome.out)
  return outcome.out
end

describe("no half secret is left by the cut in", function()
  for what, words in pairs {
    ["an option that nobody knows"] = { "--%s" },
    ["a script that is not there"] = { "/none/%s" },
    ["a flow that is not there"] = { "--show", "%s" },
    ["the path of a token file"] = { "--token-file", "/none/%s", "-e", "" },
    ["the path of a store"] = { "--cacert", "/none/%s", "-e", "" },
    ["the path of a journal"] = { "--undo", "/none/%s" },
    ["the value of an option"] = { "--timeout", "%s", "-e", "" },
  } do
    it(what, function()
      for _, size in ipairs { 40, 64, 256, 512, 1024 } do
        for length = size - 40, size, 8 do
          local arguments = {}
          for i, word in ipairs(words) do
            arguments[i] = word:gsub("%%s", ("x"):rep(length) .. TOKEN)
          end
          local outcome = release.run(arguments, { env = ENV })
          assert.equal(2, outcome.code)
          assert.matches("(secret: API token)", outcome.err, 1, true)
          assert.is_nil(outcome.err:find(PART, 1, true), outcome.err)
        end
      end
    end)
  end

  it("an unknown tag", function()
    for length = 20, 40, 4 do
      local path = temp.file(("-- @%s%s\n"):format(("t"):rep(length), TOKEN),
        "x.lua")
      local outcome = release.run({ path }, { env = ENV })
      assert.equal(2, outcome.code)
      assert.is_nil(outcome.err:find(PART, 1, true), outcome.err)
    end
  end)

  it("the name of a chunk", function()
    local out = shows [[
      around(60, function(text) return select(2, load(text .. "\n(")) end)
      around(60, function(text)
        return select(2, load("(", "@" .. text .. ("/x"):rep(20)))
      end)]]
    assert.matches('[string "', out, 1, true)
  end)

  it("a pointer into a document that is no JSON", function()
    shows [[
      around(200, function(text)
        return select(2, json.encode { [text] = print })
      end)]]
  end)

  it("the path of a client certificate", function()
    shows [[
      around(250, function(text)
        return http.get("http://127.0.0.1:1/", { client_cert = text })
      end)]]
  end)

  it("libcurl's word about a long host", function()
    shows [[
      local names = {}
      for length = 200, 240, 4 do names[#names + 1] = ("x"):rep(length) end
      task.map(names, function(name)
        local host = name .. token .. ("x"):rep(300)
        print(http.get("http://" .. host .. "/"))
      end)]]
  end)
end)
