--- `mkrun new provider FILE.json` on documents that others wrote: those of
--- ReadMe's oas-examples, a package of npm (petstore, train travel, USPTO, and
--- one for each odd part of OpenAPI).

local document = require "mkrun.tool.new.provider.document"
local json = require "mkrun.json"
local new_provider = require "tests.support.new_provider"
local npm = require "tests.support.npm"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local folder, reason = npm.fetch("@readme/oas-examples", "8.2.2", "sha512-"
  .. "uytlvlylq3zpemG0h1R7ijlMBCajqXU0VpMI1Iw+j92s77Y/oT6pBf3BZN0lYl0WIGTh7POM"
  .. "4Jdu7L14eCzwXQ==")

if not folder then
  it("documents of npm", function() pending(reason) end)
  return
end

local function read(path) return assert(json.decode(temp.read(path))) end

local function paths_of(version)
  local found = {}
  for path in shell.output(("find %s/%s/json -name '*.json' | sort")
    :format(folder, version)):gmatch "[^\n]+" do
    found[#found + 1] = path
  end
  return found
end

--- Documents that have no operation, only webhooks or a title.
local EMPTY <const> = { ["title.json"] = true, ["webhooks.json"] = true }

for _, version in ipairs { "3.0", "3.1" } do
  describe("a provider of OpenAPI " .. version .. " loads:", function()
    for _, path in ipairs(paths_of(version)) do
      local name = path:match "[^/]*$"
      it(path:sub(#folder + 2), function()
        local root = read(path)
        assert.is_nil(not EMPTY[name] and document.fault(root) or nil)
        if EMPTY[name] then return end
        local provider, text = new_provider.made(root)
        local requests = {}
        for _, row in ipairs(provider.operations.all) do
          local what = row.method .. " " .. row.path:gsub("{.-}", "{}")
          assert.is_nil(requests[what], what)
          requests[what] = true
        end
        for line in text:gmatch "[^\n]+" do
          -- A name has no place to break.
          assert(#line <= 80 or line:find "[^ ]+[^=]* = " and
            #line:match "^ *(.*)$" > 60, line)
        end
      end)
    end
  end)
end

it("Swagger 2.0 is refused", function()
  local count = 0
  for _, path in ipairs(paths_of "2.0") do
    assert.matches("this is Swagger 2.0", document.fault(read(path)), 1, true)
    count = count + 1
  end
  assert(count > 3, count)
end)

it("the usual petstore reads as one would write it", function()
  local _, text = new_provider.made(read(folder .. "/3.0/json/petstore.json"))
  for _, wanted in ipairs {
    '    { "pet.get",                  "GET",    "/pet/{petId}" },\n',
    '    { "pet.find_pets_by_status",  "GET",    "/pet/findByStatus",\n'
      .. '      query = { "status" } },\n',
    '    { "order.delete", "DELETE", "/store/order/{orderId}" },\n',
    '    -- ? secrets by name or writeOnly: password\n',
    '        ["name!"] = "string", ["photoUrls!"] = { "string" },\n',
  } do
    assert.matches(wanted, text, 1, true)
  end
end)
