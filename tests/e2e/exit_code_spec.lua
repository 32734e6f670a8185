--- Every flow ends with the codes that its header and the manual tell of.

local flow = require "tests.scripts.flow"
local flows = require "tests.support.flows"
local headers = require "mkrun.host.header"
local release = require "tests.support.release"
local socket = require "socket"
local temp = require "tests.support.temp"

local KARI <const> = "kari@northlight.example"
local AUTOMATION <const> = "evening-news automation"

---@class tests.Codes
---@field done string[]      ends with 0
---@field plan? integer      and in a dry run with this (default 0)
---@field missing? string[]  ends with 2: a file that is not there
---@field unknown? string[]  ends with 2: what the API does not know
---@field fails? string[]    ends with 1: what was looked at is not right
---@field slip? string[]     ends with 2: a name that is not there
---@field refused? string[]  ends with 2: nobody says yes

---@type table<string, tests.Codes>
local FLOWS <const> = {
  ["access-report"] = { done = {}, slip = { "--user", "nope" } },
  ["audit-verify"] = { done = { "audit" }, missing = { "no" },
    fails = { "--last", ("0"):rep(64), "audit" } },
  check = { done = { "more.json" }, missing = { "no.json" } },
  doctor = { done = {} },
  drift = { done = { "empty.json" }, missing = { "no.json" } },
  export = { done = {} },
  invite = { done = { "guests.csv" }, plan = 3, missing = { "no.csv" },
    slip = { "--team", "nope", "guests.csv" } },
  ["my-organizations"] = { done = {}, slip = { "accept", "nope" },
    refused = { "leave", "Northlight Broadcasting" } },
  offboard = { done = { "--yes", KARI }, plan = 3,
    slip = { KARI .. "x" }, refused = { KARI } },
  onboard = { done = { "more.json" }, plan = 3, missing = { "no.json" },
    refused = { "--prune", "teams", "none.json" } },
  ["prune-invites"] = { done = { "--older-than", "0", "--cancel", "--yes" },
    plan = 3, refused = { "--older-than", "0", "--cancel" },
    slip = { "--cancel", "nope@x.example" } },
  ["rotate-tokens"] = { plan = 3, slip = { "--exec", "cat", "nope" },
    done = { "--file", "evening-news.token", AUTOMATION } },
  ["sandbox-check"] = { done = { "run.har" }, missing = { "no" } },
  team = { done = { "crew", "--create" }, plan = 3, unknown = { "nope" },
    slip = { "night-desk", "--remove", "nope" } },
  token = { done = { "revoke", AUTOMATION, "--yes" }, plan = 3,
    slip = { "revoke", "nope" }, refused = { "revoke", AUTOMATION } },
  undo = { done = { "--yes", "journal" }, plan = 3, missing = { "no" },
    refused = { "journal" } },
  -- A report is asked for with POST, which a dry run does not send.
  usage = { done = {}, plan = 1 },
  webhooks = { done = { "--prune", "--yes", "evening-news", "rules.json" },
    plan = 3, missing = { "evening-news", "no.json" },
    unknown = { "nope", "rules.json" },
    refused = { "--prune", "evening-news", "rules.json" } },
  ["why-403"] = { done = { "teams.patch" }, unknown = { "webhooks.put", "no" },
    missing = { "--of", "no", "teams.patch" } },
}

local ASKS_NOBODY <const> =
  { ["audit-verify"] = true, check = true, ["sandbox-check"] = true }

local FILES <const> = {
  audit = "", ["run.har"] = '{"log": {"entries": []}}',
  ["rules.json"] = "[]", ["guests.csv"] = "email\nnew@x.example\n",
  ["more.json"] = '{"teams": [{"name": "crew"}]}',
  ["empty.json"] = "{}", ["none.json"] = '{"teams": []}',
  ["refuse.json"] = '{"rules": [{"faults": [{"status": 400}]}]}',
}

local kept --- what is there after the example was onboarded

local function keep()
  local here = flow.new()
  assert.equal(0,
    here:run("--journal", "journal", "onboard", flow.example).code)
  assert.equal(0, here:run("team", "Administrators", "--add", KARI,
    "--promote", KARI).code)
  kept = { ["state.json"] = "", journal = "", ["evening-news.token"] = "" }
  for name in pairs(kept) do
    kept[name] = temp.read(here.folder .. "/" .. name)
  end
  for name, text in pairs(FILES) do kept[name] = text end
end

