local header = require "mkrun.host.header"
local needs = require "mkrun.host.needs"
local words = require "mkrun.host.need_words"

local ARGUMENTS <const> = [[
--- Copy.
-- @usage  mkrun copy.lua [--all] [--file FILE] [--by CMD]... SPEC [TO]
-- @arg    SPEC         what to copy
-- @arg    TO           where it goes
-- @arg    --all        all of it
-- @arg    --file FILE  another one
-- @arg    --by CMD     with these
]]

--- The same with arguments that may be repeated.
local SEVERAL <const> = [[
--- Copy.
-- @usage  mkrun copy.lua SPEC NAME... TO
-- @arg    SPEC  what to copy
-- @arg    NAME  only these
-- @arg    TO    where it goes
]]

--- A header with these lines of `@needs`.
local function with(lines, arguments)
  return header.parse((arguments or ARGUMENTS) .. "-- @needs " .. lines .. "\n")
end

local function library() return require "mkio.needs" end

local function fault(word)
  local list, message = needs.parse(with(word), library)
  assert.is_nil(list)
  return message
end

--- The grants of a run, as words: "read:a.json".
local function granted(lines, line, arguments)
  local parsed = with(lines, arguments)
  local list = {}
  for i, grant in ipairs(needs.resolve(parsed, assert(needs.parse(parsed,
    library)), line)) do
    list[i] = grant.kind .. (grant.value and ":" .. grant.value or "")
      .. (grant.kind == "run" and grant.exact and " exactly" or "")
  end
  return list
end

