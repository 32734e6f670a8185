local providers = require "mkrun.providers"

describe("mkrun.providers", function()
  after_each(function()
    for _, name in ipairs { "spec_a", "spec_b" } do providers.remove(name) end
  end)

  local function add(name, url)
    return providers.add { name = name, base_url = url }
  end

  it("finds the provider with the longest base URL above a URL", function()
    add("spec_a", "https://a.test/")
    add("spec_b", "https://a.test/api")
    for url, name in pairs {
      ["https://a.test/x"] = "spec_a", ["https://a.test"] = "spec_a",
      ["https://a.test/apis"] = "spec_a", ["https://a.test/api/x"] = "spec_b",
      ["https://a.test/api?x"] = "spec_b", ["https://a.test/api"] = "spec_b",
    } do
      assert.equal(name, providers.of_url(url).name)
    end
    assert.is_nil(providers.of_url "https://a.test.evil/x")
    assert.is_nil(providers.of_url "http://a.test/x")
  end)

  it("replaces an entry of the same name in its place", function()
    local before = #providers.all()
    add("spec_a", "https://a.test/")
    add("spec_b", "https://b.test/")
    local entry = add("spec_a", "https://c.test")
    assert.equal(entry, providers.by_name "spec_a")
    assert.equal(entry, providers.all()[before + 1])
    assert.equal(before + 2, #providers.all())
    assert.is_nil(providers.of_url "https://a.test/x")
  end)
end)
