local record = require "mkrun.layer.record"

local REQUEST <const> = { url = "http://h.example/x" }

describe("mkrun.layer.record", function()
  it("goes on when the file takes no more, and says so once", function()
    local notes, added = {}, 0
    local file = { add = function()
      added = added + 1
      return false, "no space"
    end }
    local layer = record.new(file, function(text) notes[#notes + 1] = text end)
    local transport = layer(function() return { status = 200 } end)
    for _ = 1, 3 do assert.equal(200, transport(REQUEST).status) end
    assert.same({ "the recording ends here: no space" }, notes)
    assert.equal(1, added)
  end)

  it("keeps every exchange, a failed one too", function()
    local entries = {}
    local layer = record.new({ add = function(_, entry)
      entries[#entries + 1] = entry
      return true
    end }, error)
    local transport = layer(function() return nil, "no way", "connect" end)
    assert.same({ nil, "no way", "connect", n = 3 },
      table.pack(transport(REQUEST)))
    assert.equal(0, entries[1].response.status)
    assert.equal("connect", entries[1].response._error)
  end)
end)
