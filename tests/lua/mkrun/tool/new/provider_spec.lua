--- `mkrun new provider FILE.json`: what the table of a document says.

local json = require "mkrun.json"
local new_provider = require "tests.support.new_provider"

local made, document = new_provider.made, new_provider.document
local operation = new_provider.operation

local TEXT <const>, ID <const> = { type = "string" }, { type = "integer" }

local function object(properties, more)
  local schema = { type = "object", properties = properties }
  for name, member in pairs(more or {}) do schema[name] = member end
  return schema
end

local function list(items) return { type = "array", items = items } end

--- The keys of a document's rows: "GET /pets" -> "pets.list".
local function keys(paths)
  local provider, found = made(document(paths)), {}
  for _, row in ipairs(provider.operations.all) do
    found[row.method .. " " .. row.path] = row.key
  end
  return found
end

--- The body type of a schema, as the file has it.
local function body_of(schema, more)
  local _, _, declared = made(document({
    ["/pets/{id}"] = { put = operation(nil, schema) } }, more))
  return declared.operations[1].body
end

describe("the rows of a document are named", function()
  it("by the last word of the path and what the method does to it", function()
    assert.same({
      ["GET /pets"] = "pets.list", ["POST /pets"] = "pets.create",
      ["DELETE /pets"] = "pets.delete_all",
      ["GET /pets/{id}"] = "pets.get", ["PUT /pets/{id}"] = "pets.put",
      ["PATCH /pets/{id}"] = "pets.patch",
      ["DELETE /pets/{id}"] = "pets.delete",
      ["GET /me"] = "me.get", ["PUT /me"] = "me.put",
    }, keys {
      ["/pets"] = { get = {}, post = {}, delete = {} },
      ["/pets/{id}"] = { get = {}, put = {}, patch = {}, delete = {} },
      ["/me"] = { get = {}, put = {} },
    })
  end)

  it("by more words where the last one is not enough", function()
    assert.same({
      ["GET /v1/user/tokens"] = "user_tokens.list",
      ["GET /v1/user/tokens/{id}"] = "user_tokens.get",
      ["GET /v1/org/tokens"] = "org_tokens.list",
      ["GET /v1/org/tokens/{id}"] = "org_tokens.get",
      ["GET /v1/paymentMethods"] = "payment_methods.get",
    }, keys {
      ["/v1/user/tokens"] = { get = {} },
      ["/v1/user/tokens/{id}"] = { get = {} },
      ["/v1/org/tokens"] = { get = {} },
      ["/v1/org/tokens/{id}"] = { get = {} },
      ["/v1/paymentMethods"] = { get = {} },
    })
  end)

  it("by operationId where the method is none of the verbs", function()
    assert.same({
      ["GET /pets/{id}"] = "pets.get",
      ["POST /pets/{id}/upload"] = "pets.send_picture",
      ["GET /pets/search"] = "pets.find_by_tag",
      ["PUT /pets"] = "pets.update_pet",
      ["POST /pets/{id}/feed"] = "pets.feed",
      ["POST /pets/{id}/walk"] = "pets.walk",
    }, keys {
      ["/pets"] = { put = { operationId = "updatePet" } },
      ["/pets/{id}"] = { get = { operationId = "getPet" } },
      ["/pets/search"] = { get = { operationId = "pets/find-by-tag" } },
      ["/pets/{id}/upload"] = { post = { operationId = "sendPicture" } },
      ["/pets/{id}/feed"] = { post = { operationId = "[post]_/pets/feed" } },
      -- A verb with a meaning would say what nobody knows.
      ["/pets/{id}/walk"] = { post = { operationId = "delete" } },
    })
  end)

  it("in items of two parameters, whose list has one", function()
    assert.same({
      ["GET /queues"] = "queues.get_all",
      ["GET /queues/{vhost}"] = "queues.list",
      ["GET /queues/{vhost}/{name}"] = "queues.get",
      ["PUT /queues/{vhost}/{name}"] = "queues.put",
    }, keys {
      ["/queues"] = { get = {} }, ["/queues/{vhost}"] = { get = {} },
      ["/queues/{vhost}/{name}"] = { get = {}, put = {} },
    })
  end)

  it("apart, if an item's parameter has another name", function()
    assert.same({ ["GET /pets/{digest}"] = "pets.get",
      ["DELETE /pets/{id}"] = "pets.delete_by_id" }, keys {
      ["/pets/{digest}"] = { get = {} },
      ["/pets/{id}"] = { delete = { operationId = "deleteById" } } })
  end)

  it("as what they are: a list below an item, a thing of its own", function()
    assert.same({
      ["GET /rules/{name}"] = "rules.get",
      ["GET /rules/{name}/events"] = "events.list",
      ["GET /rules/{name}/status"] = "status.get",
    }, keys {
      ["/rules/{name}"] = { get = {} },
      ["/rules/{name}/events"] =
        { get = operation(list(object { id = ID })) },
      ["/rules/{name}/status"] = { get = operation(object { on = TEXT }) },
    })
  end)

  it("without a parameter that is no name of Lua", function()
    assert.same({ ["GET /pets/{pet_id}"] = "pets.get" },
      keys { ["/pets/{pet-id}"] = { get = {} } })
  end)
end)

