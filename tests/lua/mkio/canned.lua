--- A transport that answers from a list and remembers what it was asked.

local json = require "mkrun.json"

local mkio = require "mkio"

local M = {}

local BASE <const> = "https://api.test"

--- Of several answers to one request, the next one; the last one stays.
local function answer_of(canned, key)
  local answer = canned[key]
  if answer and answer[1] then
    return #answer > 1 and table.remove(answer, 1) or answer[1]
  end
  return answer
end

--- An answer is {status =, body =}, a list of these, or {code =, message =}
--- for a request that gets none.  Keys are "GET /api/...".
---@param canned table<string, table>
---@return table http  with `seen`, a list of requests
function M.http(canned)
  local http = { seen = {} }
  function http.request(options)
    local key = options.method .. " " .. options.url:sub(#BASE + 1)
    http.seen[#http.seen + 1] = { key = key, json = options.json,
      query = options.query, headers = options.headers, safe = options.safe,
      token = options.token }
    local answer = assert(answer_of(canned, key), "not expected: " .. key)
    if answer.code then return nil, answer.message, answer.code end
    return { status = answer.status, attempts = answer.attempts or 1,
      may_be_done = (answer.attempts or 1) > 1 or nil,
      headers = {}, body = answer.body and json.encode(answer.body) or "" }
  end
  return http
end

--- An organization that gets its answers from the list.
function M.connect(canned)
  local http = M.http(canned)
  return mkio.connect { base_url = BASE, http = http }, http
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

--- What was sent, without the reads: "PATCH /api/..." and so on.
function M.writes(http)
  local keys = {}
  for _, request in ipairs(http.seen) do
    if request.key:sub(1, 4) ~= "GET " then keys[#keys + 1] = request.key end
  end
  return keys
end

return M