local function folder()
  local here = flow.new()
  for name, text in pairs(kept) do here:write(name, text) end
  return here
end

--- Run a flow in such a folder with options of mkrun before it.
local function ends(code, options, name, list)
  local all = { table.unpack(options) }
  all[#all + 1] = name
  table.move(list, 1, #list, #all + 1, all)
  local outcome = folder():run(table.unpack(all))
  assert.equal(code, outcome.code,
    table.concat(all, " ") .. "\n" .. outcome.out .. outcome.err)
  return outcome
end

local function exit_text(name)
  return headers.parse(temp.read("scripts/" .. name .. ".lua")).exit
end

--- Start a flow against a server that never answers, end it once it asks.
local function interrupted(name, list, signal)
  local here, server = folder(), assert(socket.bind("127.0.0.1", 0))
  local url = "http://127.0.0.1:" .. select(2, server:getsockname())
  here:write("journal", (kept.journal:gsub('"base_url":"[^"]*"',
    ('"base_url":"%s"'):format(url), 1):gsub('"sandbox":"[^"]*",', "", 1)))
  local running <close> = release.spawn(
    { "--base-url", url, name, table.unpack(list) },
    { cwd = here.folder, env = { MKIO_TOKEN = kept["evening-news.token"] } })
  server:settimeout(300) -- ends what hangs
  local connection = assert(server:accept(), "it asks nothing")
  running:signal(signal)
  local outcome = running:wait()
  connection:close()
  server:close()
  return outcome
end

describe("the exit code of", function()
  lazy_setup(keep)

  it("all flows is in the table", function()
    for _, script in ipairs(flows.flows()) do
      assert(FLOWS[script.name], script.name)
    end
  end)

  for name, codes in pairs(FLOWS) do
    local files, yes = codes.missing ~= nil, codes.refused ~= nil

    it(name .. " is told in its header", function()
      local text = exit_text(name)
      assert.equal(files, text:find "2 wrong usage.* or %u+" ~= nil, text)
      assert.equal(yes, text:find "2 wrong usage.* not confirmed" ~= nil, text)
    end)

    it(name .. " is 0 when it is done, and 0 or 3 in a dry run", function()
      ends(0, {}, name, codes.done)
      local planned = ends(codes.plan or 0, { "--dry-run" }, name, codes.done)
      if codes.plan == 3 then assert.matches("\nPlan: ", planned.out) end
    end)

    it(name .. " is 2 for wrong usage", function()
      local outcome = ends(2, {}, name, { "--no-such-option" })
      assert.matches("\nusage: mkrun " .. name, outcome.err, 1, true)
      assert.equal("", outcome.out)
    end)

    if codes.missing then
      it(name .. " is 2 when a file is not there", function()
        local outcome = ends(2, {}, name, codes.missing)
        -- what is wrong with a file is the result of check
        local told = name == "check" and "mkrun: " .. outcome.out or outcome.err
        assert.equal(("mkrun: %s: No such file or directory\n")
          :format(told:match "^mkrun: ([^:]*)"), told)
      end)
    end

    if codes.unknown then
      it(name .. " is 2 when the API does not know a name", function()
        ends(2, {}, name, codes.unknown)
        ends(2, { "--dry-run" }, name, codes.unknown)
      end)
    end

    if codes.fails then
      it(name .. " is 1 when it finds a fault", function()
        ends(1, {}, name, codes.fails)
      end)
    end

    if codes.slip then
      it(name .. " is 2 when a name is not there", function()
        ends(2, {}, name, codes.slip)
        ends(2, { "--dry-run" }, name, codes.slip)
      end)
    end

    if codes.refused then
      it(name .. " is 2 when nobody says yes", function()
        local outcome = ends(2, {}, name, codes.refused)
        assert.equal("", outcome.out)
        assert.matches("mkrun: nothing was done: ", outcome.err, 1, true)
      end)
    end

    if not ASKS_NOBODY[name] then
      it(name .. " is 1 when the API refuses", function()
        ends(1, { "--faults", "refuse.json" }, name, codes.done)
      end)

      it(name .. " is 128 and the signal that ends it", function()
        for signal, code in pairs { INT = 130, TERM = 143, HUP = 129 } do
          local outcome = interrupted(name, codes.done, signal)
          assert.equal(code, outcome.code, signal .. outcome.err)
          assert.matches("mkrun: [%l ]+\n$", outcome.err)
        end
      end)
    end
  end
end)
