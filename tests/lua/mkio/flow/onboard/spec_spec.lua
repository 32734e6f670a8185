local json = require "mkrun.json"
local cases = require "tests.support.spec_cases"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local spec = require "mkio.flow.onboard.spec"

--- What is wrong with a SPEC given as JSON text: "POINTER: EXPECTED".
local function complaint(text)
  local ok, pointer, expected = spec.check(assert(json.decode(text)))
  return not ok and pointer .. ": " .. expected or nil
end

local function webhook(fields)
  return complaint(([[{"projects": [{"name": "p", "displayName": "P",
    "locationName": "l", "webhooks": [{"name": "w", "url": "https://h.test",
    "events": ["MediaKind.JobFinished"] %s}]}]}]]):format(fields))
end

describe("the SPEC of onboard", function()
  it("takes what drift and --prune go by", function()
    assert(spec.check { ["$schema"] = "./spec.schema.json",
      ignore = { "teams/legacy-*" }, ownTokens = "nightly-*",
      teams = { { name = "desk",
        members = { { email = "a@b.c", ["until"] = "2026-12-31" } } } } })
  end)

  it("refuses a wrong pattern in ignore, and a wrong date", function()
    local _, pointer, expected = spec.check { ignore = { "team/x" } }
    assert.equal("/ignore/0", pointer)
    assert.match("there is no kind 'team'", expected, 1, true)
    _, pointer = spec.check { teams = { { name = "desk",
      members = { { email = "a@b.c", ["until"] = "2026-13-31" } } } } }
    assert.equal("/teams/0/members/0/until", pointer)
  end)

  it("may be empty, and may be the example", function()
    assert.is_nil(complaint "{}")
    assert.is_nil(complaint(temp.read "scripts/examples/onboard.json"))
  end)

  for _, case in ipairs(cases.refused) do
    it("is refused: " .. case[1], function()
      assert.equal(case[2], complaint(case[1]))
    end)
  end

  it("may wait for events that are unknown", function()
    local text = [[{"projects": [{"name": "p", "displayName": "P",
      "locationName": "l", "webhooks": [{"name": "w", "url": "https://h",
      "events": ["MediaKind.JobStarted", "JobFinished"]}]}]}]]
    assert.is_nil(complaint(text))
    local list = spec.newer(json.decode(text))
    assert.equal(1, #list)
    assert.equal("/projects/0/webhooks/0/events/1", list[1].pointer)
    assert.equal("JobFinished", list[1].text)
    local rules = json.decode(text).projects[1].webhooks
    assert.equal("/0/events/1", spec.newer_webhooks(rules)[1].pointer)
  end)

  it("takes a secret from the environment or a file", function()
    local file = temp.file "s3cret\n"
    assert.is_nil(webhook(([[, "authentication": {"headers": {
      "A": "text", "B": {"env": "PATH"}, "C": {"file": "%s"}}}]])
      :format(file)))
    assert.same({ headers = { A = "text", B = os.getenv "PATH",
      C = "s3cret" } },
      spec.webhook { authentication = { headers = { A = "text",
        B = { env = "PATH" }, C = { file = file } } } }.authentication)
  end)

  it("refuses what a rule could not send", function()
    local at = "/projects/0/webhooks/0/"
    for fields, expected in pairs {
      [', "headers": {"A:B": "x"}'] =
        "headers/A:B: name of a header expected, got 'A:B'",
      [', "headers": {"": "x"}'] =
        "headers/: name of a header expected, got ''",
      [', "headers": {"X-A": "1", "x-a": "2"}'] =
        "headers/x-a: 'x-a' is there twice",
      [', "headers": {"A": "1\\r\\nX: y"}'] =
        "headers/A: text in one line expected",
      [', "authentication": {"headers": {"A": "s3\\ncret"}}'] =
        "authentication/headers/A: secret in one line expected",
      [', "authentication": {"headers": {"A ": "s3cret"}}'] =
        "authentication/headers/A : name of a header expected, got 'A '",
      [', "queryParams": {"": "x"}'] =
        "queryParams/: name of a parameter expected, got ''",
    } do
      local fault = webhook(fields)
      assert.equal(at .. expected, fault and fault:sub(1, #at + #expected))
      assert.not_matches("s3", fault)
    end
    assert.is_nil(webhook ', "authentication": {"queryParams": {"A": "a\\nb"}}')
  end)

  it("has one token in a file, however its path is spelt", function()
    local folder = temp.folder()
    for _, path in ipairs { folder .. "/x", folder .. "//x",
      folder .. "/./x" } do
      local token = '{"description": "%s", "file": "%s", "permissions": '
        .. '{"t": {"r": {"f": ["get"]}}}}'
      assert.equal(("/tokens/1/file: '%s' is there twice"):format(path),
        complaint(('{"tokens": [%s, %s]}'):format(
          token:format("a", folder .. "/x"), token:format("b", path))))
    end
    assert.matches("'./x' is there twice", complaint [[{"tokens": [
      {"description": "a", "file": "x",
        "permissions": {"t": {"r": {"f": ["get"]}}}},
      {"description": "b", "file": "./x",
        "permissions": {"t": {"r": {"f": ["get"]}}}}]}]])
  end)

  it("takes a secret that may stay unknown", function()
    assert.is_nil(webhook [[, "authentication": {"queryParams": {
      "A": {"env": "MKRUN_NO_SUCH", "keep": true}}}]])
    local want, unset = spec.webhook { authentication = { headers = {
      A = { env = "MKRUN_NO_SUCH", keep = true },
      B = { env = "PATH", keep = true } } } }
    assert.same({ A = "********", B = os.getenv "PATH" },
      want.authentication.headers)
    assert.same({ "MKRUN_NO_SUCH" }, unset)
  end)

  it("reads each secret once", function()
    local pipe = temp.folder() .. "/pipe"
    shell.execute("mkfifo " .. pipe .. " && { printf s3cret >" .. pipe
      .. " & }")
    local source = { file = pipe }
    assert.is_nil(webhook((', "authentication": {"headers": {"A": '
      .. '{"file": "%s"}}}'):format(pipe)))
    for _ = 1, 2 do
      assert.equal("s3cret", spec.webhook { authentication = { headers = {
        A = source } } }.authentication.headers.A)
    end
  end)

  it("takes a number of JSON for an integer when it is one", function()
    local token = '{"tokens": [{"description": "d", "file": "f", '
      .. '"permissions": {"t": {"r": {"f": ["get"]}}}, "days": %s}]}'
    assert.is_nil(complaint(token:format "90.0"))
    assert.is_nil(complaint(token:format "9e1"))
    assert.matches("integer expected, got number",
      complaint(token:format "90.5"))
    assert.matches("integer of 1 to 365 expected, got 366",
      complaint(token:format "366.0"))
  end)

  it("tells people, not names, apart whatever their case", function()
    assert.is_nil(complaint '{"teams": [{"name": "t"}, {"name": "T"}]}')
    assert.equal("/invites/1/email: 'A@b.c' is there twice", complaint
      '{"invites": [{"email": "a@b.c"}, {"email": "A@b.c"}]}')
  end)

  it("checks the rules of one project alone", function()
    local function rules(text)
      return select(2, spec.check_webhooks(assert(json.decode(text))))
    end
    assert.is_true((spec.check_webhooks(json.array {})))
    assert.equal("", rules "{}")
    assert.equal("/0/events", rules '[{"name": "w"}]')
    assert.equal("/1/name", rules [=[[
      {"name": "w", "url": "https://h", "events": []},
      {"name": "w", "url": "https://h", "events": []}]]=])
  end)

  it("refuses a secret that is not there", function()
    local at = "/projects/0/webhooks/0/authentication/headers/A: "
    local function secret(source)
      return webhook((', "authentication": {"headers": {"A": %s}}')
        :format(source))
    end
    assert.equal(at .. "environment variable MKRUN_NO_SUCH is not set",
      secret '{"env": "MKRUN_NO_SUCH"}')
    assert.matches("No such file", secret '{"file": "/nonexistent"}')
    for _, text in ipairs { "", "\n", "\r\n" } do
      local file = temp.file(text)
      assert.equal(at .. file .. ": is empty",
        secret(('{"file": "%s"}'):format(file)))
    end
    assert.equal(at .. "secret expected, got an empty text", secret '""')
    assert.equal(at .. "secret expected, got asterisks",
      secret(('{"file": "%s"}'):format(temp.file "****\n")))
    assert.equal(at .. "secret expected, got asterisks", secret '"*****"')
    assert.matches('string, {"env": NAME} or {"file": PATH} expected',
      secret '{"env": "A", "file": "B"}', 1, true)
    for _, source in ipairs { '{"keep": true}', "7", '{"env": "A", "x": ""}',
      '{"file": "A", "keep": true}', '{"env": "A", "keep": "yes"}' } do
      assert.matches('string, {"env": NAME} or {"file": PATH} expected',
        secret(source), 1, true)
    end
  end)
end)
