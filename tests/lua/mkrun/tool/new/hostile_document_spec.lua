--- `mkrun new provider FILE.json`, where the document is a stranger's: no text
--- of it becomes code, any value may stand anywhere, and its reading ends.

local document_ = require "mkrun.tool.new.provider.document"
local json = require "mkrun.json"
local new_provider = require "tests.support.new_provider"
local provider = require "mkrun.tool.new.provider"

local made, document = new_provider.made, new_provider.document
local operation = new_provider.operation

--- Texts that would end a string, a comment or a table of Lua.
local BREAKS <const> = { '"', "'", "]]", "]==]", "\n", "\r", "\r\n", "\\",
  "\\\n", "\0", "--[[", "--[==[", "\u{2028}", "\u{202E}", "\xFF", "}}", "{id}",
  "%s %d %1", "@NAME@", "end", "a.b", "?!" }

local CODE <const> = " os.exit(7) error('injected')\n"

--- A document that has a text in each place where a text may be.
local function everywhere(text)
  local schema = { type = "object", format = text, description = text,
    required = json.array { text }, properties = {
      [text] = { type = "string", description = text },
      id = { type = text }, [text .. "password"] = { type = "string" },
      ["password" .. text] = { type = "array", items = { type = "string" } },
      items = { enum = json.array { text }, ["$ref"] = text } } }
  local content = { [text] = { schema = schema },
    ["application/" .. text .. "+json"] = { schema = schema },
    ["application/json"] = { schema = schema } }
  local parameter = { name = text, ["in"] = "query" }
  local node = { operationId = text, tags = json.array { text },
    parameters = json.array { parameter }, summary = text,
    security = json.array { { [text] = json.array {} } },
    requestBody = { content = content },
    responses = { ["200"] = { content = content }, [text] = {},
      default = { content = content } } }
  return { openapi = "3.1.0", info = { title = text, version = text },
    servers = json.array { { url = "https://a" .. text } },
    components = { securitySchemes = { [text] = { type = "apiKey",
      ["in"] = "header", name = text } } },
    paths = { ["/" .. text] = { get = node, post = node },
      ["/a" .. text .. "/{id}"] = { put = node, patch = node },
      ["/b/{" .. text .. "}"] = { get = node, delete = node },
      ["/c"] = { get = node, post = node }, ["/c/{id}"] = { get = node } } }
end

describe("no text of a document becomes code", function()
  for _, text in ipairs(BREAKS) do
    it(("%q"):format(text), function()
      for _, whole in ipairs { text, text .. CODE, "a" .. text .. CODE .. text,
        text .. "}" .. CODE } do
        made(everywhere(whole))
      end
    end)
  end

  it("and a name of a document is one of Lua", function()
    for _, text in ipairs(BREAKS) do
      local name = provider.name("openapi.json", { info = { title = text } })
      assert.matches("^%l[%l%d_]*$", name or "none")
    end
  end)
end)

local ODD <const> = { json.null, true, false, 0, -1, 1.5, "", "x",
  json.array {}, json.object {}, json.array { json.null, 1, "x", {} } }

--- Calls `fn` for each place in a value, with a function that sets it.  A table
--- that stands in several places counts once.
local function each_place(value, fn, seen)
  seen = seen or {}
  if type(value) ~= "table" or seen[value] then return end
  seen[value] = true
  for _, key in ipairs(json.is_array(value) and { 1 }
    or document_.names(value)) do
    local member = value[key]
    if member ~= nil then
      fn(function(other) value[key] = other end)
      value[key] = member
      each_place(member, fn, seen)
    end
  end
end

describe("any value may stand anywhere in a document", function()
  it("and what is made loads, or is refused", function()
    local whole, count = everywhere "a", 0
    each_place(whole, function(set)
      for _, odd in ipairs(ODD) do
        set(odd)
        if not document_.fault(whole) and document_.operations(whole) then
          made(whole)
        end
        count = count + 1
      end
    end)
    assert(count > 500, count)
  end)
end)

--- Schemas that hold ten times the next one, in depth: 10^30 in all.
local function bomb(of)
  local schemas = { S30 = { type = "string" } }
  for i = 0, 29 do
    schemas["S" .. i] = of { ["$ref"] = "#/components/schemas/S" .. i + 1 }
  end
  return { components = { schemas = schemas } }
