local json = require "mkrun.json"
local merge = require "mkio.likeness.merge"

local function merged(one, other)
  local whole, pointer = merge.add(json.decode(one), json.decode(other))
  return whole and json.encode(whole, { sort = true }), pointer
end

describe("the files of a SPEC for --like", function()
  it("are merged by what tells the elements of a list apart", function()
    assert.equal('{"teams":[{"members":[{"email":"a@x.no"},'
      .. '{"email":"b@x.no"}],"name":"t"},{"name":"u"}]}', (merged(
      '{"teams":[{"name":"t","members":[{"email":"a@x.no"}]}]}',
      '{"teams":[{"name":"t","members":[{"email":"A@x.no"},'
        .. '{"email":"b@x.no"}]},{"name":"u"}]}')))
    assert.equal('{"teams":[{"name":"t"}]}',
      (merged('{"teams":[]}', '{"teams":[{"name":"t"}]}')))
  end)

  it("say the same in lists of texts, in any order", function()
    local function of(teams)
      return ('{"invites":[{"email":"a@x.no","teams":%s}]}'):format(teams)
    end
    assert.equal(of '["t","u"]', (merged(of '["t","u"]', of '["u","t"]')))
    assert.equal(of "[]", (merged(of "[]", of "[]")))
    for _, pair in ipairs { { '["t"]', '["u"]' }, { "[]", '["t"]' },
      { '["t"]', "[]" } } do
      assert.same({ nil, "/invites/0/teams" },
        { merged(of(pair[1]), of(pair[2])) })
    end
  end)
end)
