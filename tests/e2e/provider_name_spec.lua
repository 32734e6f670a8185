--- Options and variables for a provider that the run does not have: a
--- misspelled one would let the run write to another server, without a word.
---
--- @seconds 8

local parlours = require "tests.support.parlours"

local HEAD <const> = [[
--- Make a room.
-- @provider parlour.lua
-- @usage  mkrun flow.lua
-- @needs  api:write%s
]]

local ROOM <const> = [[
local parlour = require "parlour".connect()
parlour.rooms:ensure("blue", { note = "sea" })
]]

--- The run ends with 2 and this message, and no server saw a request of it.
local function refuses(p, message, env, ...)
  local before, written = #p.api:requests(), p.org:writes()
  local outcome = p:run_in(env, ...)
  assert.equal(2, outcome.code, outcome.err)
  assert.matches("mkrun: " .. message, outcome.err, 1, true)
  assert.equal(before, #p.api:requests())
  assert.equal(written, p.org:writes())
  return outcome
end

local URL <const> = "parluor=http://127.0.0.1:1/x"
local SAID <const> = "--base-url parluor=...: no provider 'parluor' in this "
  .. "run, did you mean 'parlour'?\n"

describe("an option for a provider that the run does not have", function()
  it("is refused before the first request to a provider", function()
    local p <close> = parlours.start()
    p:write("token", "another-token")
    assert(os.execute(("chmod 600 %s/token"):format(p.folder)))
    for _, env in ipairs { {}, { MKRUN_BASE_URL_PARLOUR = false } } do
      for _, words in ipairs { { "flow.lua" }, { "--dry-run", "flow.lua" },
        { "--journal", "j", "flow.lua" }, { "--sandbox", "flow.lua" } } do
        refuses(p, SAID, env, "--base-url", URL, table.unpack(words))
      end
    end
    refuses(p, "--token-file parlor=...: no provider 'parlor' in this run, did "
      .. "you mean 'parlour'?\n", {}, "--token-file", "parlor=token",
      "flow.lua")
    refuses(p, "--base-url kitchen=...: no provider 'kitchen' in this run\n",
      {}, "--base-url", "kitchen=http://127.0.0.1:1", "flow.lua")
    refuses(p, "--base-url mkoi=...: no provider 'mkoi' in this run, did you "
      .. "mean 'mkio'?\n", {}, "--base-url", "mkoi=http://127.0.0.1:1",
      "flow.lua")
  end)

  it("is refused in a confined script, which may or may not send", function()
    local p <close> = parlours.start()
    for _, needs in ipairs { "", ", token, net:localhost:1" } do
      p:write("flow.lua", HEAD:format(needs) .. ROOM)
      for _, env in ipairs { {}, { MKRUN_BASE_URL_PARLOUR = false } } do
        refuses(p, SAID, env, "--base-url", URL, "flow.lua")
      end
    end
  end)

  it("is refused before the first write to MK.IO", function()
    local p <close> = parlours.start [[
      local org = require "mkio".connect()
      org:get()
      pcall(org.teams.ensure, org.teams, "crew", { description = "x" })]]
    refuses(p, "--base-url parlour=...: no provider 'parlour' in this run\n",
      {}, "--base-url", "parlour=http://127.0.0.1:1", "flow.lua")
  end)

  it("is refused at the end of a run that used none", function()
    local p <close> = parlours.start "print 'done'"
    for _, words in ipairs { { "flow.lua" }, { "-e", "print 'done'" },
      { "--dry-run", "flow.lua" } } do
      local outcome = refuses(p, "--base-url parlour=...: no provider "
        .. "'parlour' in this run\n", {}, "--base-url",
        "parlour=http://127.0.0.1:1", table.unpack(words))
      assert.matches("done\n", outcome.out .. outcome.err, 1, true)
    end
    refuses(p, "--base-url mkoi=...: no provider 'mkoi' in this run, did you "
      .. "mean 'mkio'?\n", {}, "--base-url", "mkoi=http://127.0.0.1:1",
      "flow.lua")
  end)

  it("is not one if the script uses its URL or token itself", function()
    local p <close> = parlours.start [[
      local config, http = require "mkrun.config", require "mkrun.http"
      print(http.get(config.base_urls.own .. "/rooms",
        { token = config.tokens.parlour }).status)
      local response = http.request { method = "PUT", json = { note = "x" },
        url = config.base_urls.own .. "/rooms/a",
        token = config.tokens.parlour }
      print(response.status)]]
    local outcome = p:run("--base-url", "own=" .. p.api.url, "flow.lua")
    assert.equal("200\n201\n", outcome.out, outcome.err)
    assert.equal(0, outcome.code, outcome.err)
  end)

  it("is not one if it is in a journal alone", function()
    local p <close> = parlours.start [[
      local org = require "mkio".connect()
      require "parlour"
      org.teams:ensure("crew", { description = "x" })]]
    assert.equal(0, p:run("--base-url", "parlour=" .. p.api.url, "--journal",
      "j", "flow.lua").code)
    local env = { MKRUN_BASE_URL_PARLOUR = p.api.url }
    assert.equal(0, p:run_in(env, "--resume", "j").code)
    local undone = p:run_in(env, "--undo", "j")
    assert.matches("no terminal to ask on", undone.err, 1, true)
    assert.not_matches("no provider", undone.err, 1, true)
  end)
end)

describe("a token under another name", function()
  it("is said when the one that is needed is missing", function()
    local p <close> = parlours.start(ROOM)
    p:write("token", "another-token")
    assert(os.execute(("chmod 600 %s/token"):format(p.folder)))
    local said = "there is no token of parlour to send: %sset "
      .. "MKRUN_TOKEN_PARLOUR or use --token-file parlour=FILE\n"
    for other, case in pairs {
      [""] = { {}, {} },
      ["--token-file parlor=FILE is the token of 'parlor'; "] =
        { {}, { "--token-file", "parlor=token" } },
      ["--token-file FILE is the token of 'mkio'; "] =
        { {}, { "--token-file", "token" } },
      ["MKRUN_TOKEN_PARLUOR is the token of 'parluor'; "] =
        { { MKRUN_TOKEN_PARLUOR = "a-token-of-it",
          MKRUN_TOKEN_KITCHEN = "a-token-of-that" }, {} },
    } do
      case[1].MKRUN_TOKEN_PARLOUR = false
      case[2][#case[2] + 1] = "flow.lua"
      refuses(p, "", case[1], table.unpack(case[2]))
      local outcome = p:run_in(case[1], table.unpack(case[2]))
      assert.matches(said:format(other), outcome.err, 1, true)
      assert.not_matches("another-token", outcome.err, 1, true)
    end
  end)

  it("is said when MK.IO has none", function()
    local p <close> = parlours.start "require 'mkio'.connect():get()"
    local outcome = p:run_in({ MKIO_TOKEN = false,
      MKRUN_TOKEN_MKOI = "tokens" }, "flow.lua")
    assert.equal(2, outcome.code)
    assert.matches("MKRUN_TOKEN_MKOI is the token of 'mkoi'; set MKIO_TOKEN",
      outcome.err, 1, true)
  end)
end)

describe("a variable for a provider that the run does not have", function()
  it("is refused if it is one letter away from what is not set", function()
    local p <close> = parlours.start()
    for _, name in ipairs { "PARLUOR", "PARLOR", "PARLOURS", "BARLOUR",
      "ARLOUR", "PARLOU" } do
      refuses(p, ("MKRUN_BASE_URL_%s: no provider '%s' in this run, did you "
        .. "mean 'MKRUN_BASE_URL_PARLOUR'?\n"):format(name, name:lower()),
        { MKRUN_BASE_URL_PARLOUR = false,
          ["MKRUN_BASE_URL_" .. name] = "http://127.0.0.1:1" }, "flow.lua")
    end
  end)

  it("is warned of otherwise", function()
    local p <close> = parlours.start(ROOM)
    for _, env in ipairs { { MKRUN_BASE_URL_PARLUOR = "http://127.0.0.1:1" },
      { MKRUN_TOKEN_PARLUOR = "a-token-of-it" },
      { MKRUN_TOKEN_KITCHEN = "a-token-of-it" },
      { MKRUN_BASE_URL_PIANO = "http://127.0.0.1:1" } } do
      local name = next(env)
      local outcome = p:run_in(env, "flow.lua")
      assert.equal(0, outcome.code, outcome.err)
      assert.equal(("mkrun: warning: %s: no provider '%s' in this run\n")
        :format(name, name:match "[^_]+$":lower()), outcome.err)
    end
  end)

  it("is nothing to a run that has no provider", function()
    local p <close> = parlours.start "require 'mkio'.connect():get()"
    local outcome = p:run("flow.lua")
    assert.equal("", outcome.err)
    assert.equal(0, outcome.code)
  end)
end)
