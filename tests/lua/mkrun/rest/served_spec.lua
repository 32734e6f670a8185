--- A declared provider on a server that listens on loopback.

local json = require "mkrun.json"
local providers = require "mkrun.providers"
local rest = require "mkrun.rest"
local secret = require "mkrun.secret"
local served = require "tests.support.rest_served"

local server = served.start "a token of a test"

local function connect(token)
  return rest.provider {
    name = "hotel", base_url = server.url, error = { detail = "reason" },
    resources = { guests = { identify = "name", secrets = "pin" } },
    operations = {
      { "rooms.list", "GET", "/rooms" },
      { "rooms.get", "GET", "/rooms/{name}" },
      { "rooms.put", "PUT", "/rooms/{name}", body = { beds = "integer",
        tags = { "string", set = true } } },
      { "rooms.delete", "DELETE", "/rooms/{name}" },
      { "rooms.clean", "POST", "/rooms/{name}/clean" },
      { "doors.list", "GET", "/doors/{room}" },
      { "doors.get", "GET", "/doors/{room}/{name}" },
      { "doors.put", "PUT", "/doors/{room}/{name}",
        body = { colour = "string" } },
      { "guests.list", "GET", "/guests", list = { items = "items" } },
      { "guests.get", "GET", "/guests/{id}" },
      { "guests.create", "POST", "/guests", body = { ["name!"] = "string",
        pin = "secret", city = "string" } },
      { "guests.patch", "PATCH", "/guests/{id}", patch = "merge",
        body = { city = "string" } },
    },
  }.connect { token = token or "a token of a test" }
end

describe("a declared provider on a server", function()
  before_each(function() server:begin(json.object {}) end)
  after_each(function() providers.remove "hotel" end)
  teardown(function() server:stop() end)

  it("ensures things made by PUT, with names of all kinds", function()
    local hotel = connect()
    for _, name in ipairs { "a", "b/c", "d e", "100%", "ø" } do
      local want = { beds = 2, tags = { "x", "y" } }
      assert.equal("created", select(2, hotel.rooms:ensure(name, want)))
      assert.equal("unchanged", select(2, hotel.rooms:ensure(name, want)))
      assert.equal("changed", select(2, hotel.rooms:ensure(name, { beds = 3 })))
      assert.same({ "x", "y" }, hotel.rooms:get(name).tags)
    end
    assert.equal(5, #hotel.rooms:list())
  end)

  it("ensures things below others, many at once", function()
    local hotel = connect()
    hotel.rooms:ensure "a"
    local wishes = { { room = "a", name = "1", colour = "red" },
      { room = "a", name = "2", colour = "blue" } }
    for _, outcome in ipairs { "created", "unchanged" } do
      local results = hotel.doors:ensure_all(wishes)
      assert.is_nil(results.problem)
      assert.same({ outcome, outcome },
        { results[1].outcome, results[2].outcome })
    end
    assert.equal(2, #hotel.doors:list "a")
  end)

  it("ensures things with ids of the server's", function()
    local hotel = connect()
    local guest, outcome = hotel.guests:ensure("Kari",
      { pin = "never to be seen", city = "Oslo" })
    assert.same({ "created", "integer" }, { outcome, math.type(guest.id) })
    assert.equal("unchanged", select(2,
      hotel.guests:ensure("Kari", { pin = "another one", city = "Oslo" })))
    local again, word, details = hotel.guests:ensure("Kari",
      { city = "Bergen" })
    assert.same({ guest.id, "changed", { "city" } },
      { again.id, word, details })
    assert.equal("Bergen", hotel.guests:get(guest.id).city)
  end)

  it("sends secrets that only the server sees", function()
    local hotel = connect()
    for _, pin in ipairs { 'a "pin" \\ \n ø', "(secret 2)", "never seen" } do
      hotel.guests:create { name = "x",
        pin = secret.new(pin, "pin"), city = "y" }
      hotel.guests:create { name = "x", pin = pin }
      local id = hotel.guests:list()[#hotel.guests:list()].id
      assert.equal(pin, server:state()["/guests/" .. id].pin)
      assert.equal(pin, server:state()["/guests/" .. id - 1].pin)
    end
  end)

  it("sends no secret to another origin than its own", function()
    local hotel = connect()
    local pin = secret.new("bound to another", "pin")
      :bind "https://other.test"
    local ok, problem = pcall(hotel.guests.create, hotel.guests,
      { name = "x", pin = pin })
    assert.is_false(ok)
    assert.equal("origin", problem.code)
    assert.matches("a secret belongs to another origin", problem.detail, 1,
      true)
    assert.same(json.object {}, server:state())
  end)

  it("finds nothing, deletes, and does what the table alone knows", function()
    local hotel = connect()
    assert.is_nil(hotel.rooms:find "a")
    hotel.rooms:put("a", { beds = 1 })
    hotel.rooms:clean "a"
    assert.is_true(hotel.rooms:delete "a")
    assert.is_false(hotel.rooms:delete("a", { missing_ok = true }))
  end)

  it("tells what the server refused", function()
    local rooms = connect("a wrong token").rooms
    local ok, problem = pcall(rooms.list, rooms)
    assert.is_false(ok)
    assert.equal("GET /rooms: 401 not logged in: is the token of hotel right? "
      .. "(--token-file hotel=FILE, MKRUN_TOKEN_HOTEL)", tostring(problem))
  end)
end)
