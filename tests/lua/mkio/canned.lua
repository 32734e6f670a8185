--- A client that answers from a list and remembers what it was asked.

local json = require "mkrun.json"

local mkio = require "mkio"

local M = {}

local function answer_of(canned, key)
  local answer = canned[key]
  if type(answer) == "table" and answer[1] and answer[1].status then
    return #answer > 1 and table.remove(answer, 1) or answer[1]
  end
  return answer
end

local function failure(key, answer)
  if answer.code then return nil, answer.message, answer.code end
  local response = { status = answer.status, attempts = answer.attempts,
    json = function() return answer.body end }
  return nil, ("%s: %d"):format(key, answer.status), "http", response
end

--- An answer is {status =, body =}, a list of these, or {code =, message =}
--- for a request that gets none.  Keys are "GET /api/...".
---@param canned table<string, table>
---@return table client  with `seen`, a list of {method, path, json, query}
function M.client(canned)
  local client = { seen = {} }
  function client:request(method, path, options)
    local key = method .. " " .. path
    self.seen[#self.seen + 1] = {
      key = key, json = options.json, query = options.query,
      headers = options.headers, safe = options.safe,
    }
    local answer = assert(answer_of(canned, key), "not expected: " .. key)
    if answer.code or answer.status > 299 then return failure(key, answer) end
    return answer.body, { status = answer.status, attempts = 1 }
  end
  return client
end

--- An organization on a canned client.
function M.connect(canned)
  local client = M.client(canned)
  return mkio.connect { base_url = "https://api.test", client_for = function()
    return client
  end }, client
end

--- A successful answer.
function M.ok(body, status) return { status = status or 200, body = body } end

--- An error answer in the API's form.
function M.refused(status, code, detail)
  return { status = status, body = {
    error = { code = code, detail = detail }, status = status, ref = "f00d-1",
  } }
end

--- A list answer of the shape {kind, value}.
function M.list(...)
  return M.ok { kind = "List", value = json.array { ... } }
end

--- The keys of what was sent, without the reads.
function M.writes(client)
  local keys = {}
  for _, request in ipairs(client.seen) do
    if request.key:sub(1, 4) ~= "GET " then keys[#keys + 1] = request.key end
  end
  return keys
end

return M
