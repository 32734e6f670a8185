--- A recording of a declared provider, replayed.

local release = require "tests.support.release"
local served = require "tests.support.rest_served"
local temp = require "tests.support.temp"

local SCRIPT <const> = [[
local rest = require "mkrun.rest"
local hotel = rest.provider { name = "hotel", base_url = "%s",
  resources = { guests = { identify = "keytype" } },
  operations = {
    { "guests.list", "GET", "/guests", list = { items = "items" } },
    { "guests.get", "GET", "/guests/{id}" },
    { "guests.create", "POST", "/guests", body = { ["keytype!"] = "string",
      pin = "secret" } },
  } }.connect { token = "a token of a test" }
local guest, outcome = hotel.guests:ensure("csk", { pin = "never to be seen" })
print(guest.id, guest.keytype, outcome)
]]

describe("a recording of a declared provider", function()
  it("has what tells things apart, no secret, and replays", function()
    local server <close> = served.start()
    local folder = temp.folder()
    temp.write(folder .. "/x.lua", SCRIPT:format(server.url))
    local function run(option)
      return release.run({ option, "r.har", "x.lua" }, { cwd = folder })
    end
    local recorded = run "--record"
    assert.same({ 0, "7\tcsk\tcreated\n", "" },
      { recorded.code, recorded.out, recorded.err })
    assert.equal("never to be seen", server:state()["/guests/7"].pin)
    local text = temp.read(folder .. "/r.har")
    assert.is_nil(text:find("never to be seen", 1, true))
    assert.is_truthy(text:find("csk", 1, true))
    server:begin {}
    local replayed = run "--replay"
    assert.same({ 0, recorded.out, "" },
      { replayed.code, replayed.out, replayed.err })
  end)
end)
