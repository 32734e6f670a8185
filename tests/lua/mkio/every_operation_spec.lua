--- Every operation of the contract: a method of mkio sends it, the sandbox
--- answers it, and both are as the contract states.

local calls = require "tests.lua.mkio.calls"
local contract = require "tests.support.contract"
local json = require "mkrun.json"
local mkio = require "mkio"
local operations = require "mkio.operations"
local sandbox = require "tests.support.sandbox"
local secret = require "mkrun.secret"
local temp = require "tests.support.temp"

local BASE <const> = "https://app.mk.io"

--- A value as it is after a way over the wire.
local function sent(value)
  if value ~= nil then return json.decode(assert(json.encode(value))) end
end

local function answered(response)
  if response.headers["content-type"] == "application/json" then
    return json.decode(response.body)
  end
end

--- What one request was, and what is wrong with it or its answer.
local function examine(options, response)
  local path = options.url:match "^https://[^/]+([^?]*)"
  local operation, parameters = operations.match(options.method, path)
  local complaint = contract.request_complaint(operation, {
    parameters = parameters, query = options.query, body = sent(options.json),
    content_type = options.headers["Content-Type"],
  }) or contract.complaint(operation, response.status, answered(response))
  return { key = operation.key, complaint = complaint, safe = options.safe,
    ok = operations.is_ok(operation, response.status) }
end

--- An organization on the sandbox, and the list that its requests go to.
local function connect(api, seen, token)
  return mkio.connect {
    base_url = BASE, project = "news", token = secret.new(token, "token"),
    http = { request = function(options)
      local response = assert(api.model.transport(options))
      seen[#seen + 1] = examine(options, response)
      return response
    end },
  }
end

--- Call "org.teams:get" on what `roots` has.
local function call(roots, method, ...)
  local owner = roots
  for name in method:gmatch "([%w_]+)[.:]" do owner = owner[name] end
  local name = method:match "[%w_]+$"
  local result = assert(owner[name], method)(owner, ...)
  while type(result) == "function" and result() do end
  return result
end

--- The sandbox before the first call, and what the calls name.
local function prepare(path)
  local api = sandbox.new { file = path }
  local kari = api.model:login "kari@northlight.example"
  local _, tokens = api:get "/organization/tokens"
  local ids = {
    method = api:payment_method(), organization = api:organization_id(),
    kari = api:member "kari@northlight.example",
  }
  for _, token in ipairs(tokens.value) do
    if token.spec.user:find "kari" then ids.kari_token = token.metadata.id end
  end
  return api, ids, kari
end

local function roots_of(org) return { org = org, project = org:project() } end

--- The roots for somebody who was invited.
local function guest(api, seen)
  api:post("/organization/invites",
    { spec = { email = "nora@partner.example", comment = "x" } })
  return roots_of(connect(api, seen, api.model:login "nora@partner.example"))
end

--- Did `seen` hold this operation, and no other?
local function only(seen, key)
  for _, request in ipairs(seen) do
    if request.key ~= key then return false end
  end
  return #seen > 0
end

local function first_complaint(seen)
  for _, request in ipairs(seen) do
    if request.complaint then return request.complaint end
  end
end

--- Is all that was done in the file and its log, and no secret?
local function is_kept(api, path)
  local log = temp.read(path .. ".log") or ""
  return api.model:save() == sandbox.new { file = path }.model:save()
    and not log:find "s3cret" and not log:find "eyJ"
end

--- Every row's outcome: { key =, reachable =, answered =, valid =, why = };
--- `kept`: a run that were killed then would have lost nothing.
local function run()
  local path = temp.folder() .. "/state.json"
  local api, ids = prepare(path)
  local seen, outcomes, invited = {}, {}, nil
  local roots = roots_of(connect(api, seen, "ola"))
  for i, row in ipairs(calls) do
    local key, method, arguments = table.unpack(row, 1, 3)
    if row.before then row.before(api) end
    if row.invited then invited = invited or guest(api, seen) end
    for j = #seen, 1, -1 do seen[j] = nil end
    local result = table.pack(pcall(function()
      return call(row.invited and invited or roots, method,
        (arguments or function() end)(ids))
    end))
    local last, complaint = seen[#seen] or {}, first_complaint(seen)
    outcomes[i] = { key = key, safe = last.safe, reachable = only(seen, key),
      answered = last.ok, valid = last.ok and not complaint,
      why = complaint or result[2],
      kept = operations.by_key[key].method == "GET" or is_kept(api, path) }
    if result[1] and row.keep then row.keep(ids, result[2]) end
  end
  return outcomes
end

describe("all operations", function()
  local outcomes

  setup(function() outcomes = run() end)

  it("are in the sandbox's file once they are answered", function()
    for _, outcome in ipairs(outcomes) do
      assert(outcome.kept, outcome.key)
    end
  end)

  it("are reachable from mkio, answered by the sandbox, and valid",
    function()
      local count = { reachable = 0, answered = 0, valid = 0 }
      for _, outcome in ipairs(outcomes) do
        for name, number in pairs(count) do
          if outcome[name] then count[name] = number + 1 end
        end
      end
      print(("%d operations: %d reachable, %d answered, %d valid"):format(
        #operations.all, count.reachable, count.answered, count.valid))
      for _, outcome in ipairs(outcomes) do
        assert(outcome.valid and outcome.reachable,
          outcome.key .. ": " .. tostring(outcome.why))
      end
      assert.same({ reachable = 60, answered = 60, valid = 60 }, count)
    end)

  it("are sent again as the table says", function()
    local safe = { ["teams.patch"] = false, ["payment_methods.patch"] = true }
    for _, outcome in ipairs(outcomes) do
      local wanted = operations.by_key[outcome.key].safe
      if wanted == "entries" then wanted = safe[outcome.key] end
      assert.equal(wanted, outcome.safe, outcome.key)
    end
  end)

  it("are each in the list of calls once", function()
    local seen = {}
    for _, row in ipairs(calls) do
      assert.is_nil(seen[row[1]], row[1])
      assert(operations.by_key[row[1]], row[1])
      seen[row[1]] = true
    end
    assert.equal(#operations.all, #calls)
  end)

  it("have their method named in the manual", function()
    local named = {}
    for owner, name in temp.read "src/manual/mkio.md"
      :gmatch "\n(%l[%l._]*):([%l_]+)%(" do
      named[owner .. ":" .. name] = true
    end
    for _, row in ipairs(calls) do assert(named[row[2]], row[2]) end
  end)
end)

describe("the contract's view of a request", function()
  local function complaint(key, request)
    return contract.request_complaint(operations.by_key[key], request)
  end

  it("would notice what does not fit", function()
    local id = "31aa22bb-33cc-44dd-88ee-55ff66aa77bb"
    local type_ = "application/json"
    assert.equal("invite_id is no uuid",
      complaint("invites.get", { parameters = { invite_id = "x" } }))
    assert.equal("$top is not stated", complaint("teams.list",
      { parameters = {}, query = { ["$top"] = "1" } }))
    assert.equal("/spec/comment is missing", complaint("invites.create",
      { parameters = {}, content_type = type_,
        body = { spec = { email = "x" } } }))
    assert.equal("/status is read-only", complaint("metrics.patch",
      { parameters = { project_name = "p" }, content_type = type_,
        body = { spec = { enabled = true }, status = {} } }))
    assert.equal("content type application/json is not stated",
      complaint("payment_methods.patch", { body = {}, content_type = type_,
        parameters = { paymentmethod_id = id } }))
    assert.equal("a body where none is stated",
      complaint("invites.get", { parameters = { invite_id = id }, body = 1 }))
  end)
end)
