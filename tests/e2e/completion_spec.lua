--- `mkrun completion`, and what a shell is told when a user presses TAB.
---
--- bash calls the function of its script with the variables that it sets for
--- TAB; tests/shells tries all shells on a terminal.

local flow = require "tests.scripts.flow"
local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local SOURCES <const> = shell.output "pwd" .. "/lua/mkrun/tool/completion/"

local folder

--- What bash does for TAB at the end of a line: the words, sorted, and then the
--- options of compopt.
local PRESS <const> = [[
compopt() { set_options="$set_options $2"; }
source "$1" && COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=$4 &&
_mkrun "$3" "" mkrun &&
printf '%s\0' "${COMPREPLY[@]}" | sort -z && printf '\0%s' "$set_options"
]]

local BREAKS <const> = " \t\n\"'><=;|&(:"

local function bash(line, breaks, env)
  local path = release.path:match "^(.*)/" .. ":/usr/bin:/bin"
  local all = { PATH = path, HOME = folder }
  for name, value in pairs(env or {}) do all[name] = value end
  local outcome = process.run({ "bash", "--norc", "--noprofile", "-c", PRESS,
    "bash", SOURCES .. "mkrun.bash", line, line:match "^%S+",
    breaks or BREAKS },
    { cwd = folder, env = all })
  assert.equal("", outcome.err)
  assert.equal(0, outcome.code)
  local words = {}
  for word in outcome.out:gmatch "([^%z]+)%z" do words[#words + 1] = word end
  return words, outcome.out:match "([^%z]*)$"
end

--- What the shells ask.
local function ask(...)
  return release.run({ "completion", "--complete", ... }, { cwd = folder })
end

--- The words that are answered behind these words, and what files are meant.
local function answer(...)
  local outcome, list = ask("fish", ...), {}
  assert.equal(0, outcome.code)
  assert.equal("", outcome.err)
  local files, _, rest = outcome.out:match "^([^\n]*)\n([^\n]*)\n(.*)$"
  for word in rest:gmatch "([^\t\n]+)\t[^\n]*\n" do list[#list + 1] = word end
  table.sort(list)
  return list, files
end

local function has(list, wanted)
  for _, word in ipairs(list) do
    if word == wanted then return true end
  end
  return false
end

local OWN <const> = [[
#!/usr/bin/env mkrun
--- Do it.
-- @usage  mkrun own.lua [--mode MODE] [--form text|json] [--team NAME] FILE
-- @arg    --mode MODE  fast, slow or careful
-- @arg    --form text|json  it
-- @arg    --team NAME  the team
-- @arg    --$(touch${IFS}ran)  no
-- @arg    --`touch${IFS}ran`  no
-- @arg    FILE  $(touch ran), `touch ran` or ;touch ran
io.open("ran", "w")
]]

describe("completion", function()
  lazy_setup(function()
    local here = flow.new()
    assert.equal(0, here:run("onboard", flow.example).code)
    folder = here.folder
    here:write("own.lua", OWN)
    here:write("my own.lua", OWN)
    here:write("data file.json", "")
    here:write("a\nb.json", "")
    here:write("c$(touch ran).json", "")
    shell.execute("mkdir -p " .. folder .. "/sub")
  end)

  it("looks for a file behind the name of a provider", function()
    for words, out in pairs {
      [{ "--token-file", "mq=to" }] = "any\nmq=\n",
      [{ "--token-file=mq=to" }] = "any\n--token-file=mq=\n",
      [{ "--token-file", "./mq=to" }] = "any\n\n",
      [{ "--cacert", "mq=to" }] = "any\n\n",
    } do
      assert.equal(out, ask("fish", table.unpack(words)).out)
    end
  end)

  it("prints the script of each shell, which says how to install it", function()
    for _, name in ipairs { "bash", "zsh", "fish" } do
      local outcome = release.run { "completion", name }
      assert.equal(0, outcome.code)
      assert.equal(temp.read(SOURCES .. "mkrun." .. name), outcome.out)
      assert.matches("mkrun completion " .. name .. " >~/", outcome.out, 1,
        true)
    end
    local outcome = release.run { "completion", "bahs" }
    assert.equal(2, outcome.code)
    assert.matches("did you mean 'bash'?", outcome.err, 1, true)
    assert.equal(2, release.run({ "completion" }).code)
  end)

  it("knows the options of mkrun and their values", function()
    assert.same({ "--sandbox", "--sandbox=" }, (answer "--sa"))
    assert.same({ "--sbom=spdx" }, (answer "--sbom=s"))
    assert.is_true(has(answer "-", "-e"))
    assert.same({ "json", "jsonl" }, (answer("--output", "j")))
    assert.same({ "--output=json", "--output=jsonl" }, (answer "--output=j"))
    assert.same({ "--confine=strict" }, (answer "--confine="))
    assert.is_true(has(answer("--show", ""), "examples/onboard.json"))
    for _, words in ipairs { { "--plan-out", "" }, { "--sandbox=" },
      { "--token-file", "x" }, { "--allow-read=" }, { "--like=x" } } do
      assert.equal("any", select(2, answer(table.unpack(words))))
    end
    for _, words in ipairs { { "--timeout", "" }, { "-e", "" },
      { "--trace=" }, { "--none=" } } do
      assert.same({ {}, "-" }, { answer(table.unpack(words)) })
    end
  end)

  it("knows flows, tools, topics and files as SCRIPT", function()
    local list, files = answer ""
    assert.equal("lua", files)
    for _, name in ipairs { "onboard", "completion", "help", "version" } do
      assert.is_true(has(list, name), name)
    end
    assert.is_true(has(answer("help", ""), "cookbook"))
    assert.is_true(has(answer("help", ""), "onboard"))
    assert.is_true(has(answer("bundle", ""), "onboard"))
    assert.is_false(has(answer("bundle", ""), "bundle"))
    assert.same({ {}, "-" }, { answer("help", "cookbook", "") })
  end)

  it("knows the options and arguments of a script by its header", function()
    for _, name in ipairs { "own.lua", "./own.lua", folder .. "/own.lua" } do
      assert.same({ "--form", "--help", "--mode", "--team" },
        (answer(name, "-")))
      assert.same({ "careful", "fast", "slow" }, (answer(name, "--mode", "")))
      assert.same({ "--form=json" }, (answer(name, "--form=j")))
      assert.same({ {}, "any" }, { answer(name, "") })
      assert.same({ {}, "any" }, { answer(name, "--", "--") })
    end
    assert.same({ "--dry-run" }, (answer("team", "--dr")))
    assert.same({ "html" }, { answer("access-report", "--output", "html")[1] })
    for _, words in ipairs { { "team", "--token" }, { "team", "--sa" },
      { "completion", "--dr" }, { "own.lua", "--dr" }, { "team", "--", "--dr" },
      { "--", "team", "--dr" } } do
      assert.same({}, (answer(table.unpack(words))))
    end
    assert.same({ "accept", "decline", "leave" },
      (answer("my-organizations", "")))
    assert.same({ "members,rules" }, (answer("onboard", "--prune",
      "members,r")))
    assert.same({ "bash", "fish", "zsh" }, (answer("completion", "")))
  end)

  it("knows names from the file of --sandbox alone", function()
    assert.same({ "night-desk" },
      (answer("--sandbox=state.json", "team", "n")))
    assert.same({ "night-desk" },
      (answer("--sandbox=state.json", "own.lua", "--team", "n")))
    assert.same({}, (answer("team", "n")))
    assert.same({}, (answer("--sandbox", "team", "n")))
    assert.same({}, (answer("--sandbox=none", "team", "n")))
    assert.same({}, (answer("--sandbox=own.lua", "team", "n")))
  end)

  it("waits for no run that uses the sandbox", function()
    local code = ([[
      require("mkio").connect().projects:list()
      local run = io.popen("%s completion --complete fish "
        .. "--sandbox=state.json team n")
      print((run:read "a"))]]):format(release.path)
    local outcome = release.run({ "--sandbox=state.json", "-e", code },
      { cwd = folder })
    assert.equal("", outcome.err)
    assert.matches("night-desk", outcome.out, 1, true)
  end)

  it("changes nothing in the folder of a sandbox", function()
    local look = ("cd %s && sha256sum state.json && ls -la --full-time")
      :format(folder)
    local before = shell.output(look)
    answer("--sandbox=state.json", "team", "n")
    assert.equal(before, shell.output(look))
  end)

  it("says nothing where it knows nothing", function()
    for _, words in ipairs { { "none.lua", "" }, { "sub", "-" }, { "-", "-" },
      { "/dev/zero", "-" }, { "/dev/tty", "-" }, { "data file.json", "-" } } do
      local _, files = answer(table.unpack(words))
      assert.is_true(files == "-", words[1])
    end
    for _, words in ipairs { {}, { "fish" }, { "bash" }, { "bash", "x" },
      { "csh", "" } } do
      local outcome = ask(table.unpack(words))
      assert.equal("", outcome.out .. outcome.err)
    end
  end)

  it("does not wait for a pipe", function()
    shell.execute(("test -p '%s/pipe' || mkfifo '%s/pipe'"):format(folder,
      folder))
    assert.same({ {}, "-" }, { answer("pipe", "-") })
    assert.same({}, (answer("--sandbox=pipe", "team", "")))
  end)

  it("reads no setting of the environment, and prints no secret", function()
    local plain = ask("fish", "onboard", "--").out
    local outcome = release.run({ "completion", "--complete", "fish", "onboard",
      "--" }, { cwd = folder, env = { LUA_INIT = "io.open('ran', 'w')",
      LUA_INIT_5_4 = "io.open('ran', 'w')", MKIO_TOKEN = "not a token",
      MKIO_BASE_URL = "x", SSL_CERT_FILE = "none", MKRUN_CONFINE = "1" } })
    assert.same({ 0, plain, "" }, { outcome.code, outcome.out, outcome.err })
    assert.is_nil(io.open(folder .. "/ran"))
  end)

  it("runs no script, and no text of one", function()
    for _, line in ipairs { "mkrun own.lua ", "mkrun own.lua -",
      "mkrun own.lua --$", "mkrun own.lua '--`", "mkrun $(touch ran) ",
      "mkrun `touch ran` -", "mkrun own.lua --mode=$(touch ran", "mkrun c",
      "$(touch${IFS}ran) ", "mkrun --sandbox=$(touch ran) team " } do
      bash(line)
      assert.is_nil(io.open(folder .. "/ran"), line)
    end
  end)
end)

describe("bash", function()
  it("gets what readline replaces", function()
    assert.same({ "onboard" }, (bash "mkrun onb"))
    assert.same({ "onboard" }, (bash "mkrun 'onb"))
    assert.same({ "json", "jsonl" }, (bash "mkrun --output=j"))
    assert.same({ "json", "jsonl" }, (bash "mkrun --output j"))
    assert.same({ "night-desk" }, (bash "mkrun --sandbox=state.json team n"))
    assert.same({ "--output=json", "--output=jsonl" },
      (bash("mkrun --output=j", " ")))
  end)

  it("gets the names of files as they are", function()
    assert.same({ "data file.json" }, (bash "mkrun onboard da"))
    assert.same({ "data file.json" }, (bash "mkrun onboard data\\ f"))
    assert.same({ "data file.json" }, (bash "mkrun onboard 'data f"))
    assert.same({ "data file.json" }, (bash "mkrun --plan-out=da"))
    assert.same({ "a\nb.json" }, (bash "mkrun onboard a"))
    assert.same({ "c$(touch ran).json" }, (bash "mkrun onboard c"))
    assert.same({ "--plan-out=data\\ file.json", "--plan-out=sub/" }, {
      bash("mkrun --plan-out=da", " ")[1],
      bash("mkrun --plan-out=su", " ")[1] })
    assert.same({ "my own.lua", "my-organizations" }, (bash "mkrun my"))
    assert.same({ "sub" }, (bash "mkrun su"))
  end)

  it("quotes the names of files itself", function()
    for line, is_file in pairs { ["mkrun onboard c"] = true,
      ["mkrun onboard da"] = true, ["mkrun su"] = true, ["mkrun onb"] = false,
      ["mkrun --sandbox=state.json rotate-tokens e"] = false } do
      assert.equal(is_file, (select(2, bash(line)):find " filenames" ~= nil))
    end
  end)

  it("gets other words quoted", function()
    local name = "odd $(touch ran) `ran` \"'\\"
    local here = flow.new()
    assert.equal(0, here:run("team", name, "--create").code)
    shell.execute(("cp '%s/state.json' '%s/odd.json'"):format(here.folder,
      folder))
    for _, quote in ipairs { "", "'", '"' } do
      local typed = "--sandbox=odd.json team " .. quote .. "od"
      local word = bash("mkrun " .. typed)[1]
      local outcome = process.run({ "bash", "-c",
        "printf %s " .. quote .. word .. quote }, { cwd = folder })
      assert.equal(name, outcome.out)
    end
    assert.is_nil(io.open(folder .. "/ran"))
  end)

  it("calls the mkrun that is typed, or else that of PATH", function()
    for _, command in ipairs { release.path, "no-mkrun", "'mkrun'",
      "~/no/mkrun" } do
      assert.same({ "onboard" }, (bash(command .. " onb")))
    end
    assert.same({}, (bash("mkrun onb", BREAKS, { PATH = "/usr/bin:/bin" })))
  end)

  it("is told by complete which function it is", function()
    local outcome = process.run({ "bash", "--norc", "-c",
      'source "$1"; complete -p mkrun', "bash", SOURCES .. "mkrun.bash" })
    assert.equal("complete -F _mkrun mkrun\n", outcome.out)
  end)
end)
