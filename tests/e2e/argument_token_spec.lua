--- A token that somebody typed where a file or a name is expected is not
--- repeated: what mkrun says ends up in the logs of others.

local release = require "tests.support.release"

local TOKEN <const> = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJrYXJpIn0.bm90LXNpZ25lZA"

describe("a token on the command line is not shown by", function()
  for what, words in pairs {
    ["--token-file"] = { "--token-file", TOKEN, "doctor" },
    ["--token-file="] = { "--token-file=" .. TOKEN, "doctor" },
    ["--token-file NAME="] = { "--token-file", "mq=" .. TOKEN, "doctor" },
    ["--token"] = { "--token", TOKEN, "doctor" },
    ["--token="] = { "--token=" .. TOKEN, "doctor" },
    ["the name of a script"] = { TOKEN },
    ["a journal"] = { "--resume", TOKEN },
    ["an argument of a flow"] = { "doctor", TOKEN },
    ["an option of a flow"] = { "why-403", "--of", TOKEN, "teams.get" },
  } do
    it(what, function()
      local outcome = release.run(words)
      assert.equal(2, outcome.code, outcome.err)
      assert.is_nil((outcome.out .. outcome.err):find(TOKEN, 1, true))
      assert.matches("^mkrun: ", outcome.err)
    end)
  end

  it("--token-file, which says what to do", function()
    assert.matches("this is a token, not a file: set MKIO_TOKEN",
      release.run({ "--token-file", TOKEN, "doctor" }).err, 1, true)
  end)

  it("--token-file NAME=USER:PASSWORD, which says what to do", function()
    assert.equal("mkrun: --token-file: mq=(secret: token of mq): No such file "
      .. "or directory (this is a token, not a file: set MKRUN_TOKEN_MQ)\n",
      release.run({ "--token-file", "mq=someone:pass-word-1", "doctor" }).err)
    assert.matches("mq=./a:b: No such file or directory\n",
      release.run({ "--token-file", "mq=./a:b", "doctor" }).err, 1, true)
  end)
end)
