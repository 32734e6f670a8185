local audits = require "mkrun.layer.audit"
local secret = require "mkrun.secret"

local BASE <const> = "https://h.example"

--- The layer over canned answers; its lines, its notes and what was sent.
local function layer(answers, add)
  local seen = { lines = {}, notes = {}, sent = {}, room = {} }
  local audit = {
    add = add or function(_, record)
      seen.lines[#seen.lines + 1] = record
      return true
    end,
    reserve = function(_, size)
      seen.room[#seen.room + 1] = size
      if seen.full then return nil, "x: no space" end
      return true
    end,
  }
  local build = audits.new(audit, BASE, function(text)
    seen.notes[#seen.notes + 1] = text
  end)
  local transport = build(function(request)
    local key = (request.method or "GET") .. " " .. request.url
    seen.sent[#seen.sent + 1] = key
    local answer = answers[key]
    if not answer then return nil, key .. ": gone", "closed" end
    if type(answer) == "function" then return answer() end
    return answer
  end)
  return transport, seen
end

local URL <const> = BASE .. "/api/x"
local PUT <const> = { method = "PUT", url = URL, json = { spec = { a = 2 } } }

describe("mkrun.layer.audit", function()
  it("reads what is replaced, unless the run has just done so", function()
    local answers = {
      ["GET " .. URL] = { status = 200, body = '{"spec":{"a":1}}' },
      ["PUT " .. URL] = { status = 200, body = '{"spec":{"a":2}}' },
    }
    local transport, seen = layer(answers)
    answers["GET " .. URL .. "?x=1"] = answers["GET " .. URL]
    transport(PUT)
    transport { url = URL .. "?x=1" }
    transport(PUT)
    assert.same({ "GET " .. URL, "PUT " .. URL, "GET " .. URL .. "?x=1",
                  "PUT " .. URL }, seen.sent)
    for _, line in ipairs(seen.lines) do
      assert.same({ spec = { a = 1 } }, line.before)
      assert.same({ { op = "replace", path = "/spec/a", value = 2 } },
        line.patch)
    end
  end)

  it("has all of what was made as a patch", function()
    local answer = { status = 201, body = '{"metadata":{"JWT":"x","id":"1"}}' }
    local transport, seen = layer { ["POST " .. URL] = answer,
      ["PUT " .. URL] = answer }
    transport { method = "POST", url = URL }
    transport(PUT)
    answer.status = 200
    transport(PUT)
    for i = 1, 2 do
      assert.same({ { op = "add", path = "",
        value = { metadata = { JWT = "(secret)", id = "1" } } } },
        seen.lines[i].patch)
    end
    assert.is_nil(seen.lines[3].patch)
  end)

  it("has an error in the place of a status", function()
    local transport, seen = layer {}
    local token = secret.new("opaque-token", "t")
    transport { method = "post", url = "https://me:pw@h.example/y?q=1",
                token = token }
    assert.same({ {
      method = "POST", url = "https://h.example/y", error = "closed",
      who = "token with SHA-256 " .. token:digest():sub(1, 16),
    } }, seen.lines)
  end)

  it("sends nothing more once a line cannot be written", function()
    local transport, seen = layer({ ["PUT " .. URL] = { status = 200 } },
      function() return nil, "x: no space" end)
    assert.equal(200, transport(PUT).status)
    assert.same({ "a write is not in audit x: no space" }, seen.notes)
    local _, message, code = transport(PUT)
    assert.equal("audit", code)
    assert.equal("PUT " .. URL .. ": not sent: audit x: no space", message)
    assert.equal(2, #seen.sent)
  end)

  it("sends nothing for whose line there is no room", function()
    local transport, seen = layer { ["PUT " .. URL] = { status = 200 } }
    seen.full = true
    local _, message = transport(PUT)
    assert.equal("PUT " .. URL .. ": not sent: audit x: no space", message)
    assert.same({ "GET " .. URL }, seen.sent)
    seen.full = false
    assert.equal(200, transport(PUT).status)
    assert.equal(1, #seen.lines)
  end)

  it("has room for all that is under way", function()
    local transport, seen
    local POST <const> = { method = "POST", url = URL }
    transport, seen = layer { ["POST " .. URL] = { status = 200 },
      ["PUT " .. URL] = function() return transport(POST) end }
    transport(PUT)
    transport(POST)
    local put, both, post = table.unpack(seen.room)
    assert.equal(both, put + post)
  end)

  it("has a line for a write whose answer nobody waited for", function()
    local transport, seen = layer { ["PUT " .. URL] = function()
      error "interrupted"
    end }
    assert.error(function() transport(PUT) end)
    assert.equal("cancelled", seen.lines[1].error)
    assert.same({ spec = { a = 2 } }, seen.lines[1].sent)
  end)
end)
