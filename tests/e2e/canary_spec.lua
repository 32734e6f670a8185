--- A token, a webhook's key, a proxy's password and the tokens that a run makes
--- go through every flow, every option and every error path; nothing that comes
--- out has them, in any form.
---
--- @seconds 20

local canary = require "tests.support.canary"
local faulty = require "tests.support.faulty"
local process = require "tests.support.process"
local release = require "tests.support.release"
local served = require "tests.support.served"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"
local together = require "tests.support.together"

local KEY <const> = canary.KEY
local EXAMPLE = shell.output "pwd" .. "/scripts/examples/onboard.json"


local searches = { canary.search(), canary.search(KEY),
                   canary.search(canary.PASSWORD) }
local made = {} -- searches for tokens that a run made

--- Files that are there for a secret.
local MEANT <const> = { ["its.token"] = true, ["evening-news.token"] = true,
                        ["new.token"] = true, ["state.json"] = true }

--- Every flow; what fails for one state of the organization does for another.
local FLOWS = {
  { "onboard", "o.json" }, { "onboard", "--write-secrets", "o.json" },
  { "drift", "o.json" }, { "drift", "--output", "csv", "o.json" },
  { "export" }, { "doctor" }, { "doctor", "--output", "json" },
  { "access-report", "--output", "csv" },
  { "access-report", "--output", "html" },
  { "drift", "--output", "html", "o.json" },
  { "access-report", "--can", "teams.patch" },
  { "access-report", "--user", canary.TOKEN },
  { "invite", "--team", "night-desk", "guests.csv" },
  { "invite", canary.TOKEN }, { "prune-invites", "--older-than", "0" },
  { "prune-invites", "--older-than", "0", "--reinvite", "--yes" },
  { "my-organizations" }, { "my-organizations", "leave", canary.TOKEN },
  { "team", "night-desk" }, { "team", canary.TOKEN },
  { "team", "night-desk", "--add", canary.TOKEN },
  { "team", "night-desk", "--remove", "nils@northlight.example" },
  { "token" }, { "token", "list", "--everybody", "--output", "json" },
  { "token", "rights" },
  { "token", "create", "made", "--allow", "*", "--file", "new.token" },
  { "token", "revoke", canary.TOKEN, "--yes" },
  { "rotate-tokens", "--file", "evening-news.token",
    "evening-news automation" },
  { "rotate-tokens", "--exec", "cat >/dev/null; env; tr '\\0' ' ' "
    .. "</proc/$PPID/cmdline", "evening-news automation" },
  { "rotate-tokens", "--file", "evening-news.token", "--keep-old", "24h",
    "evening-news automation" },
  { "rotate-tokens", "--exec", "cat >/dev/null", "--lease", canary.TOKEN,
    "--keep-old", "24h", "evening-news automation" },
  { "usage" }, { "usage", "--month", canary.TOKEN },
  { "webhooks", "--events", "evening-news" },
  { "webhooks", "--write-secrets", "evening-news", "rules.json" },
  { "why-403", "teams.patch" }, { "why-403", canary.TOKEN },
  { "offboard", "--yes", "kari@northlight.example" },
  { "offboard", canary.TOKEN }, { "audit-verify", canary.TOKEN },
  { "sandbox-check", canary.TOKEN },
  { "undo", "--yes", canary.TOKEN }, { "no-such-flow" }, { canary.TOKEN },
}

local OPTIONS = {
  {}, { "--trace" }, { "--timeout", "500" }, { "--max-rate", "60000" },
  { "--max-memory", "64M" }, { "--token-file", "its.token" },
  { "--journal", "run.journal" }, { "--record", "run.har" },
  { "--audit", "run.jsonl" }, { "--dry-run" },
  { "--dry-run", "--output", "json" }, { "--plan-out", "run.plan" },
}

--- Those that keep a file.
local KEPT = {
  { "--journal", "run.journal" }, { "--record", "run.har" },
  { "--audit", "run.jsonl" }, { "--plan-out", "run.plan" },
}

--- Options that are wrong, or that end the run by themselves.
local WRONG = {
  { "--help" }, { "--version" }, { "--list" }, { "--show", "export" },
  { "--show", canary.TOKEN }, { "--timeout", canary.TOKEN },
  { "--max-memory", canary.TOKEN }, { "--" .. canary.TOKEN },
  { "--cacert", canary.TOKEN, "export" },
  { "--faults", canary.TOKEN, "export" },
  { "--faults", canary.TOKEN, "--sandbox", "export" },
  { "--token-file", canary.TOKEN, "export" },
  { "--base-url", canary.TOKEN, "export" },
  { "--base-url", "http://" .. canary.TOKEN .. "@localhost", "export" },
  { "--sandbox=" .. canary.TOKEN .. "/no", "export" },
  { "--replay", canary.TOKEN, "export" }, { "--audit", "o.json", "export" },
  { "--audit", canary.TOKEN .. "/no", "--sandbox", "export" },
  { "--record", canary.TOKEN .. "/no", "--sandbox", "export" },
  { "--resume", canary.TOKEN }, { "--resume", "o.json" },
  { "--journal", canary.TOKEN .. "/no", "--sandbox", "export" },
  { "-e", "error(...)", canary.TOKEN }, { "-l", canary.TOKEN },
  { "-e", "!" .. canary.TOKEN },
}

