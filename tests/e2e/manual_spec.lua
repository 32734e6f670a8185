--- `mkrun help`: the manual inside the binary, and its pages.
---
--- Each topic's examples are run in a folder of their own.

local chroot = require "tests.support.chroot"
local examples = require "tests.support.examples"
local release = require "tests.support.release"
local scripts = require "tests.support.flows"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local FOLDER <const> = "src/manual/"

local topics = {}
for name in shell.output("ls " .. FOLDER):gmatch "([%w-]+)%.md" do
  topics[#topics + 1] = name
end

local function ends(code, arguments, options)
  local outcome = release.run(arguments, options)
  assert.equal(code, outcome.code, outcome.err)
  return outcome
end

describe("mkrun help", function()
  it("lists the topics, the flows and the tools with one line each", function()
    local out = ends(0, { "help" }).out
    for _, name in ipairs(topics) do
      assert.matches("\n" .. name:gsub("%-", "%%-") .. "  +%l", out)
    end
    local flows = ends(0, { "--list" }).out
    assert(out:find("\nFlows:\n" .. flows .. "\nTools:\n", 1, true))
    for _, script in ipairs(scripts.flows()) do
      assert.matches("\n" .. script.name .. "  ", "\n" .. flows, 1, true)
    end
    for _, script in ipairs(scripts.tools()) do
      assert.not_matches("\n" .. script.name .. "  ", "\n" .. flows, 1, true)
      assert(out:find("\nTools:\n.*\n?" .. script.name .. "  +%u"))
    end
    assert.equal(out, ends(0, { "help", "--help" }).out)
    assert.equal(out, ends(0, { "--help", "help" }).out)
  end)

  it("prints a topic as it is in the source tree", function()
    for _, name in ipairs(topics) do
      local page = temp.read(FOLDER .. name .. ".md")
      local out = ends(0, { "help", name }).out
      assert.equal(page, out:sub(1, #page), name)
    end
  end)

  it("says of `version` what `version --help` says", function()
    local told = release.run { "help", "version" }
    assert.equal(0, told.code)
    for _, option in ipairs { "--help", "-h" } do
      assert.equal(told.out, release.run({ "version", option }).out)
    end
    assert.equal(2, release.run({ "version", "--help", "x" }).code)
  end)

  it("prints what the head of a flow says", function()
    local own = ends(0, { "onboard", "--help" }).out
    assert.equal(own, ends(0, { "help", "onboard" }).out)
    assert.equal(own, ends(0, { "help", "onboard.lua" }).out)
  end)

  it("prints both where a flow has a topic of its name", function()
    local out = ends(0, { "help", "undo" }).out
    local own = ends(0, { "undo", "--help" }).out
    assert.equal(temp.read(FOLDER .. "undo.md") .. "\n## mkrun undo\n\n" .. own,
      out)
  end)

  it("names where a word is that is no topic", function()
    for word, pages in pairs { prune = "did you mean 'prune%-invites'%? "
      .. "%(the word is in: .*drift", Cron = "%(the word is in: cookbook",
      ["--at-most"] = "%(the word is in: " } do
      local outcome = ends(2, { "help", word })
      assert.matches("mkrun: help: no topic and no flow '" .. word .. "'",
        outcome.err, 1, true)
      assert.matches(pages, outcome.err)
    end
  end)

  it("names the nearest one when there is no such thing", function()
    for name, message in pairs {
      jurnal = "help: no topic and no flow 'jurnal', did you mean 'journal'?",
      ["on-board"] =
        "help: no topic and no flow 'on-board', did you mean 'onboard'?",
      zzzz = "help: no topic and no flow 'zzzz' (mkrun help lists them)",
      ["./mine"] = "help: no topic and no flow './mine'; a script of yours: "
        .. "mkrun --help ./mine",
      ["../mkrun"] = "help: no topic and no flow '../mkrun'; a script of "
        .. "yours: mkrun --help ../mkrun",
    } do
      local outcome = ends(2, { "help", name })
      assert.equal("mkrun: " .. message .. "\n", outcome.err)
      assert.equal("", outcome.out)
    end
    local outcome = ends(2, { "help", "plan", "undo" })
    assert.equal("mkrun: help: one topic or flow expected, got 'undo' too\n",
      outcome.err)
  end)

  it("reads no setting that may be what is wrong", function()
    local out = ends(0, { "help" }).out
    local bad = { MKIO_BASE_URL = "nonsense", SSL_CERT_FILE = "/nowhere",
      SSL_CERT_DIR = "/nowhere", LUA_INIT = "error 'init'",
      MKIO_TOKEN = "not a token" }
    assert.same({ code = 0, out = out, err = "" },
      release.run({ "help" }, { env = bad }))
    local other = { "--dry-run", "--journal", "j", "help" }
    assert.equal(2, release.run(other).code) -- what never goes together
    assert.equal(out, ends(0, { "--sandbox", "--dry-run", "help" }).out)
  end)

  it("leaves a script of that name to ./help", function()
    local folder = temp.folder()
    temp.write(folder .. "/help", "print 'my own'")
    assert.equal("my own\n", ends(0, { "./help" }, { cwd = folder }).out)
    assert.matches("^Topics:\n", ends(0, { "help" }, { cwd = folder }).out)
  end)

  it("works in an empty chroot", function()
    if not chroot.works() then pending "needs chroot" end
    local empty = chroot.new()
    assert.same(ends(0, { "help" }), empty:run { "help" })
    assert.same(ends(0, { "help", "plan" }), empty:run { "help", "plan" })
  end)
end)

describe("the manual in the binary", function()
  it("is a pack of its own, which no other run unpacks", function()
    local pack_of, owners = {}, {}
    for pack, name in temp.read "build/generated/embed.c"
      :gmatch "\n  {%d+, %d+, %d+, (%d+), %d+}, /%* (%S+) %*/" do
      local is_page = name:find "^manual/" ~= nil
      pack_of[is_page] = pack_of[is_page] or pack
      owners[pack .. tostring(is_page)] = true
    end
    assert.is_string(pack_of[true])
    assert.is_nil(owners[pack_of[true] .. "false"])
  end)
end)

describe("the words help and version", function()
  it("are no flows", function()
    assert(not shell.works "ls scripts/help.lua scripts/version.lua")
    assert.matches("did you mean 'help'?", ends(2, { "hepl" }).err, 1, true)
    assert.not_matches("'help'", ends(2, { "--show", "hepl" }).err, 1, true)
    assert.matches("did you mean 'version'?", ends(2, { "verson" }).err, 1,
      true)
  end)

  it("print the versions as --version does", function()
    local version = ends(0, { "version" }).out
    assert.equal(ends(0, { "--version" }).out, version)
    assert.matches("^mkrun 0%.2%.0", version)
    assert.matches("^usage: mkrun version\n",
      ends(0, { "help", "version" }).out)
    assert.matches("no argument expected, got 'x'",
      ends(2, { "version", "x" }).err)
  end)

  it("and options without their dashes, are told apart from flows", function()
    for word, name in pairs { list = "list", show = "show",
      ["dry-run"] = "dry-run" } do
      local outcome = ends(2, { word })
      assert.matches(", did you mean '--" .. name .. "'?", outcome.err, 1, true)
    end
    for letter, name in pairs { V = "version", H = "help" } do
      assert.matches(("unknown option '-%s', did you mean '--%s'?")
        :format(letter, name), ends(2, { "-" .. letter }).err, 1, true)
    end
  end)
end)

describe("a topic", function()
  --- The lines that are no example.
  local function prose(page)
    return page:gsub("\n```%l[^\n]*\n.-\n```\n", "\n")
  end

  for _, name in ipairs(topics) do
    local page = temp.read(FOLDER .. name .. ".md")

    it(name .. " begins with its name and what it tells", function()
      assert.matches("^# " .. name:gsub("%-", "%%-") .. ": %l[^\n]+[^.\n]\n\n",
        page)
    end)

    it(name .. " fits a terminal", function()
      for line in prose(page):gmatch "[^\n]+" do
        assert(#line <= 80 or line:find "JOB_COMPLETION_INDEX", line)
      end
    end)

    it(name .. " points to topics and flows that are there", function()
      local text = page:gsub("\n *", " ")
      for list in text:gmatch "[(`]mkrun help ([%l%d, -]+)[)`]" do
        for other in list:gmatch "[%l%d-]+" do
          assert(release.run({ "help", other }).code == 0, other)
        end
      end
    end)
  end
end)

describe("the manual page", function()
  it("names every topic", function()
    local page = temp.read(FOLDER .. "mkrun.1"):gsub("\\%-", "-")
    for _, name in ipairs(topics) do
      assert(page:find("\n.B " .. name .. "\n", 1, true), name)
    end
  end)
end)

for _, name in ipairs(topics) do
  local path = FOLDER .. name .. ".md"
  describe(path, function()
    for title, run in examples.of(path) do it(title, run) end
  end)
end
