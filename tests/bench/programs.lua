--- The command of each peer for each thing that is measured.

local M = {}

local env = os.getenv
local mkrun, folder, work = env "MKRUN", env "FOLDER", env "WORK"
local python = env "PYTHON"
local peers = "tests/bench/peers/"
local bundle = work .. "/bundle.pem"
local ca = work .. "/ca/ca.pem"

M.url = { h1 = env "H1", h2 = env "H2" }
M.work, M.spawn = work, folder .. "/spawn"
M.mkrun, M.python = mkrun, python

local function exists(path)
  local file <close> = io.open(path)
  return file ~= nil
end

--- Is the command in the PATH?
function M.has(command)
  return (os.execute("command -v " .. command .. " > /dev/null"))
end

M.undici = exists(folder .. "/undici/package.json")
M.fast_json_patch = exists(folder .. "/fast-json-patch/package.json")
M.ansible = M.has "ansible-playbook"
M.node = M.has "node"

--- Can Python import these modules?
function M.python_has(modules)
  return (os.execute(("%s -c 'import %s' 2> /dev/null"):format(python,
    modules)))
end

local function add(list, name, ...)
  list[#list + 1] = { name = name, ... }
end

--- An empty program.
---@return table[] commands  ours first, as everywhere here
function M.start()
  local empty = work .. "/empty.lua"
  assert(io.open(empty, "w")):close()
  local list = {}
  add(list, "mkrun", mkrun, empty)
  add(list, "lua5.4", "lua5.4", empty)
  add(list, "curl --version", "curl", "--version")
  add(list, "python3", python, "-c", "pass")
  if M.node then add(list, "node", "node", "-e", "0") end
  return list
end

--- `count` requests of 1 KB of JSON, `in_flight` at a time.  libcurl parses
--- what it trusts anew for each connection: where that is not the point, the
--- program in C trusts one root, all others those of the system.
function M.requests(version, count, in_flight)
  local url = M.url[version] .. "/answer.json"
  local n, m = tostring(count), tostring(in_flight)
  local rest = { url, n, m, version, bundle }
  local curl_version = version == "h1" and "--http1.1" or "--http2"
  local list = {}
  add(list, "mkrun", mkrun, "--cacert", bundle, peers .. "http.lua", url, n, m)
  add(list, "C on libcurl", folder .. "/floor", url, n, m, version,
    count == 1 and bundle or ca)
  if in_flight == 1 then
    add(list, "curl", "curl", "-s", "-o", "/dev/null", "--cacert", bundle,
      curl_version, ("%s?[1-%s]"):format(url, n))
  else
    add(list, "curl -Z", "curl", "-s", "-o", "/dev/null", "--cacert", bundle,
      curl_version, "-Z", "--parallel-max", m, ("%s?[1-%s]"):format(url, n))
  end
  if version == "h1" then
    add(list, "requests", python, peers .. "http_requests.py",
      table.unpack(rest))
  end
  add(list, "httpx", python, peers .. "http_httpx.py", table.unpack(rest))
  if M.undici then
    add(list, "undici", "UNDICI=" .. folder .. "/undici", "node",
      peers .. "http.mjs", table.unpack(rest))
  end
  if version == "h1" then
    add(list, "h2load", "h2load", "--h1", "-n", n, "-c", m, "-m", "1", url)
  else
    add(list, "h2load", "h2load", "-n", n, "-c", "1", "-m", m, url)
  end
  return list
end

--- One request by a fresh process; the last peer only when it is there.
function M.cold()
  local list = M.requests("h1", 1, 1)
  if M.ansible then
    add(list, "ansible uri", "ansible-playbook", "-i", "localhost,", "-c",
      "local", "-e", "url=" .. M.url.h1 .. "/answer.json", "-e",
      "cacert=" .. bundle, peers .. "uri.yml")
  end
  table.remove(list, #list - (M.ansible and 1 or 0)) -- h2load
  return list
end

--- `count` requests, by a process each.
function M.processes(count)
  local url = M.url.h1 .. "/answer.json"
  local list = {}
  add(list, "curl, a process each", "sh", "-c", table.concat({
    "for i in $(seq", count, "); do curl -s -o /dev/null --cacert", bundle,
    url, "|| exit 1; done" }, " "))
  return list
end

--- `operation` of mkrun.json and others on WORK/`name`.json.
function M.json(operation, name, count, native)
  local rest = { operation, ("%s/%s.json"):format(work, name),
    tostring(count) }
  local list = {}
  add(list, "mkrun", mkrun, peers .. "json.lua", table.unpack(rest))
  add(list, "lua-cjson as it was", folder .. "/cjson", peers .. "json.lua",
    table.unpack(rest))
  if native then return list end
  add(list, "python3 json", python, peers .. "json_python.py",
    table.unpack(rest))
  if M.node then
    add(list, "node JSON", "node", peers .. "json.mjs", table.unpack(rest))
  end
  return list
end

--- `operation` of mkrun.patch and others on WORK/`from`.json.
function M.patch(operation, from, with, count)
  local rest = { operation, ("%s/%s.json"):format(work, from),
    ("%s/%s.json"):format(work, with), tostring(count) }
  local list = {}
  add(list, "mkrun", mkrun, peers .. "patch.lua", table.unpack(rest))
  add(list, "jsonpatch (python)", python, peers .. "patch_python.py",
    table.unpack(rest))
  if M.fast_json_patch then
    add(list, "fast-json-patch", "FAST_JSON_PATCH=" .. folder
      .. "/fast-json-patch", "node", peers .. "patch.mjs", table.unpack(rest))
  end
  return list
end

--- All of a new organization.
function M.onboard()
  local base = M.url.h1
  local list = {}
  add(list, "mkrun", "MKIO_TOKEN=bench", mkrun, "--cacert", bundle,
    "--base-url", base, "onboard", work .. "/onboard.json")
  add(list, "bash, curl and jq", "MKIO_TOKEN=bench", "bash",
    peers .. "onboard.sh", work .. "/calls", base, bundle)
  add(list, "python3, requests", "MKIO_TOKEN=bench", python,
    peers .. "onboard.py", work .. "/calls", base, bundle)
  return list
end

--- `onboard SPEC`, or without one `export`, on a server that is far; what they
--- print goes to `out`.  Those in turn, then those with all side by side.
---@param login string  the token
---@param spec? string
---@param out? string  default: nowhere
---@return table[] commands
---@return string[] absent  peers that this machine cannot run
function M.far(login, spec, out)
  local base, list, absent = env "FAR", {}, {}
  local what = spec and "onboard" or "export"
  local function program(name, ...)
    local line = table.concat({ "exec", ... }, " ")
    add(list, name, "MKIO_TOKEN=" .. login, "UNDICI=" .. folder .. "/undici",
      "sh", "-c", line .. " > " .. (out or "/dev/null"))
  end
  local function peer(name, is_there, interpreter, ending, jobs)
    if not is_there then
      absent[#absent + 1] = name
    else
      program(name, interpreter, work .. "/peers/" .. what .. ending, base, ca,
        jobs or "", spec or "")
    end
  end
  program("mkrun", mkrun, "--cacert", ca, "--base-url", base, what, spec or "")
  peer("bash, curl and jq", M.has "curl" and M.has "jq", "bash", ".sh")
  peer("python3, requests", M.python_has "requests", python, "_requests.py")
  peer("python3, httpx", M.python_has "httpx, h2", python, "_httpx.py", 16)
  peer("node, undici", M.node and M.undici, "node", ".mjs", 16)
  if spec then
    peer("undici, no bound", M.node and M.undici, "node", ".mjs", 0)
  end
  return list, absent
end

return M
