local plan = require "mkrun.layer.plan"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local URL <const> = "https://api.test/things"

--- A model that answers every write with 200 and tells what it was.
local function model(seen)
  return { new = function(options)
    return {
      made = {},
      get = function(_, request, live) return live(request) end,
      write = function(_, request)
        seen[#seen + 1] = request.method
        if request.url ~= URL then return nil, "not known", "plan" end
        return { status = 200, body = "" },
          { action = "update", target = "/things" }
      end,
      whose = function() return "the organization" end,
      ask = function(_, request) return options.read(request) end,
      saw = function() end, covered_by = function() end,
      essence = function(_, request, response)
        assert(options.base_url == "https://api.test")
        return request.url .. response.status
      end,
    }
  end }
end

local function run()
  local sent, seen, record = {}, {}, plan.record()
  local transport = plan.new {
    model = model(seen), base_url = "https://api.test", record = record,
    script = "tests/lua/mkrun/layer/plan_spec.lua",
  } (function(request)
    sent[#sent + 1] = request.method .. " " .. request.url
    return { status = 200, body = "" }
  end)
  return transport, sent, seen, record
end

describe("the plan layer", function()
  it("lets nothing pass but GET and HEAD", function()
    local transport, sent, seen = run()
    local methods = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE",
      "OPTIONS", "PURGE", "get" }
    for _, method in ipairs(methods) do
      transport { method = method, url = URL }
    end
    assert.same({ "GET " .. URL, "HEAD " .. URL }, sent)
    assert.same({ table.unpack(methods, 3) }, seen)
  end)

  it("takes a request without a method as GET", function()
    local transport, _, seen, record = run()
    local sent = transport { method = "GET", url = URL }
    assert.equal(200, sent.status)
    assert.same({}, seen)
    assert.same({}, record.writes)
  end)

  it("remembers a write with the line of the script", function()
    local transport, _, _, record = run()
    local line = debug.getinfo(1, "l").currentline + 1
    transport { method = "PUT", url = URL }
    assert.equal(1, #record.writes)
    assert.equal("PUT", record.writes[1].method)
    assert.equal("tests/lua/mkrun/layer/plan_spec.lua:" .. line,
      record.writes[1].line)
  end)

  it("remembers nothing of a write that is refused", function()
    local transport, _, _, record = run()
    assert.same({ nil, "not known", "plan" },
      { transport { method = "PUT", url = URL .. "/x" } })
    assert.same({}, record.writes)
  end)

  it("depends on what was read, once, with the token of the run", function()
    local transport, _, _, record = run()
    local own, other = secret.new "own", secret.new "other"
    local function get(url, token)
      transport { method = "GET", url = url, token = token }
    end
    get(URL, own)
    get(URL, own)
    get(URL .. "/1", own)
    get(URL .. "/2", other)
    get(URL .. "/3", nil)
    assert.equal(2, #record.reads)
    assert.equal(URL .. "/1", record.reads[2].url)
    assert.equal(sys.sha256(URL .. "200"), record.reads[1].digest)
  end)

  it("depends on what a write changes", function()
    local transport, sent, _, record = run()
    transport { method = "PUT", url = URL, token = secret.new "own" }
    assert.same({ "GET " .. URL }, sent)
    assert.equal(URL, record.reads[1].url)
  end)

  it("knows whose it is that is written to", function()
    local transport, _, _, record = run()
    transport { method = "GET", url = URL, token = secret.new "own" }
    assert.is_nil(record.organization)
    transport { method = "PUT", url = URL, token = record.token }
    assert.equal("the organization", record.organization)
  end)

  it("fails when it cannot read what a write changes", function()
    local record = plan.record()
    local transport = plan.new { model = model {}, record = record,
      base_url = "https://api.test",
    } (function() return nil, "no answer", "timeout" end)
    assert.same({ nil, "no answer", "timeout" },
      { transport { method = "PUT", url = URL, token = secret.new "own" } })
    assert.same({}, record.writes)
  end)
end)
