local mkio = require "mkio.provider"
local providers = require "mkrun.providers"
local rest = require "mkrun.rest"

--- The provider of MK.IO, with changes.
local function parts(changes)
  local fields = {}
  for name, value in pairs(mkio) do fields[name] = value end
  for name, value in pairs(changes) do fields[name] = value end
  return fields
end

local function refusal(declared)
  local ok, message = pcall(rest.provider, declared)
  assert.is_false(ok)
  return (tostring(message):gsub("^[^ ]*:%d+: ", ""))
end

describe("rest.provider", function()
  it("takes the parts of a library as they are", function()
    local fields = parts { name = "other" }
    assert.equal(fields, rest.provider(fields))
    assert.is_nil(providers.by_name "other") -- the host knows its own
  end)

  it("says which part is missing", function()
    local count = 0
    for name in pairs(mkio) do
      if name ~= "operations" then
        count = count + 1
        local fields = parts {}
        fields[name] = nil
        assert.equal(("bad argument #1 to 'provider' (no '%s')"):format(name),
          refusal(fields))
      end
    end
    assert.equal(8, count)
  end)

  it("does not take a list of rows for operations that are made", function()
    assert.matches("unknown field '%l+', .*'%l+'", refusal(parts {
      operations = { { "x.get", "GET", "/x" } }, base_url = "http://x" }))
  end)

  it("refuses the name of the provider that mkrun has itself", function()
    local entry = providers.by_name "mkio"
    assert.equal("rest.provider: 'name': 'mkio' is the provider that mkrun has "
      .. "itself", refusal { name = "mkio", base_url = "http://localhost",
      operations = { { "x.get", "GET", "/x" } } })
    assert.equal(entry, providers.by_name "mkio")
  end)

  it("is MK.IO's, too", function()
    assert.equal("mkio", mkio.name)
    assert.equal("/api/v1/organization",
      mkio.operations.by_key["organization.get"].path)
  end)
end)
