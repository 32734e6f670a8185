local show = require "mkio.flow.drift.show"

local NASTY <const> = "</script>|`@all\u{202E}"
local SHOWN <const> = "&lt;/script&gt;|`@all[U+202E]"

describe("drift as a page", function()
  it("has a row for each thing, and whose drift it is", function()
    local text = show.page({ { change = "missing", kind = "teams",
      name = NASTY, details = { NASTY, "b" } }, { change = "extra",
      kind = "tokens", name = "x", details = {}, by = NASTY, at = "2026" } },
      { NASTY })
    local _, count = text:gsub(SHOWN:gsub("%p", "%%%0"), "")
    assert.equal(4, count) -- a fact, a name, a detail, a maker
    assert.is_nil(text:find(NASTY, 1, true))
    assert.matches("1 missing, 0 different, 1 extra.", text, 1, true)
    assert.matches('<tr class="add"><th data-title="Change" '
      .. 'data-value="missing" scope="row"><bdi>missing</bdi></th>', text, 1,
      true)
    assert.matches("Made by", text, 1, true)
  end)

  it("says that there is none", function()
    local text = show.page({}, {})
    assert.matches("No drift.", text, 1, true)
    assert.is_nil(text:find("<table", 1, true))
  end)
end)
