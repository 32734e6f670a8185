local command = require "mkio.flow.common.command"
local flow = require "tests.scripts.flow"

describe("mkio.flow.common.command", function()
  for _, text in ipairs {
    "cat > vault", "cat>vault", ":", "exit 3", "A=1 B= cat | cat; cat&& cat",
    "if true; then cat > x; fi", "no_such() { cat; }; no_such",
    "PATH=/nowhere no-such", "cd / && ./no-such", ". ./env && no-such",
    "sh -c 'no-such'", "/bin/sh -c cat", "cat | 'no such'", "{ cat; }",
    "cat >'a | no-such'", "\"$VAULT\" write", "! cat", "<x cat",
    "cat >/dev/null 2>&1", "cat 2>&1 >x | cat", "2>/dev/null cat", "cat >|x",
    "2>/dev/null cat 'x'", "cat >&2; cat 2>&-", "cat > x 2> y && cat <&0",
  } do
    it("takes " .. text, function() command.check(text) end)
  end

  for text, message in pairs {
    ["no-such-vault write -"] = "there is no command 'no-such-vault'",
    ["A=b no-such-vault 'x'"] = "there is no command 'no-such-vault'",
    ["cat | no-such-vault"] = "there is no command 'no-such-vault'",
    ["cat >x && no-such-vault"] = "there is no command 'no-such-vault'",
    ["cat 2>&1 | no-such-vault"] = "there is no command 'no-such-vault'",
    ["2>&1 no-such-vault >x"] = "there is no command 'no-such-vault'",
    ["cat >&2 & no-such-vault"] = "there is no command 'no-such-vault'",
    ["/no/such/vault"] = "there is no command '/no/such/vault'",
    ["/etc/passwd"] = "there is no command '/etc/passwd'",
    ["/tmp"] = "there is no command '/tmp'",
    ["cat > 'vault"] = "the shell cannot read 'cat > 'vault'",
    ["cat |"] = "the shell cannot read 'cat |'",
    [" "] = "a command expected, got nothing",
    [""] = "a command expected, got nothing",
  } do
    it(("refuses %q"):format(text), function()
      local ok, problem = pcall(command.check, text)
      assert.is_false(ok)
      assert.equal(2, problem.exit_code)
      assert.matches(message, problem.detail, 1, true)
    end)
  end

  it("is asked before the first request", function()
    for _, words in ipairs {
      { "rotate-tokens", "--exec", "no-such-vault", "x" },
      { "token", "create", "x", "--allow", "*.get", "--exec",
        "no-such-vault" },
    } do
      local outcome = flow.new():counted(table.unpack(words))
      assert.same({ 2, "" }, { outcome.code, outcome.out })
      assert.matches("--exec: there is no command 'no-such-vault': nothing "
        .. "was done", outcome.err, 1, true)
      assert.not_matches("/api/", outcome.err, 1, true)
    end
  end)
end)