describe("the words of @needs", function()
  it("may be of all kinds, on one line or on several", function()
    local all = { "api:read", "api:write", "api:teams.patch", "read:./specs",
      "read:SPEC", "write:FILE", "files-in:SPEC", "run:pass", "run:CMD",
      "env:DESK_*", "net:hooks.example:8443", "token" }
    for _, between in ipairs { ", ", " ", ",\n--         ", "\n-- @needs " } do
      local text = table.concat(all, between)
      local found = {}
      for i, need in ipairs(assert(needs.parse(with(text), library))) do
        found[i] = need.text
      end
      assert.same(all, found)
    end
  end)

  it("have the kinds that the help and the options know", function()
    local seen = {}
    for _, kind in ipairs(needs.KINDS) do seen[kind] = true end
    assert.same({ api = true, read = true, write = true, ["files-in"] = true,
      run = true, env = true, net = true, ["providers-in"] = true,
      token = true }, seen)
  end)

  it("are refused when they are wrong, with the nearest one", function()
    for word, message in pairs {
      ["raed:x"] = "unknown word, did you mean 'read'?",
      ["read-all"] = "unknown word, did you mean 'read'?",
      ["gizmo"] = "unknown word",
      ["reads"] = "unknown word, did you mean 'read'?",
      ["token:x"] = "'token' alone expected",
      ["token:"] = "'token' alone expected",
      ["read"] = "a value expected after the colon",
      ["write:"] = "a value expected after the colon",
      ["api"] = "a value expected after the colon",
      ["read:SPCE"] = "the script has no argument SPCE, did you mean 'SPEC'?",
      ["write:OUT_DIR"] =
        "the script has no argument OUT_DIR; a file of that name is ./OUT_DIR",
      ["run:X"] = "the script has no argument X",
      ["net:HOST"] = "the script has no argument HOST",
      ["files-in:./x"] = "the script has no argument ./x",
      ["api:teams.pach"] =
        "the API has no operation 'teams.pach', did you mean 'teams.patch'?",
      ["api:wirte"] =
        "the API has no operation 'wirte', did you mean 'write'?",
      ["api:zzzzzzzz"] = "the API has no operation 'zzzzzzzz'; 'read', "
        .. "'write' or an operation such as 'teams.patch' expected",
    } do
      assert.equal(("@needs: '%s': %s"):format(word, message), fault(word))
    end
  end)

  it("are refused by the first wrong one", function()
    assert.equal("@needs: 'raed:SPEC': unknown word, did you mean 'read'?",
      fault "api:read, raed:SPEC,\n--   wirte:TO")
  end)

  it("know each operation of the API", function()
    local keys = library().operations()
    assert(#keys > 50, #keys)
    for _, key in ipairs(keys) do
      assert(needs.parse(with("api:" .. key), library), key)
    end
  end)

  it("take capitals for a variable, but not for a file", function()
    assert(needs.parse(with "env:SPCE, read:./SPCE, write:/SPCE"))
  end)
end)

describe("a word that names an argument", function()
  it("stands for the argument, wherever it is", function()
    local need <const> = "read:SPEC, write:TO"
    for _, line in ipairs { { "a", "z" }, { "--all", "a", "z" },
      { "a", "--file", "f", "z" }, { "--", "a", "z" },
      { "a", "--by=x", "--by", "y", "z" } } do
      assert.same({ "read:a", "write:z" }, granted(need, line))
    end
    assert.same({ "read:--all", "write:-" },
      granted(need, { "--", "--all", "-" }))
  end)

  it("stands for the value of an option of that value's name", function()
    assert.same({ "write:f" },
      granted("write:FILE", { "--file", "f", "a", "z" }))
    assert.same({ "write:f=g" },
      granted("write:FILE", { "a", "z", "--file=f=g" }))
  end)

  it("stands for each of an argument that may be repeated", function()
    for count = 1, 3 do
      local line, expected = { "a" }, {}
      for i = 1, count do
        line[i + 1], expected[i] = "b" .. i, "read:b" .. i
      end
      line[count + 2], expected[count + 1] = "z", "write:z"
      assert.same(expected, granted("read:NAME, write:TO", line, SEVERAL))
    end
    assert.same({ "run:x -y exactly", "run:z exactly" },
      granted("run:CMD", { "--by", "x -y", "a", "b", "--by=z" }))
  end)

  it("stands for all arguments of the same name", function()
    assert.same({ "write:a", "write:b", "write:c" },
      granted("write:FILE", { "--to", "b", "c", "--from=a" }, [[
--- Two.
-- @usage  mkrun two.lua [--from FILE] [--to FILE] [FILE]
-- @arg    --from FILE  in
-- @arg    --to FILE    out
-- @arg    FILE         both
]]))
  end)

  it("grants nothing when the argument is not there", function()
    assert.same({}, granted("write:FILE, run:CMD, read:TO", { "a" }))
  end)

  it("grants nothing when the command line is wrong", function()
    for _, line in ipairs { {}, { "--no", "a", "z" }, { "a", "" },
      { "a", "z", "--file" }, { "a", "z", "--file=x", "--file=y" } } do
      assert.same({}, granted("read:SPEC, write:FILE", line))
    end
  end)

  it("keeps - for standard input", function()
    assert.same({ "read:-", "files-in:-" },
      granted("read:SPEC, files-in:SPEC", { "-", "z" }))
  end)

  it("is other than a word that names a thing", function()
    assert.same({ "read:./specs", "run:pass", "run:cat exactly", "token",
      "env:SPEC" },
      granted("read:./specs, run:pass, run:CMD, token, env:SPEC",
        { "a", "z", "--by=cat" }))
  end)

  it("never stands for an option without a value", function()
    assert.same({ "read:--all" }, granted("read:--all", { "--all", "a", "z" }))
  end)
end)

describe("the options --allow-...", function()
  it("are grants; a command with arguments is that command alone", function()
    assert.same({
      { kind = "read", value = "./a b", exact = true },
      { kind = "run", value = "pass", exact = false },
      { kind = "run", value = "pass insert x", exact = true },
      { kind = "token", exact = false },
    }, needs.allowed { { what = "read", value = "./a b" },
      { what = "run", value = "pass" },
      { what = "run", value = "pass insert x" }, { what = "token" } })
  end)
end)

describe("the words of @needs in the help", function()
  local function lines(text, is_strict)
    return words.lines(with(text), is_strict)
  end

  it("are one line for each kind", function()
    assert.same({
      "send reads to the API, and these writes: teams.patch and invites.create",
      "read SPEC and ./specs",
      "write FILE",
      "read SPEC, and use the files and variables that it names",
      "run the command CMD",
      "run the programs pass and gpg",
      "read the environment variables DESK_* and HOME",
      "send requests to hooks.example",
      "pass tokens to FILE, the files that SPEC names, CMD, pass, gpg and "
        .. "hooks.example",
    }, lines("token, read:SPEC, read:./specs, write:FILE, files-in:SPEC, "
      .. "run:CMD, run:pass, run:gpg, env:DESK_*, env:HOME, "
      .. "net:hooks.example, api:read, api:teams.patch, api:invites.create"))
  end)

  it("say what of the API is allowed", function()
    assert.same({ "send reads to the API" }, lines "api:read")
    assert.same({ "send reads and writes to the API" },
      lines "api:read, api:write, api:teams.patch")
    assert.same({ "send only these requests to the API: teams.list" },
      lines "api:teams.list")
  end)

  it("say where a token may go when the header names no place", function()
    assert.same({ "pass tokens to what --allow-write, --allow-run and "
      .. "--allow-net name" },
      lines "token")
  end)

  it("say so when there is none, or no @needs", function()
    assert.same({ "use none of what mkrun guards" }, lines "")
    assert.same({ "use none of what mkrun guards" }, lines("", true))
    local bare = header.parse(ARGUMENTS)
    assert.same({ "do all that you may do (no @needs; see mkrun help "
      .. "security)" }, words.lines(bare))
    assert.same({ "send reads and writes to the API, and nothing else" },
      words.lines(bare, true))
  end)

  it("have a line for every kind", function()
    local values = { api = "read", ["files-in"] = "SPEC",
      ["providers-in"] = "SPEC" }
    for _, kind in ipairs(needs.KINDS) do
      local word = kind == "token" and kind
        or kind .. ":" .. (values[kind] or "x")
      assert.not_same(lines "", lines(word), word)
    end
  end)
end)

describe("a word of @needs with an option before it", function()
  local LINES <const> = "api:read, --all:api:teams.delete, "
    .. "--file=teams:api:webhooks.delete, --by:run:CMD, --all:read:SPEC"

  it("counts only if the option is given", function()
    assert.same({ "api:read" }, granted(LINES, { "a.json" }))
    assert.same({ "api:read", "api:teams.delete", "read:a.json" },
      granted(LINES, { "--all", "a.json" }))
    assert.same({ "api:read", "run:x exactly" },
      granted(LINES, { "--by", "x", "a.json" }))
    assert.same({ "api:read" }, granted(LINES, { "--", "a.json", "--all" }))
  end)

  it("counts only if the value is in the option's list", function()
    for value, count in pairs { teams = 2, ["a,teams"] = 2, ["teams,b"] = 2,
      team = 1, ["teams-x"] = 1, x = 1 } do
      assert.equal(count, #granted(LINES, { "--file=" .. value, "a.json" }),
        value)
    end
    assert.same({ "api:read", "api:write" }, granted(
      "api:read, --by=b:api:write", { "--by", "a", "--by", "b", "s" }))
  end)

  it("gives nothing where the command line is wrong", function()
    assert.same({ "api:read" }, granted(LINES, { "--all", "--nil", "a.json" }))
  end)

  it("is refused when it is wrong, with the nearest option", function()
    for word, message in pairs {
      ["--al:api:read"] =
        "the script has no option --al, did you mean '--all'?",
      ["--gizmo:api:read"] = "the script has no option --gizmo",
      ["--all=x:api:read"] = "the option --all has no value",
      ["--all"] = "--OPTION:WORD or --OPTION=VALUE:WORD expected",
      ["--all:"] = "--OPTION:WORD or --OPTION=VALUE:WORD expected",
      ["-a:api:read"] = "--OPTION:WORD or --OPTION=VALUE:WORD expected",
      ["--all:raed:x"] = "unknown word, did you mean 'read'?",
      ["--all:token:x"] = "'token' alone expected",
      ["--all:api:teams.delte"] = "the API has no operation 'teams.delte', "
        .. "did you mean 'teams.delete'?",
    } do
      assert.equal(("@needs: '%s': %s"):format(word, message), fault(word))
    end
  end)

  it("has a line of its own in the help", function()
    assert.same({ "send reads to the API",
      "with --all: send these requests to the API, too: teams.delete",
      "with --all: read SPEC",
      "with --file=teams: send these requests to the API, too: "
        .. "webhooks.delete",
      "with --by: run the command CMD" }, words.lines(with(LINES)))
    assert.same({ "with --all: send reads and writes to the API" },
      words.lines(with "--all:api:write"))
  end)
end)
