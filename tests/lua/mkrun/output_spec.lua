local json = require "mkrun.json"
local output = require "mkrun.output"
local release = require "tests.support.release"

local columns = { "email", "teams", "isAdmin", "cost" }
local rows = {
  { email = "iris@northlight.example", teams = { "desk", "Everyone" },
    isAdmin = true, cost = 12 },
  { email = "bo@x.example", teams = {}, isAdmin = false, cost = 7.5 },
  { email = 'née "Ó, x"', cost = json.null },
}

describe("mkrun.output", function()
  it("makes a table for people", function()
    assert.equal([[
EMAIL                    TEAMS           IS ADMIN  COST
iris@northlight.example  desk, Everyone  yes         12
bo@x.example             -               no         7.5
née "Ó, x"               -               -            -
]], output.render("text", columns, rows))
  end)

  it("puts amounts that are text to the right, like numbers", function()
    assert.equal("A       COST\nx     9.5000\ny  1234.5000\n",
      output.render("text", { "a", "cost" }, {
        { a = "x", cost = "9.5000" }, { a = "y", cost = "1234.5000" } }))
  end)

  it("has no table for nothing", function()
    assert.equal("", output.render("text", columns, {}))
    assert.equal("[]\n", output.render("json", columns, {}))
    assert.equal("a,b\r\n", output.render("csv", { "a", "b" }, {}))
    assert.equal("", output.render("jsonl", columns, {}))
    assert.equal("None.\n", output.render("markdown", columns, {}))
  end)

  it("writes one JSON object a line", function()
    assert.equal('{"a":1,"b":["x\\ny"],"c":null}\n{"a":2,"b":null,"c":null}\n',
      output.render("jsonl", { "a", "b", "c" },
        { { a = 1, b = json.array { "x\ny" }, d = 4 }, { a = 2 } }))
  end)

  it("makes a table in Markdown", function()
    assert.equal([[
| Email | Teams | Is admin | Cost |
| --- | --- | --- | ---: |
| `iris@northlight.example` | desk, Everyone | yes | 12 |
| `bo@x.example` | - | no | 7.5 |
| `née "Ó, x"` | - | - | - |
]], output.render("markdown", columns, rows))
    assert.equal("| Is team admin | Short scopes |\n| --- | --- |\n"
      .. "| a | <code>b&#124;</code>, `@all` |\n",
      output.render("markdown", { "isTeamAdmin", "short_scopes" },
        { { isTeamAdmin = "a", short_scopes = { "b|", "@all" } } }))
  end)

  it("fits all Markdown of a run into one comment", function()
    local outcome = release.eval [[
      local output, rows = require "mkrun.output", {}
      for i = 1, 300 do rows[i] = { name = ("x"):rep(60) } end
      for _ = 1, 8 do
        output.paragraph "**title**"
        output.write("markdown", { "name" }, rows)
      end]]
    assert.is_true(#outcome.out <= 65536)
    local _, cut = outcome.out:gsub("of 300 rows left out", "")
    assert.equal(5, cut)
  end)

  it("does not let a name move the cursor", function()
    assert.equal("A\nx?[2Jy?z?\n", output.render("text", { "a" },
      { { a = "x\27[2Jy\u{9b}z\n" } }))
  end)

  it("gives all columns as JSON, and only those", function()
    local list = json.decode(output.render("json", { "a", "b", "c" },
      { { a = 1, b = json.array {}, d = 4 } }))
    assert.same({ { a = 1, b = {}, c = json.null } }, list)
    assert.is_true(json.is_array(list[1].b))
  end)

  it("has no byte in JSON that is no UTF-8", function()
    local bad = { { a = "x\xFF", b = json.array { "\xC3", "é" },
      c = json.null, d = 1.5 } }
    local names = { "a", "b", "c", "d" }
    assert.same({ { a = "x\u{FFFD}", b = { "\u{FFFD}", "é" }, c = json.null,
      d = 1.5 } }, json.decode(output.render("json", names, bad)))
    assert.equal('{"a":"x\u{FFFD}","b":["\u{FFFD}","é"],"c":null,"d":1.5}\n',
      output.render("jsonl", names, bad))
    assert.error_matches(function()
      output.render("json", { "a" }, { { a = 0 / 0 } })
    end, "NaN")
  end)

  it("quotes CSV as RFC 4180 says", function()
    assert.equal("email,teams,isAdmin,cost\r\n"
      .. "iris@northlight.example,desk;Everyone,true,12\r\n"
      .. "bo@x.example,,false,7.5\r\n"
      .. '"née ""Ó, x""",,,\r\n', output.render("csv", columns, rows))
    assert.equal('a\r\n"two\nlines"\r\n',
      output.render("csv", { "a" }, { { a = "two\nlines" } }))
  end)

  it("has no spreadsheet compute a CSV field", function()
    local function field(value)
      return output.render("csv", { "a" }, { { a = value } }):sub(4, -3)
    end
    for _, text in ipairs { "=1+1", "+cmd", "-a", "@SUM(A1)", "-", "-1 2" } do
      assert.equal("'" .. text, field(text))
    end
    assert.equal([["'=HYPERLINK(""x"")"]], field '=HYPERLINK("x")')
    assert.equal("'=a;b", field { "=a", "b" })
    assert.equal("a;'=b;'+c;-1;'@d", field { "a", "=b", "+c", "-1", "@d" })
    assert.equal("a\t'=b", field "a\t=b")
    assert.equal([["a;'=b ""c"""]], field 'a;=b "c"')
    for _, sign in ipairs { "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}" } do
      assert.equal("'" .. sign .. "a;'" .. sign .. "b;\u{FF1E}",
        field { sign .. "a", sign .. "b", "\u{FF1E}" })
    end
    for _, same in ipairs { "-12.50", "+4", "a=b", "x-y", "" } do
      assert.equal(same, field(same))
    end
    assert.equal("-3", field(-3))
  end)

  it("takes text when no format is named", function()
    assert.equal("text", output.format())
    for _, name in ipairs { "csv", "json", "jsonl", "markdown" } do
      assert.equal(name, output.format(name))
    end
    assert.equal("html", output.format("html", { "text", "html" }))
  end)

  it("refuses a format that a flow does not have", function()
    for allowed, words in pairs {
      ["nil"] = "'text', 'json', 'jsonl', 'csv' or 'markdown'",
      ['{ "text", "html" }'] = "'text' or 'html'",
    } do
      local outcome = release.eval(
        ("require 'mkrun.output'.format('xml', %s)"):format(allowed))
      assert.same({ 2, ("mkrun: option '--output': %s expected, got 'xml'\n")
        :format(words) }, { outcome.code, outcome.err })
    end
  end)

  it("raises on a format that does not exist", function()
    assert.error_matches(function() output.render("xml", {}, {}) end,
      "bad argument #1 to 'render' (no format 'xml')", 1, true)
  end)

  it("raises on a row that has none of the columns", function()
    for _, format in ipairs { "text", "json", "jsonl", "csv", "markdown" } do
      for _, row in ipairs { { "desk", "x" }, { teem = "desk" } } do
        assert.error_matches(function()
          output.render(format, { "team", "text" }, { { team = "a" }, row })
        end, "row 2 has no column 'team'; a row is {team = value, ...}", 1,
          true)
      end
    end
  end)
end)
