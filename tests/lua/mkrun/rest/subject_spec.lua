local declared = require "tests.support.declared_providers"
local subjects = require "mkrun.rest.subject"

--- What a journal keeps of the deletion of a zone whose declaration is changed.
local function means_of_deletion(change)
  local declaration = declared.names()
  change(declaration.resources.zones)
  local subject = subjects.new(declared.make(declaration))
  return subject.means(subject.meaning("DELETE",
    "/servers/localhost/zones/a."))
end

describe("mkrun.rest.subject: what is made again", function()
  it("gets another id if the server chooses it", function()
    assert.equal("id", means_of_deletion(function() end).id)
  end)

  it("keeps the id that is in the body", function()
    assert.is_nil(means_of_deletion(function(zones)
      zones.id, zones.keys = "name", { zone_id = "name" }
    end).id)
  end)
end)
