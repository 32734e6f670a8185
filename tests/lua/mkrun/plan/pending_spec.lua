local json = require "mkrun.json"
local pending = require "mkrun.plan.pending"

local MADE <const> = "11111111-1111-4111-8111-111111111111"

local function write(method, path, body, id)
  return { method = method, url = "https://a.test" .. path, body = body,
    id = id }
end

local function request(method, path, body)
  return { method = method, url = "https://a.test" .. path,
    body = body and assert(json.encode(body)) }
end

--- What a provider answers to a POST: its id is the member `id`.
local function learn(writes, planned, id)
  return writes:learn(planned, { body = assert(json.encode { id = id }) },
    function(document) return document.id end)
end

describe("planned writes with an id of a provider", function()
  for what, case in pairs {
    ["a number"] = { 7, "7" }, ["a text"] = { "news", "news" },
    ["a text that is escaped in a path"] = { "a/b c", "a%2Fb%20c" },
  } do
    local id, segment = case[1], case[2]
    it("are found when it is " .. what, function()
      local make = write("POST", "/things", { name = "x" }, MADE)
      local change = write("PATCH", "/things/" .. MADE, { of = MADE,
        text = "see " .. MADE, [MADE] = json.array { MADE } })
      local writes = pending.new { make, change }
      assert.is_nil((writes:find(request("PATCH", "/things/" .. segment))))
      assert.equal(make, (writes:find(request("POST", "/things",
        { name = "x" }))))
      make.is_sent = true
      assert.equal(id, learn(writes, make, id))
      local body = { of = id, text = "see " .. tostring(id),
        [tostring(id)] = json.array { id } }
      local found, sent =
        writes:find(request("PATCH", "/things/" .. segment, body))
      assert.equal(change, found)
      assert.same(body, sent)
    end)
  end

  it("are not mixed up with things of another kind that have the same id",
    function()
      local other = "22222222-2222-4222-8222-222222222222"
      local a, b = write("POST", "/a", nil, MADE), write("POST", "/b", nil,
        other)
      local at_a = write("DELETE", "/a/" .. MADE .. "/b/" .. other)
      local writes = pending.new { a, b, at_a }
      learn(writes, a, 1)
      learn(writes, b, 1)
      assert.equal(at_a, (writes:find(request("DELETE", "/a/1/b/1"))))
      assert.is_nil((writes:find(request("DELETE", "/a/1"))))
    end)

  it("stay as they are when the answer has no id", function()
    local make = write("POST", "/things", nil, MADE)
    local writes = pending.new { make }
    assert.is_nil(learn(writes, make, nil))
  end)

  it("get an id that the body of the answer does not have", function()
    local make = write("POST", "/things", nil, MADE)
    local change = write("DELETE", "/things/" .. MADE)
    local writes = pending.new { make, change }
    local answer = { body = "", headers = { location = "/things/7" } }
    assert.equal("7", writes:learn(make, answer, function(document, response)
      assert.is_nil(document)
      return response.headers.location:match "%d+"
    end))
    assert.equal(change, (writes:find(request("DELETE", "/things/7"))))
  end)
end)
