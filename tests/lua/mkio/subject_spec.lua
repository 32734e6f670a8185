local operations = require "mkio.operations"
local subject = require "mkio.subject"

describe("mkio.subject.kind", function()
  local asks <const> = { ["reports.usage"] = true }

  it("has a word for what each write is about", function()
    local count = 0
    for key, operation in pairs(operations.by_key) do
      if operation.method ~= "GET" and not asks[key] then
        count = count + 1
        local kind, parameter = subject.kind(operation)
        assert.is_string(kind, key)
        local named = operation.path:match "{([%w_]+)}[^{]*$"
        if named and parameter then
          assert.equal(parameter, named, key)
        end
      end
    end
    assert.is_true(count > 20)
  end)

  it("has none for what is about nothing", function()
    assert.is_nil(subject.kind(operations.by_key["reports.usage"]))
  end)
end)
