local made_id = require "mkrun.plan.made_id"

local ID <const> = "0badcafe-0000-4000-8000-0123456789ab"
local OTHER <const> = "11111111-1111-4111-8111-111111111111"

describe("an id that a plan made up", function()
  it("is found in any text, also behind and before hexadecimal digits",
    function()
      for before, after in pairs { [""] = "", ["of-"] = "-a", ["x/"] = "/y",
        ["ab"] = "-1234", ["of-a-copy-"] = "." } do
        local text = before .. ID .. after
        assert.is_true(made_id.is_in(text, { [ID] = "any" }))
        assert.is_false(made_id.is_in(text, { [OTHER] = "any" }))
        assert.equal(before .. "7" .. after,
          made_id.replace(text, { [ID] = "7" }))
        assert.equal(text, made_id.replace(text, function() end))
      end
    end)

  it("is found in the same text as others", function()
    local text = ID .. "-" .. OTHER .. "-" .. ID
    assert.is_true(made_id.is_in(text, { [OTHER] = true }))
    assert.equal("a-b-a", made_id.replace(text, { [ID] = "a", [OTHER] = "b" }))
  end)

  it("is not in a text without one", function()
    assert.is_false(made_id.is_in("a-b-c-d-e", { ["a-b-c-d-e"] = true }))
    assert.equal("", made_id.replace("", {}))
  end)
end)
