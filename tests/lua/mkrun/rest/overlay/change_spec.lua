--- What a plan shows of the writes to a declared provider, in each format.

local declared = require "tests.support.declared_providers"
local json = require "mkrun.json"
local markdown = require "mkrun.plan.markdown"
local overlays = require "mkrun.rest.overlay"
local page = require "mkrun.plan.page"
local show = require "mkrun.plan.show"

local BASE <const> = "http://museum.test/v1"
local NO_FILES <const> = { written = {}, commands = {} }

local function museum()
  return {
    name = "museum", base_url = BASE,
    resources = {
      artists = { identify = { "name" }, lost = "its id and its note",
        secrets = { "key" } },
      works = { lost = "its frame" },
    },
    operations = {
      { "artists.list", "GET", "/artists" },
      { "artists.get", "GET", "/artists/{id}" },
      { "artists.create", "POST", "/artists", body = { ["name!"] = "string",
        backstory = "secret", inner = { doorcode = "secret" } } },
      { "artists.delete", "DELETE", "/artists/{id}" },
      { "works.get", "GET", "/works/{slug}" },
      { "works.put", "PUT", "/works/{slug}",
        body = { artist_id = "string", by = { "string" } } },
      { "works.delete", "DELETE", "/works/{slug}" },
    },
  }
end

--- Plans writes, and returns the plan's record and the answers.
local function planned(answers, ...)
  local overlay = overlays.new { base_url = BASE,
    provider = declared.make(museum()), read = function(request)
      local found = answers[request.url:sub(#BASE + 1)]
      return { status = found and 200 or 404, body = json.encode(found or {}) }
    end }
  local record = { writes = {}, unknown = {}, made = overlay.made }
  local told = {}
  for i, write in ipairs { ... } do
    local method, path, body = table.unpack(write)
    if type(body) == "function" then body = body(told) end
    local response, change = overlay:write { method = method,
      url = BASE .. path, body = body and json.encode(body) }
    told[i] = response.body ~= "" and json.decode(response.body) or nil
    record.writes[i] = { method = method, url = BASE .. path,
      provider = "museum", change = change }
  end
  return record, told
end

--- Returns a plan in all formats.
local function formats(record)
  local document = show.document(record, NO_FILES)
  local summary = show.summary(record)
  return { text = show.text(record, NO_FILES), json = show.json(document),
    markdown = markdown.of(document, summary),
    html = page.of(document, summary), document = document }
end

local TEXTS <const> = { "text", "json", "markdown", "html" }

describe("a secret in the plan of something new", function()
  it("is not shown if it is not sent", function()
    local record, told = planned({}, { "POST", "/artists", { name = "Ann" } })
    local shown = formats(record)
    for _, format in ipairs(TEXTS) do
      assert.not_matches("backstory", shown[format], 1, true)
      assert.not_matches("doorcode", shown[format], 1, true)
    end
    assert.is_nil(told[1].backstory)
    assert.is_nil(told[1].inner)
  end)

  it("is shown as one if it is sent, or comes with the answer alone",
    function()
      local record, told = planned({}, { "POST", "/artists", { name = "Ann",
        backstory = "canary-1", inner = { doorcode = "canary-2" } } })
      local shown = formats(record)
      for _, format in ipairs(TEXTS) do
        assert.not_matches("canary", shown[format], 1, true)
        assert.matches("backstory", shown[format], 1, true)
      end
      local fields = {}
      for _, field in ipairs(shown.document.changes[1].fields) do
        fields[field.path] = field.after
      end
      assert.same({ id = "(known after apply)", name = "Ann",
        backstory = "(secret)", key = "(secret)",
        ["inner.doorcode"] = "(secret)" }, fields)
      assert.is_string(told[1].key)
    end)
end)

describe("an id of something new in the plan", function()
  it("says whose it is", function()
    local record = planned({}, { "POST", "/artists", { name = "Ann" } },
      { "PUT", "/works/sun", function(told)
        return { artist_id = told[1].id, by = json.array { told[1].id } }
      end })
    local shown = formats(record)
    assert.matches("artist_id: (known after apply), the id of artist Ann\n",
      shown.text, 1, true)
    assert.matches("      id: (known after apply)\n", shown.text, 1, true)
    assert.matches("the id of artist Ann", shown.markdown, 1, true)
    assert.matches("the id of artist Ann", shown.html, 1, true)
    assert.equal("artist Ann", shown.document.changes[2].fields[1].whose)
    assert.equal("(known after apply)",
      shown.document.changes[2].fields[1].after)
  end)
end)

describe("a delete in the plan", function()
  it("says what is lost with it, in each format", function()
    local answers = { ["/works/sun"] = { slug = "sun" },
      ["/artists/7"] = { id = "7", name = "Ann" } }
    local shown = formats((planned(answers, { "DELETE", "/works/sun" },
      { "DELETE", "/artists/7" })))
    for _, format in ipairs(TEXTS) do
      assert.matches("its frame", shown[format], 1, true)
      assert.matches("its id and its note", shown[format], 1, true)
    end
    assert.matches("\n      cannot be brought back: its frame\n      DELETE /v1"
      .. "/works/sun", shown.text, 1, true)
    assert.equal("its frame", shown.document.changes[1].lost)
  end)

  it("alone says so", function()
    local shown = formats((planned({}, { "PUT", "/works/sun", {} })))
    for _, format in ipairs(TEXTS) do
      assert.not_matches("its frame", shown[format], 1, true)
    end
  end)
end)
