local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local overlays = require "mkrun.rest.overlay"

local BASE <const> = "https://names.test/api/v1"

--- Returns the id that an applied plan learns from the answer to a POST, where
--- GET answers with `answers`: path -> document.
local function learnt(response, answers)
  local sent = {}
  local overlay = overlays.new { base_url = BASE,
    provider = declared.make(declared.names()),
    read = function(request)
      local path = request.url:sub(#BASE + 1)
      sent[#sent + 1] = path
      local found = (answers or {})[path]
      return { status = found and 200 or 404, body = json.encode(found or {}) }
    end }
  local id = overlay:id_in({ method = "POST", url = BASE .. "/hosts",
    body = '{"name":"a"}' }, json.decode(response.body or ""), response)
  return id, sent
end

local function hosts(...)
  return { ["/hosts"] = { data = { items = json.array { ... } } } }
end

describe("the id of what an applied plan has made", function()
  it("is in the answer", function()
    local id, sent = learnt { status = 201, body = '{"uuid":7}' }
    assert.same({ 7, {} }, { id, sent })
  end)

  it("is in the field Location, and its kind is in the thing", function()
    local response = { status = 201, headers = { location = "/hosts/7" } }
    local id, sent = learnt(response, { ["/hosts/7"] = { uuid = 7 } })
    assert.same({ 7, { "/hosts/7" } }, { id, sent })
    assert.equal("7", (learnt(response)))
  end)

  it("is in the list, if one item there has what identifies it", function()
    local response = { status = 204 }
    assert.equal("u1", (learnt(response, hosts({ uuid = "u1", name = "a" },
      { uuid = "u2", name = "b" }))))
    assert.is_nil((learnt(response, hosts({ uuid = "u1", name = "a" },
      { uuid = "u2", name = "a" }))))
    assert.is_nil((learnt(response, hosts())))
    assert.is_nil((learnt(response)))
  end)

  it("is not known of a refused write", function()
    local id, sent = learnt({ status = 409, body = "{}" },
      hosts { uuid = "u1", name = "a" })
    assert.same({ nil, {} }, { id, sent })
  end)
end)