local function folder()
  local path = temp.folder()
  temp.write(path .. "/its.token", canary.TOKEN)
  local spec = assert(temp.read(EXAMPLE)):gsub("change%-me",
    (KEY:gsub("%%", "%%%%")))
  temp.write(path .. "/o.json", spec)
  temp.write(path .. "/guests.csv", "email\nguest@partner.example\n")
  temp.write(path .. "/rules.json", ([=[[{"name": "alarms",
    "url": "https://h.example/", "events": ["MediaKind.JobFinished"],
    "authentication": {"headers": {"X-Key": "%s"}}}]]=]):format(KEY))
  return path
end

local INPUT <const> = { ["o.json"] = true, ["rules.json"] = true }

--- Where one of the searches need not look.
local function meant_for(i)
  local meant = {}
  for name in pairs(MEANT) do meant[name] = true end
  for name in pairs(i == 2 and INPUT or {}) do meant[name] = true end
  return meant
end

--- Tokens that the run was given an answer with: each file has one.
local function look_for_made(files, place, outcome)
  for name in pairs(MEANT) do
    local token = files[name] or ""
    if token:find "^eyJ" then
      local each = canary.search(token)
      each:text("stdout of " .. place, outcome.out)
      each:text("stderr of " .. place, outcome.err)
      each:files(files, place, MEANT)
      made[#made + 1] = each
    end
  end
end

--- Run it, and look at everything that it leaves.
local function look(words, options)
  options = options or {}
  options.env = options.env or { MKIO_TOKEN = canary.TOKEN }
  options.cwd = options.cwd or folder()
  local outcome = release.run(words, options)
  local place = table.concat(words, " ")
  local files = canary.files(options.cwd)
  for i, each in ipairs(searches) do
    each:text("stdout of " .. place, outcome.out)
    each:text("stderr of " .. place, outcome.err)
    each:files(files, place, meant_for(i))
  end
  look_for_made(files, place, outcome)
  return outcome
end

local function with(flags, ...)
  local words = { table.unpack(flags) }
  for _, list in ipairs { ... } do
    table.move(list, 1, #list, #words + 1, words)
  end
  return words
end

local function parrot()
  local child = process.spawn { "build/debug/mkrun",
    "tests/support/parrot.lua" }
  local port = process.wait_until("the parrot", function()
    return child:output():match "port (%d+)\n"
  end, 30)
  return child, "http://localhost:" .. port
end

describe("a canary", function()
  it("goes through every flow at a server", function()
    local api <close> = served.start { token = canary.TOKEN }
    local path = folder()
    for _, flow in ipairs(FLOWS) do
      look(with({ "--trace", "--base-url", api.url }, flow), { cwd = path })
    end
  end)

  it("goes through flows under every option", function()
    together.each(OPTIONS, function(option)
      local api <close> = served.start { token = canary.TOKEN }
      local outcome = look(with(option, { "--base-url", api.url },
        { "onboard", "o.json" }))
      assert.is_true(outcome.code == 0 or outcome.code == 3, outcome.err)
    end)
    together.each(WRONG, look)
  end)

  it("goes through flows while requests fail", function()
    local faults = { { status = 400 }, { status = 403 }, { cut = "after" } }
    together.each(faults, function(fault)
      local api <close> = served.start { token = canary.TOKEN }
      for _, flow in ipairs(FLOWS) do
        api:faults(faulty.every_third { fault })
        look(with({ "--trace", "--base-url", api.url }, flow))
      end
    end)
  end)

  it("comes back from a server that repeats it", function()
    local child <close>, url = parrot()
    local runs = {}
    for _, status in ipairs { 200, 299, 302, 403 } do
      for _, flow in ipairs(FLOWS) do
        runs[#runs + 1] = with({ "--trace", "--base-url", url .. "/"
          .. status }, flow)
      end
    end
    together.each(runs, look)
    local outcome = look({ "--record", "run.har", "--base-url", url, "-e", [[
      local http, config = require "mkrun.http", require "mkrun.config"
      local answer = http.get(config.base_url .. "/200",
        { token = config.token })
      print(answer.body, answer.headers["x-echo"], answer:json().detail)
      error(answer.body)]] })
    assert.matches("(secret: API token)", outcome.out, 1, true)
    assert.is_true(child:alive())
  end)

  it("is a key that a server repeats", function()
    local child <close>, url = parrot()
    local words = {}
    for _, option in ipairs(OPTIONS) do
      words[#words + 1] = with(option, { "--base-url", url .. "/403", "-e", [[
        local webhooks = require "mkio".connect():project "p".webhooks
        local wish = { enabled = true, url = "https://h.example/",
          events = { "MediaKind.JobFinished" },
          authentication = { queryParams = { x = os.getenv "HOOK" } } }
        local _, problem = pcall(webhooks.put, webhooks, "r", wish)
        print(problem)
        io.stderr:write(tostring(problem), "\n")
        error(problem)]] })
    end
    local masked = 0
    together.each(words, function(each)
      local outcome = look(each, { env = { MKIO_TOKEN = canary.TOKEN,
        HOOK = canary.KEY } })
      if outcome.err:find("(secret: webhook secret)", 1, true) then
        masked = masked + 1
      end
    end)
    assert.is_true(masked >= 6, masked)
    assert.is_true(child:alive())
  end)

  it("comes back into every file that a run keeps", function()
    local child <close>, url = parrot()
    local runs = {}
    for _, status in ipairs { 200, 299, 403 } do
      for _, option in ipairs(KEPT) do
        for _, flow in ipairs { FLOWS[2], FLOWS[3], FLOWS[9], FLOWS[22],
                                FLOWS[25], FLOWS[29] } do
          runs[#runs + 1] = with(option, { "--base-url", url .. "/"
            .. status }, flow)
        end
      end
    end
    together.each(runs, look)
    assert.is_true(child:alive())
  end)

  it("goes through runs that go on from a file", function()
    local api <close> = served.start { token = canary.TOKEN }
    local here = { cwd = folder() }
    local function run(...)
      local outcome = look({ "--trace", "--base-url", api.url, ... }, here)
      assert.is_true(outcome.code == 0 or outcome.code == 3, outcome.err)
    end
    run("--plan-out", "run.plan", "onboard", "o.json")
    run("--apply", "run.plan")
    run("--journal", "run.journal", "--audit", "run.jsonl", "--record",
      "run.har", "rotate-tokens", "--file", "evening-news.token",
      "evening-news automation")
    run("--journal", "webhooks.journal", "webhooks", "--write-secrets",
      "evening-news", "rules.json")
    run("--resume", "webhooks.journal")
    run("undo", "--yes", "webhooks.journal")
    run("audit-verify", "run.jsonl")
    run("sandbox-check", "run.har")
    look({ "--sandbox", "--like", "run.har", "export" }, here)
    look({ "--replay", "run.har", "rotate-tokens", "--file",
      "evening-news.token", "evening-news automation" }, here)
  end)

  it("is typed at the prompt and read from standard input", function()
    local text = ("return %q\nerror(%q)\nprint(%q)\n("):format(canary.TOKEN,
      canary.TOKEN, canary.TOKEN)
    for _, words in ipairs { { "-i" }, { "-" }, { "--trace", "-i" } } do
      look(words, { stdin = text })
      look(words, { stdin = ("error(%q)"):format(canary.TOKEN) })
    end
    look({ "export" }, { env = { MKIO_TOKEN = canary.TOKEN,
      LUA_INIT = ("error(%q)"):format(canary.TOKEN) } })
  end)

  it("is the password of a proxy", function()
    local child <close>, url = parrot()
    local proxy = "http://me:" .. canary.PASSWORD:gsub("/", "%%2F") .. "@"
    local runs, masked = {}, 0
    for _, host in ipairs { "localhost:9", url:match "//(.*)" } do
      for _, option in ipairs(OPTIONS) do
        for _, flow in ipairs { { "doctor" }, { "-e", [[
          local url = require "mkrun.config".base_url .. "/200/x"
          local answer, message = require "mkrun.http".get(url)
          print(message or answer:json().id)
          error(message or answer.headers["x-echo"] .. answer:json().id)]] } }
        do
          runs[#runs + 1] = { host = host, words = with(option, { "--base-url",
            "http://api.example.test", "--timeout", "60" }, flow) }
        end
      end
    end
    together.each(runs, function(each)
      local outcome = look(each.words, { env = { MKIO_TOKEN = canary.TOKEN,
        http_proxy = proxy .. each.host, https_proxy = proxy .. each.host } })
      if (outcome.out .. outcome.err):find("(secret: proxy", 1, true) then
        masked = masked + 1
      end
    end)
    assert.is_true(masked > 6, masked)
    assert.is_true(child:alive())
  end)

  it("is not in what the system shows of a run and its children", function()
    look { "-e", [[
      local secret = require "mkrun.config".token
      local show = "cat /proc/self/environ /proc/$PPID/environ "
        .. "/proc/self/cmdline /proc/$PPID/cmdline"
      io.stdout:flush()
      os.execute(show)
      secret:pipe("cat >/dev/null; " .. show)
      print(io.popen(show):read "a")]] }
  end)

  local function total(name)
    local sum = 0
    for _, list in ipairs { searches, made } do
      for _, each in ipairs(list) do
        local value = each[name]
        sum = sum + (type(value) == "table" and #value or value)
      end
    end
    return sum
  end

  teardown(function()
    io.write(("canary: %d places, %d bytes searched, %d hits\n"):format(
      total "places", total "bytes", total "hits"))
  end)

  it("was never seen", function()
    for _, list in ipairs { searches, made } do
      for _, each in ipairs(list) do assert.same({}, each.hits) end
    end
    assert.is_true(total "places" > 4000)
    assert.is_true(searches[1].masked > 100)
    assert.is_true(#made > 10)
  end)
end)
