--- What the last word of a command line is.

local headers = require "mkrun.host.header"
local places = require "mkrun.tool.completion.place"

local OPTIONS <const> = {
  { name = "-e", value = "STAT", text = "" }, { name = "-i", text = "" },
  { name = "--sandbox", value = "FILE", text = "", optional = true },
  { name = "--trace", text = "" }, { name = "--like", value = "X", text = "" },
}

local HEADER <const> = headers.parse [[
--- Do it.
-- @usage  mkrun do [--to WHO] [--dry] FILE MORE...
-- @arg    FILE  in
-- @arg    MORE  in
-- @arg    --to WHO  somebody
-- @arg    --dry  no
]]

local function find(...)
  return places.find({ ... }, OPTIONS, function(name)
    return name == "do" and { header = HEADER, options = HEADER.args } or nil
  end)
end

local function name_of(place) return place.argument and place.argument.name end

describe("the last word", function()
  it("is SCRIPT, an option or the value of one", function()
    assert.is_true(find "".is_script)
    assert.is_true(find("--trace", "-i", "o").is_script)
    assert.is_true(find("--sandbox", "").is_script)
    assert.is_true(find("-e", "x", "").is_script)
    assert.is_true(find("--", "-").is_script)
    assert.equal(OPTIONS, find "-".options)
    assert.equal(OPTIONS, find("--like", "x", "--t").options)
    assert.equal("--like", name_of(find("--like", "")))
    assert.equal("-e", name_of(find("-e", "do")))
    assert.is_nil(find("--like", "--").options)
    local place = find "--like=a=b"
    assert.same({ "--like", "--like=", "a=b" },
      { name_of(place), place.prefix, place.typed })
    for _, word in ipairs { "--trace=x", "--none=x" } do
      assert.same({ typed = word, prefix = "" }, find(word))
    end
  end)

  it("is an argument of the script", function()
    assert.equal("FILE", name_of(find("do", "")))
    assert.equal("MORE", name_of(find("do", "x", "")))
    assert.equal("MORE", name_of(find("do", "x", "y", "z")))
    assert.equal("FILE", name_of(find("do", "--dry", "--to", "x", "")))
    assert.equal("FILE", name_of(find("do", "--to=x", "")))
    assert.equal("FILE", name_of(find("do", "--", "--t")))
    assert.equal("MORE", name_of(find("do", "-", "")))
    assert.equal("--to", name_of(find("do", "--to", "-")))
    assert.equal("--to", name_of(find("do", "x", "--to=")))
    assert.equal(HEADER.args, find("do", "x", "--").options)
  end)

  it("is nothing behind what is unknown", function()
    assert.same({ typed = "", prefix = "" },
      { typed = find("none", "").typed, prefix = find("none", "").prefix })
    assert.is_nil(find("none", "-").options)
    assert.is_nil(find("none", "").argument)
  end)

  it("is a topic behind help, once", function()
    assert.is_true(find("help", "").is_topic)
    assert.is_false(find("help", "x", "").is_topic)
  end)

  it("is told the file of the sandbox", function()
    assert.equal("s", find("--sandbox=s", "do", "").sandbox)
    assert.is_nil(find("--sandbox", "s", "").sandbox)
    assert.is_nil(find("do", "--", "--sandbox=s").sandbox)
  end)
end)
