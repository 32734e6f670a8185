local json = require "mkrun.json"
local markdown = require "mkrun.plan.markdown"
local show = require "mkrun.plan.show"

local ID <const> = "11111111-1111-4111-8111-111111111111"

local function write(method, path, change, line)
  for _, name in ipairs { "before", "after", "body" } do
    change[name] = change[name] and json.decode(change[name])
  end
  return { method = method, url = "https://api.test" .. path .. "?q=1",
    line = line, change = change }
end

local NO_FILES <const> = { written = {}, commands = {} }

local function of(writes, files, unknown, problem)
  local record = { writes = writes, unknown = unknown or {},
    made = { [ID] = true } }
  return markdown.of(show.document(record, files or NO_FILES, problem),
    show.summary(record, problem))
end

local function renamed(name, before, after)
  return write("PATCH", "/teams/desk", {
    action = "update", kind = "team", name = name, is_patch = true,
    before = before, after = after, body = "[]" }, "x.lua:3")
end

describe("mkrun.plan.markdown", function()
  it("says that there is nothing to do", function()
    assert.equal("**Plan: 0 to create, 0 to change, 0 to delete.**\n\n"
      .. "Nothing to do.\n", of {})
    assert.equal("**Incomplete, as x.  Until then: 0 to create, 0 to change, "
      .. "0 to delete.**\n\nNothing to do.\n", of({}, nil, nil, "x"))
  end)

  it("has a summary, a table, and a folded part for each change", function()
    assert.equal([[
**Plan: 1 to create, 1 to change, 1 to delete, 1 unknown.**

| Action | Kind | Name | Fields |
| --- | --- | --- | --- |
| create | token | `job` | 3 fields |
| change | webhook rule | `night-desk` | `spec.a`, `spec.gone`, `spec.new` |
| delete | team | `old` | - |
| unknown | PURGE | `https://x/y` | `not sent, no` |
| write | file | `a.token` | (secret) |
| run | command | <code>cat &#124; b</code> | (secret) on its standard input |

<details><summary>create token <code>job</code></summary>

```diff
+ days: 3
+ id: "(known after apply)"
+ JWT: (secret)
  POST /tokens, by x.lua:3
```
</details>

<details><summary>change webhook rule <code>night&#45;desk</code></summary>

```diff
- spec.a: 1
+ spec.a: [2]
- spec.gone: false
+ spec.new: null
  PATCH /teams/desk, by x.lua:3
```
</details>

<details><summary>delete team <code>old</code></summary>

```diff
- b: 1
  DELETE /teams/old
```
</details>
]], of({
      write("POST", "/tokens", { action = "create", kind = "token",
        name = "job", id = ID, reveals = { "JWT" }, body = '{"days":3}' },
        "x.lua:3"),
      write("PATCH", "/teams/desk", {
        action = "update", kind = "webhook rule", name = "night-desk",
        before = '{"metadata":{"updated":1},"spec":{"a":1,"gone":false}}',
        after = '{"metadata":{"updated":2},"spec":{"a":[2],"new":null}}',
        body = "[]" }, "x.lua:3"),
      write("DELETE", "/teams/old", { action = "delete", kind = "team",
        name = "old", before = '{"spec":{"b":1}}' }),
    }, { written = { { path = "a.token", secret = true } },
      commands = { "cat | b" } },
      { { method = "PURGE", url = "https://x/y", why = "not sent, no" } }))
  end)

  it("says whose field changes", function()
    local text = of { renamed("a", '{"7":{"email":"k@y.z","lead":false}}',
      '{"7":{"email":"k@y.z","lead":true}}') }
    assert.matches("| `7.lead (k@y.z)` |", text, 1, true)
    assert.matches("\n+ 7.lead (k@y.z): true\n", text, 1, true)
  end)

  it("names some of the fields in the table", function()
    local text = of { renamed("a", "{}", '{"b":1,"c":1,"d":1,"e":1,"f":1}') }
    assert.matches("| change | team | `a` | `b`, `c`, `d`, `e` and 1 more |\n",
      text, 1, true)
  end)

  it("has no way out of its parts for the text of a stranger", function()
    local evil = "a|b`\n```\n</details>@all <script>#1\u{202E}\u{200B}"
    local field = json.encode { [evil] = evil }
    local kind = renamed("a", field, "{}")
    kind.change.kind = evil
    local text = of({ renamed(evil, "{}", field), kind },
      { written = { { path = evil } }, commands = { evil } },
      { { method = evil, url = evil, why = evil } })
    local is_code, folded = false, 0
    for line in text:gmatch "[^\n]*" do
      if line:find "^```" then
        is_code = not is_code
      elseif is_code then
        assert.matches("^[-+ ] ", line)
        assert.not_matches("[\r\u{202E}\u{200B}]", line)
      else
        assert.not_matches("[@#]", (line:gsub("&#%d+;", "")))
        assert.not_matches("<script>", line, 1, true)
        if line:find "^|" then
          local _, bars = line:gsub("|", "")
          assert.equal(5, bars, line)
        end
        folded = folded + (line == "</details>" and 1 or 0)
      end
    end
    assert.same({ false, 2 }, { is_code, folded })
  end)

  it("fits into a comment, and says what is left out", function()
    for _, size in ipairs { 10, 300, 3000 } do
      local writes = {}
      for i = 1, size do
        writes[i] = renamed(("team-%04d"):format(i), "{}",
          json.encode { a = ("x"):rep(i == 2 and 70000 or 100) })
      end
      local text = of(writes)
      assert.is_true(#text <= 65536)
      local _, rows = text:gsub("\n| change |", "")
      local _, parts = text:gsub("\n</details>", "")
      local less = tonumber(text:match "\n_(%d+) of %d+ rows left out" or 0)
      assert.equal(size, rows + less)
      assert.equal(size, parts + tonumber(
        text:match("\n_(%d+) of " .. size .. " folded parts left out")))
    end
  end)
end)
