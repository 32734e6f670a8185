local chain = require "mkrun.journal.audit_chain"
local json = require "mkrun.json"
local sys = require "mkrun.sys"

local TIME <const> = "2026-11-29T12:00:00Z"

--- The lines of an audit; `at` is the number of one that is written twice, as
--- runs did that were interrupted between a line and its hash.
local function audit(count, at)
  local lines, number, previous = {}, 1, ("0"):rep(64)
  for i = 1, count do
    lines[i] = json.encode({ line = number, method = "PUT", url = "/" .. i,
      previous = previous }, { sort = true })
    if i ~= at then number, previous = number + 1, sys.sha256(lines[i]) end
  end
  return lines
end

local function text_of(lines) return table.concat(lines, "\n") .. "\n" end

local function urls_of(text)
  local urls = {}
  for line in text:gmatch "[^\n]+" do
    urls[#urls + 1] = json.decode(line).url or "mended"
  end
  return urls
end

describe("mkrun.journal.audit_chain.mend", function()
  it("numbers again what a run wrote twice, wherever that is", function()
    for at = 1, 4 do
      local broken = text_of(audit(5, at))
      assert.is_nil((chain.verify(broken)))
      local text, what = chain.mend(broken, TIME)
      assert.equal(("lines %d and %d had one number: an interrupted run wrote "
        .. "them; numbered again from line %d on"):format(at, at + 1, at + 1),
        what)
      assert.equal(6, (chain.verify(text)))
      assert.same({ "/1", "/2", "/3", "/4", "/5", "mended" }, urls_of(text))
      local last = json.decode(text:match "([^\n]*)\n$")
      assert.equal(what, last.mended)
      assert.equal(sys.sha256(audit(5, at)[5]), last.last)
    end
  end)

  it("takes out a line that is cut off, at any byte", function()
    local whole = text_of(audit(3))
    local start = #text_of(audit(2))
    for length = start + 1, #whole - 1 do
      local text, what = chain.mend(whole:sub(1, length), TIME)
      assert.equal("line 3 was cut off by a crash: taken out", what)
      assert.equal(3, (chain.verify(text)))
      assert.same({ "/1", "/2", "mended" }, urls_of(text))
    end
    local text = chain.mend("{", TIME)
    assert.equal(1, (chain.verify(text)))
  end)

  it("does both", function()
    local text, what = chain.mend(text_of(audit(3, 2)) .. '{"li', TIME)
    assert.matches("^lines 2 and 3 .*; line 5 was cut off", what)
    assert.equal(5, (chain.verify(text)))
  end)

  it("leaves alone what is whole", function()
    assert.is_nil((chain.mend(text_of(audit(3)), TIME)))
    assert.is_nil((chain.mend("", TIME)))
  end)

  it("leaves alone what a crash does not do", function()
    local function damaged(change)
      local lines = audit(5, 3)
      change(lines)
      return chain.mend(text_of(lines) .. '{"li', TIME)
    end
    for i = 1, 5 do
      assert.is_nil((damaged(function(lines)
        lines[i] = lines[i]:gsub("PUT", "GET")
        if i > 2 then lines[i + 1] = lines[5] end
      end)))
    end
    assert.is_nil((damaged(function(lines) table.remove(lines, 2) end)))
    assert.is_nil((damaged(function(lines) lines[2] = "x" end)))
    assert.is_nil((damaged(function(lines)
      table.insert(lines, 5, lines[4])
    end)))
  end)
end)
