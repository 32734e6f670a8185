--- Ten days of a token that cron rotates and two programs use.  Each program
--- reads the token's file when it likes, and keeps what it has read.

local http = require "mkrun.http"
local json = require "mkrun.json"
local process = require "tests.support.process"
local release = require "tests.support.release"
local secret = require "mkrun.secret"
local served = require "tests.support.served"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-1f6a70bd"
local FILE <const>, NAME <const> = "news.token", "news"
local HOUR <const>, DAYS <const> = 60 * 60, 10

--- The token lives for a month.
local SPEC <const> = [[{"tokens": [{"description": "news", "days": 30,
  "file": "news.token", "permissions": {"core.customer": {
    "Northlight Broadcasting": {"core.team": ["get"]}}}}]}]]

--- How often each program reads the file, in hours.
local CONSUMERS <const> = { 1, 23 }

---@class tests.LeaseStory
---@field api tests.Served
---@field folder string
---@field words string[]    what cron runs each day
---@field held table<integer, string>   what each program has read
---@field seen table<string, true>      ids of the tokens that were stored
---@field refused string[]  requests that were not answered by 200
local Story = {}
Story.__index = Story

function Story:run(...)
  return process.run({ "sh", "-c", 'echo $$ >pid; exec "$@"', "sh",
    release.path, "--base-url", self.api.url, ... },
    { cwd = self.folder, env = { MKIO_TOKEN = TOKEN } })
end

--- A program uses the token that it has read.
function Story:use(number, hour)
  local response = assert(http.request { url = self.api.url
    .. "/api/v1/user/profile",
    headers = { Authorization = "Bearer " .. self.held[number] } })
  if response.status ~= 200 then
    self.refused[#self.refused + 1] =
      ("hour %d, program %d: %d"):format(hour, number, response.status)
  end
end

function Story:read(number)
  local text = assert(temp.read(self.folder .. "/" .. FILE))
  self.held[number] = text:match "%S+"
  self.seen[assert(secret.new(text, FILE):claims()).jti] = true
end

--- Cron's run.  Each third one is killed after the API has made the token.
function Story:rotate(day)
  if day % 3 == 2 then self.api:kill(self.folder .. "/pid", 1) end
  local outcome = self:run("--token-file", FILE, table.unpack(self.words))
  if day % 3 == 2 then return assert.equal(128 + 9, outcome.code) end
  assert.equal(0, outcome.code, outcome.err)
end

function Story:hours(from, to)
  for hour = from, to do
    self.api:advance(HOUR)
    for number, every in ipairs(CONSUMERS) do
      if hour % every == 0 then self:read(number) end
      self:use(number, hour)
    end
  end
end

--- The ids of the live tokens.
function Story:live()
  local ids = {}
  for _, token in ipairs(self.api:state().tokens) do
    if token.description == NAME and token.revoked == json.null then
      ids[#ids + 1] = token.id
    end
  end
  return ids
end

--- Plays ten days, in which cron runs each day at noon.
local function play(...)
  local self = setmetatable({ api = served.start { token = TOKEN,
    still = true }, folder = temp.folder(), held = {}, seen = {}, refused = {},
    words = { "rotate-tokens", "--file", FILE, ..., } }, Story)
  self.words[#self.words + 1] = NAME
  temp.write(self.folder .. "/spec.json", SPEC)
  local first = self:run("onboard", "spec.json")
  assert.equal(0, first.code, first.err)
  for number in ipairs(CONSUMERS) do self:read(number) end
  for day = 0, DAYS - 1 do
    self:hours(24 * day + 1, 24 * day + 12)
    self:rotate(day)
    self:hours(24 * day + 13, 24 * day + 24)
  end
  return self
end

describe("a token that is rotated each day", function()
  local story
  after_each(function() story.api:stop() end)

  it("is never one that does not work, with --keep-old", function()
    story = play("--keep-old", "24h")
    assert.same({}, story.refused)
    local count = 0
    for _ in pairs(story.seen) do count = count + 1 end
    assert.is_true(count >= 7, "many tokens were stored")
    -- the stored one, those of two days, and what a killed run has left
    assert.is_true(#story:live() <= 4)
    story.api:advance(36 * HOUR)
    assert.equal(0, story:run("--token-file", FILE, "rotate-tokens", "--file",
      FILE, "--within", "1", NAME).code)
    local stored = secret.read(story.folder .. "/" .. FILE, FILE):claims().jti
    assert.same({ stored }, story:live())
    assert.is_nil(temp.read(story.folder .. "/" .. FILE .. ".lease"))
  end)

  it("leaves the slow program without one, without --keep-old", function()
    story = play()
    assert.is_true(#story.refused > 0)
    for _, text in ipairs(story.refused) do
      assert.matches("program 2: 401", text, 1, true)
    end
  end)
end)