describe("a request body becomes", function()
  it("the words and tables of rest.provider", function()
    assert.same({ ["name!"] = "string", age = "integer", weight = "number",
      good = "boolean", tags = { "string" }, extra = "object", all = "array",
      labels = { ["*"] = "string" }, owner = { ["id!"] = "integer" } },
      body_of(object({
        name = TEXT, age = ID, weight = { type = "number" },
        good = { type = "boolean" }, tags = list(TEXT),
        extra = { type = "object" }, all = { type = "array" },
        labels = { type = "object", additionalProperties = TEXT },
        owner = object({ id = ID }, { required = { "id" } }),
      }, { required = { "name" } })))
  end)

  it("what null may stand for, in 3.0 and in 3.1", function()
    assert.same({ ["a?"] = "string", ["b?"] = "string", ["c?"] = "integer",
      d = "any" }, body_of(object { a = { type = "string", nullable = true },
      b = { type = json.array { "string", "null" } },
      c = { anyOf = json.array { ID, { type = "null" } } },
      d = { type = json.array { "string", "integer" } } }))
  end)

  it("all parts of allOf, without what only the server writes", function()
    local schemas = {
      Named = object({ name = TEXT }, { required = { "name" } }),
      Pet = { allOf = { { ["$ref"] = "#/components/schemas/Named" },
        object { id = { type = "integer", readOnly = true }, age = ID,
          link = { ["$ref"] = "#/components/schemas/Named",
            readOnly = true } } } } }
    assert.same({ ["name!"] = "string", age = "integer" },
      body_of({ ["$ref"] = "#/components/schemas/Pet" },
        { components = { schemas = schemas } }))
  end)

  it("secrets, with a mark unless the format says so", function()
    local _, text, declared = made(document { ["/users/{name}"] = {
      put = operation(nil, object { code = { type = "string",
        format = "password" }, apiKey = TEXT, pin = { type = "string",
        writeOnly = true }, page_token = TEXT, tokens = ID }) } })
    assert.same({ code = "secret", apiKey = "secret", pin = "secret",
      page_token = "string", tokens = "integer" }, declared.operations[1].body)
    assert.matches("-- ? secrets by name or writeOnly: apiKey, pin\n", text, 1,
      true)
  end)

  it("an end, where a type holds itself", function()
    local schemas = { Node = object { next = { ["$ref"] =
      "#/components/schemas/Node" }, all = list { ["$ref"] =
      "#/components/schemas/Node" }, name = TEXT } }
    assert.same({ next = "object", all = { "object" }, name = "string" },
      body_of({ ["$ref"] = "#/components/schemas/Node" },
        { components = { schemas = schemas } }))
    local circle = { A = { ["$ref"] = "#/components/schemas/B" },
      B = { ["$ref"] = "#/components/schemas/A" } }
    assert.equal("any", body_of({ ["$ref"] = "#/components/schemas/A" },
      { components = { schemas = circle } }))
    assert.equal("any", body_of { ["$ref"] = "other.json#/Pet" })
  end)

  it("an object, where a member's name would be a mark", function()
    for _, name in ipairs { "a!", "b?", "*", "" } do
      assert.equal("object", body_of(object { [name] = TEXT }), name)
    end
  end)

  it("a PATCH of the kind that the document says, or a mark", function()
    local function patch(media_type, schema)
      return made(document { ["/pets/{id}"] = { get = {}, patch = {
        requestBody = { content = { [media_type] = { schema = schema } } },
        responses = { ["200"] = {} } } } })
    end
    local entries = list(object { op = TEXT, path = TEXT })
    for media_type, case in pairs {
      ["application/merge-patch+json"] = { object { a = TEXT }, "merge" },
      ["application/json-patch+json"] = { entries, "json-patch" },
      ["application/json"] = { entries, "json-patch" } } do
      local provider, text = patch(media_type, case[1])
      local row = provider.operations.by_key["pets.patch"]
      assert.equal(case[2], row.act)
      assert.equal(media_type, row.content_type)
      assert.is_nil(text:find("meaning = false", 1, true))
    end
    local provider, text = patch("application/json", object { a = TEXT })
    assert.is_nil(provider.operations.by_key["pets.patch"].act)
    assert.matches('-- ? patch = "merge" or "json" in place of meaning = false',
      text, 1, true)
  end)

  it("without a meaning where a verb would not be taken", function()
    local provider, text = made(document {
      ["/pets/{id}"] = { put = {} },
      ["/pets/{id}/creat"] = { post = {} },
      ["/pets/search"] = { get = { operationId = "lst" } },
    })
    local by_key = provider.operations.by_key
    assert.is_nil(by_key["pets.put"].act)
    assert.is_nil(by_key["pets.creat"].act)
    assert.matches("-- ? nothing here shows what it makes: shown_by = KEY",
      text, 1, true)
    assert.equal("ask", by_key["pets.lst"].act)
  end)

  it("with what the server fills in", function()
    local schema = object({ floor = { type = "integer", default = 0 },
      open = { type = "boolean", default = false },
      rate = { type = "number", default = 2 },
      title = { type = "string", default = "x" },
      bad = { type = "integer", default = "0" },
      list = { type = "array", default = {} },
      long = { type = "string", default = ("x"):rep(99) },
      none = { type = "string", default = json.null },
      shown = { type = "string", default = "y", readOnly = true },
      password = { type = "string", default = "hunter22" } })
    local provider, text = made(document { ["/pets/{id}"] = {
      get = {}, put = operation(nil, schema), patch = operation(nil, schema) },
      ["/pets"] = { post = operation(nil, { allOf = { schema } }, "201") } })
    local by_key = provider.operations.by_key
    local wanted = { floor = 0, open = false, rate = 2, title = "x" }
    assert.same(wanted, by_key["pets.put"].defaults)
    assert.same(wanted, by_key["pets.create"].defaults)
    assert.is_nil(by_key["pets.patch"].defaults)
    assert.not_matches("hunter22", text, 1, true)
  end)

  it("a mark, if it is no JSON", function()
    local provider, text = made(document { ["/pets/{id}"] = { put = {
      requestBody = { content = { ["text/xml"] = {} } } } } })
    assert.matches("-- ? the body is text/xml, which is not written here", text,
      1, true)
    assert.equal(1, #provider.operations.all)
  end)
end)

describe("the service of a document", function()
  it("is at its first address, whose variables are filled in", function()
    local function url(servers)
      local provider, text = made(document({ ["/a"] = { get = {} } },
        { servers = servers }))
      return provider.base_url, text
    end
    assert.equal("https://eu.shop.example/v1", url { { variables =
      { region = { default = "eu" } },
      url = "https://{region}.shop.example/v1/" } })
    for _, servers in ipairs { {}, { { url = "/v2" } }, { { url = "{a}" } },
      { { url = "https://user:pass@shop.example" } },
      { { url = 'https://shop.example/"..os.exit().."' } } } do
      local where, text = url(servers)
      assert.matches("^https://api%.example", where)
      assert.matches("-- ? the document names no whole address", text, 1, true)
    end
  end)

  it("takes the token as its security schemes say", function()
    for word, scheme in pairs { bearer = { type = "http", scheme = "Bearer" },
      basic = { type = "http", scheme = "basic" },
      ["X-Key"] = { type = "apiKey", ["in"] = "header", name = "X-Key" },
      Apikey = { type = "apiKey", ["in"] = "header", name = "apikey" },
      none = { type = "apiKey", ["in"] = "query", name = "key" } } do
      local provider = made(document({ ["/a"] = { get = {} } },
        { security = { { Key = {} } },
          components = { securitySchemes = { Key = scheme } } }))
      assert.equal(word, provider.auth)
    end
  end)

  it("has operations without a token", function()
    local provider = made(document({ ["/a"] = { get = { security =
      json.array {} } }, ["/b"] = { get = {} } },
      { security = { { Key = {} } }, components = { securitySchemes =
        { Key = { type = "http", scheme = "bearer" } } } }))
    assert.equal("none", provider.operations.by_key["a.get"].auth)
    assert.equal("token", provider.operations.by_key["b.get"].auth)
  end)
end)

describe("the answers of a document say", function()
  local items = list(object { id = ID, name = TEXT })

  local function pages(answer, parameters)
    local get = operation(answer)
    get.parameters = parameters
    local provider, text = made(document { ["/pets"] = { get = get },
      ["/pets/{id}"] = { get = {} } })
    return provider.operations.by_key["pets.list"].pages, text
  end

  it("where the items of a list are, and the link to the next page", function()
    assert.same({}, pages(items))
    assert.same({ items = "pets" }, pages(object { pets = items }))
    assert.same({ items = "data", next = "links.next" }, pages(object {
      data = items, links = object { next = TEXT }, errors = list(TEXT) }))
    local _, text = pages(object { x = items, items = items })
    assert.matches("-- ? the items could be another member", text, 1, true)
    _, text = pages(nil)
    assert.matches("-- ? the document does not say how the list looks", text, 1,
      true)
  end)

  it("by which parameters of the path and the method it has pages", function()
    local function query(...)
      local parameters = {}
      for i, name in ipairs { ... } do
        parameters[i] = { name = name, ["in"] = "query" }
      end
      return parameters
    end
    assert.same({ page = "page", page_size = "per_page" },
      pages(items, query("page", "per_page")))
    assert.same({ offset = "offset", limit = "limit" },
      pages(items, query("limit", "offset", "sort")))
    local provider = made(document { ["/pets"] = { get = operation(items),
      parameters = query("status", "$filter") },
      ["/pets/{id}"] = { get = {} } })
    assert.same({ status = "status", filter = "$filter" },
      provider.operations.by_key["pets.list"].query)
  end)

  it("of each list, if lists differ", function()
    local provider = made(document {
      ["/a"] = { get = operation(items) }, ["/a/{id}"] = { get = {} },
      ["/b"] = { get = operation(object { b = items }) },
      ["/b/{id}"] = { get = {} } })
    assert.same({}, provider.operations.by_key["a.list"].pages)
    assert.same({ items = "b" }, provider.operations.by_key["b.list"].pages)
  end)

  it("which statuses are success", function()
    local provider = made(document { ["/a/{id}"] = { put = { responses = {
      ["201"] = {}, ["204"] = {}, ["404"] = {}, default = {} } },
      delete = operation(nil, nil, "200") } })
    assert.same({ 201, 204 }, provider.operations.by_key["a.put"].ok)
    assert.is_nil(provider.operations.by_key["a.delete"].only)
  end)

  it("how an error reads", function()
    local get = operation(TEXT)
    get.responses["404"] = { content = { ["application/problem+json"] = {
      schema = object { error = object { code = TEXT, message = TEXT } } } } }
    assert.same({ code = "error.code", detail = "error.message" },
      (made(document { ["/a"] = { get = get } })).error)
  end)

  it("what identifies a thing", function()
    local pet = object { metadata = object { id = ID, name = TEXT },
      title = TEXT }
    local provider, text = made(document {
      ["/pets"] = { get = operation(list(pet)),
        post = operation(pet, object { name = TEXT, title = TEXT,
          metadata = object { name = TEXT } }) },
      ["/pets/{pet_id}"] = { get = operation(pet) },
      ["/toys"] = { get = operation(list(pet)) },
      ["/toys/{toy_name}"] = { get = operation(pet), put = operation() } })
    assert.equal("metadata.id", provider.resources.pets.id)
    -- The answer shows no `name` where a request sets it.
    assert.same({ "title" }, provider.resources.pets.identify)
    assert.same({ toy_name = "metadata.name" },
      provider.resources.toys.members)
    assert.matches("-- ? identify: guessed", text, 1, true)
    assert.matches("-- ? keys: guessed", text, 1, true)
  end)
end)

describe("the errors of a document", function()
  it("have a mark, also if it shows none", function()
    local _, text, declared = made(document { ["/pets"] = { get = {} } })
    assert.is_nil(declared.error)
    assert.matches("\n  -- ? error = { code = ", text, 1, true)
  end)
end)