end

local FIRST <const> = { ["$ref"] = "#/components/schemas/S0" }

local function many(path, count, node)
  local paths = {}
  for i = 1, count do paths[path:format(i)] = node end
  return paths
end

describe("the reading of a document ends", function()
  local bombs = {
    ["allOf in allOf"] = function(one)
      return { allOf = json.array { one, one, one, one, one, one } }
    end,
    ["members in members"] = function(one)
      return { type = "object", properties = { a = one, b = one, c = one,
        d = one, token = one, e = one } }
    end,
    ["alternatives in alternatives"] = function(one)
      return { oneOf = json.array { one, one, one, one, one } }
    end,
    ["items in items"] = function(one)
      return { type = "array", items = { anyOf = json.array { one, one } } }
    end,
  }
  for name, of in pairs(bombs) do
    it("where a schema holds " .. name, function()
      local node = operation(FIRST, FIRST)
      made(document(many("/a%d/{id}", 50, { get = node, put = node,
        post = node }), bomb(of)))
    end)
  end

  it("where it is nested as deep as JSON may be", function()
    local deep = { type = "string" }
    for _ = 1, 400 do
      deep = { type = "object", properties = { a = deep } }
    end
    made(document { ["/a/{id}"] = { put = operation(deep, deep) } })
    made(document { ["/" .. ("{a}/"):rep(38)] = { get = {} },
      ["/" .. ("a/"):rep(38)] = { get = {} } })
  end)

  it("where references go in a circle", function()
    local paths = { ["/a"] = { ["$ref"] = "#/paths/~1b" },
      ["/b"] = { ["$ref"] = "#/paths/~1a" }, ["/c"] = { get = {
        requestBody = { ["$ref"] = "#/paths/~1c/get/requestBody" },
        responses = { ["200"] = { ["$ref"] =
          "#/paths/~1c/get/responses/200" } } } } }
    assert.equal(1, #made(document(paths)).operations.all)
  end)

  it("where many paths share what is large", function()
    local names, values = {}, json.array {}
    for i = 1, 2000 do
      names["p" .. i], values[i] = { type = "string" }, "p" .. i
    end
    local large = { type = "object", properties = names, required = values,
      enum = values }
    local paths = many("/a%d/{id}", 500, { ["$ref"] = "#/x-item" })
    made(document(paths, { ["x-item"] = { put = operation(large, large) } }))
  end)

  it("where there are more operations than anybody reads", function()
    local text, message = provider.text(document(many("/a%d", 20000,
      { get = {} })), "shop")
    assert.is_nil(text)
    assert.equal("more than 3000 operations: cut the document down to the "
      .. "paths that you need", message)
  end)

  it("where a path, or the name of a member, is longer than a line", function()
    local long = ("x"):rep(100000)
    local _, text = made(document { ["/" .. long] = { get = {} },
      ["/a/{" .. long .. "}"] = { get = {} }, ["/b/{id}"] = { put =
        operation(nil, { type = "object",
          properties = { [long] = { type = "string" } } }) } })
    assert(#text < 2000, #text)
    assert.matches("-- Left out: 2 paths that no row can have", text, 1, true)
  end)
end)

describe("a document is refused", function()
  for fault, root in pairs {
    ["this is Swagger 2.0: OpenAPI 3.0 or 3.1 expected"] = { swagger = "2.0" },
    ["OpenAPI 3.2.0: 3.0 or 3.1 expected"] = { openapi = "3.2.0" },
    ["OpenAPI 3.10: 3.0 or 3.1 expected"] = { openapi = "3.10" },
    ["no member 'openapi' with a version"] = { openapi = 3 },
    ["no member 'paths' with a path in it"] = { openapi = "3.1.0",
      webhooks = {} } } do
    it(fault, function()
      assert.matches(fault, document_.fault(root), 1, true)
    end)
  end

  it("if it is no object", function()
    for _, root in ipairs { json.array {}, json.null, "openapi", 3, true } do
      assert.matches("no member 'openapi'", document_.fault(root), 1, true)
    end
  end)
end)
