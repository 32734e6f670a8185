local trace = require "mkrun.layer.trace"

local function run(request, ...)
  local lines, now, answer = {}, 0, table.pack(...)
  local layer = trace.new {
    write = function(line) lines[#lines + 1] = line end,
    clock = function() now = now + 0.0124; return now end,
  }
  local got = table.pack(layer(function()
    return table.unpack(answer, 1, answer.n)
  end)(request))
  assert.equal(1, #lines)
  return lines[1], got
end

describe("the trace layer", function()
  it("writes one line and passes the answer on", function()
    local response = { status = 200, body = ("x"):rep(1234), attempts = 2 }
    local line, got =
      run({ url = "https://api.test/api/v1/projects" }, response)
    assert.equal("GET /api/v1/projects 200 12 ms 1.2 KB attempts 2", line)
    assert.equal(response, got[1])
  end)

  it("shows a failure by its code", function()
    local line, got = run({ url = "http://x/", method = "post" },
      nil, "POST http://x/: no answer", "timeout", 3)
    assert.equal("POST / timeout 12 ms 0 B attempts 3", line)
    assert.same({ n = 4, nil, "POST http://x/: no answer", "timeout", 3 }, got)
  end)

  it("shows names of a query, never values", function()
    local answer = { status = 204 }
    for _, request in ipairs {
      { url = "http://u:hunter2@x/p?b=hunter2&a=hunter2#hunter2" },
      { url = "http://x/p?b=hunter2", query = { a = "hunter2" } },
      { url = "http://x/p", query = { { "b", "hunter2" }, { "a", 1 } } },
    } do
      local line = run(request, answer)
      assert.not_matches("hunter2", line)
      assert.matches("^GET /p%?[ab]&[ab] 204 ", line)
    end
  end)

  it("shows no token, header or body", function()
    local line = run({ url = "http://x/", token = "hunter2", body = "hunter2",
      headers = { Authorization = "hunter2" } },
      { status = 200, body = "hunter2", headers = { x = "hunter2" } })
    assert.equal("GET / 200 12 ms 7 B attempts 1", line)
  end)

  it("writes nothing that moves a terminal", function()
    local line = run({ url = "http://x/a\27[2Jb\nc" }, { status = 200 })
    assert.equal("GET /a?[2Jb?c 200 12 ms 0 B attempts 1", line)
  end)

  it("shows sizes in units", function()
    assert.matches(" 999 B ", (run({ url = "http://x/" },
      { status = 200, bytes = 999 })))
    assert.matches(" 12.3 MB ", (run({ url = "http://x/" },
      { status = 200, bytes = 12345678 })))
  end)
end)
