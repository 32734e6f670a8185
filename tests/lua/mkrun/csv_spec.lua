local csv = require "mkrun.csv"

--- The rows without their lines.
local function rows(text, options)
  local found = assert(csv.rows(text, options))
  for _, row in ipairs(found) do row.line = nil end
  return found
end

local function fault(text)
  local result, message, code = csv.rows(text)
  assert.is_nil(result)
  assert.equal("csv", code)
  return message
end

describe("mkrun.csv.rows", function()
  for name, text in pairs {
    ["LF"] = "a,b\nc,d\n", ["CR LF"] = "a,b\r\nc,d\r\n", ["CR"] = "a,b\rc,d\r",
    ["no end"] = "a,b\nc,d", ["empty lines"] = "\na,b\n\n\nc,d\n\n",
    ["a byte order mark"] = "\xEF\xBB\xBFa,b\nc,d\n",
    ["semicolons"] = "a;b\nc;d\n", ["tabs"] = "a\tb\nc\td\n",
    ["quotes"] = '"a","b"\r\n"c",d\r\n',
  } do
    it("reads lines with " .. name, function()
      assert.same({ { "a", "b" }, { "c", "d" } }, rows(text))
    end)
  end

  it("takes what is in quotes as it is", function()
    assert.same({ { 'say "hi"', "a,b", "two\r\nlines", "", " x " } },
      rows '"say ""hi""","a,b","two\r\nlines",""," x "')
  end)

  it("keeps empty fields", function()
    assert.same({ { "", "", "" }, { "" } }, rows ',,\n""\n')
  end)

  it("takes the separator that it is told", function()
    assert.same({ { "a,b", "c" } }, rows("a,b;c", { separator = ";" }))
    assert.same({ { "a.b", "c" } }, rows("a.b|c", { separator = "|" }))
  end)

  it("prefers the comma", function()
    assert.same({ { "a", "b;c" } }, rows "a,b;c")
    assert.same({ { "a,b", "c" } }, rows '"a,b";c')
  end)

  it("says in which line a row begins", function()
    local found = csv.rows 'a\n"b\nc"\r\n\nd\n'
    assert.same({ 1, 2, 5 },
      { found[1].line, found[2].line, found[3].line })
  end)

  it("finds nothing in nothing", function() assert.same({}, rows "") end)

  it("fails with the line of what is wrong", function()
    assert.equal("line 2: quote is not closed", fault 'a\n"b\nc')
    assert.equal("line 3: text after a closing quote", fault 'a\n"b\n" c')
    assert.equal("line 1: quote in the middle of a field", fault 'a"b"')
    assert.equal("line 2: not UTF-8: save it as CSV in UTF-8",
      fault "a\nbl\xE5b\xE6r\n")
  end)

  it("raises on what is no text", function()
    assert.error_matches(function() csv.rows(7) end,
      "bad argument #1 to 'rows' (string expected, got number)", 1, true)
  end)
end)

describe("mkrun.csv.records", function()
  it("names the fields by the first row", function()
    local records, names = csv.records "Email , teams\na@b,x\n"
    assert.same({ { line = 2, fields = { email = "a@b", teams = "x" } } },
      records)
    assert.same({ "email", "teams" }, names)
  end)

  it("fails on rows of another length, and on bad names", function()
    for text, message in pairs {
      ["a,b\n1\n"] = "line 2: 2 fields expected, got 1",
      ["a,b\n1,2,3\n"] = "line 2: 2 fields expected, got 3",
      ["a,A\n"] = "line 1: column 'a' is there twice",
      [""] = "line 1: names of the columns expected",
    } do
      local records, why, code = csv.records(text)
      assert.is_nil(records)
      assert.equal(message, why)
      assert.equal("csv", code)
    end
  end)
end)
