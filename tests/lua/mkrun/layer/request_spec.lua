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
