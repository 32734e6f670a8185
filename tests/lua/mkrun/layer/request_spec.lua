local requests = require "mkrun.layer.request"

describe("mkrun.layer.request.url", function()
  it("leaves out user, password and query", function()
    for given, left in pairs {
      ["https://h.test/a?b=canary#canary"] = "https://h.test/a",
      ["https://me:canary@h.test/a@b"] = "https://h.test/a@b",
      ["https://me:can@ary@h.test/a"] = "https://h.test/a",
      ["https://h.test?to=me@canary"] = "https://h.test",
    } do
      assert.equal(left, requests.url { url = given })
    end
  end)
end)

describe("mkrun.layer.request.key", function()
  it("is the same for reads that ask for the same", function()
    local url = "https://h.test/a"
    local key = requests.key { url = url, query = { a = "1", b = "2" } }
    for _, headers in ipairs { {}, { accept = "application/json" },
      { { "Accept", "Application/JSON" } }, { ["X-Other"] = "1" } } do
      assert.equal(key, requests.key { url = url,
        query = { b = "2", a = "1" }, headers = headers })
    end
    assert.not_equal(key, requests.key { url = url,
      query = { a = "1", b = "2" }, headers = { Accept = "text/csv" } })
    assert.not_equal(key, requests.key { url = url, query = { a = "1" } })
  end)
end)
