--- Layer for `--dry-run`: catches writes, and shows their effect in later
--- reads.  `mkrun.host.stack` makes it.
---
--- This layer sends only GET and HEAD.  A model of the API (`options.model`)
--- calculates the effect of each write, and changes the answers of later reads.
--- `options.record` keeps the reads and the planned writes.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local requests = require "mkrun.layer.request"
local sys = require "mkrun.sys"

local M = {}

---@class mkrun.PlanRecord
---@field writes mkrun.PlannedWrite[]  in the script's order
---@field unknown mkrun.UnknownWrite[]  writes that the model cannot plan
---@field reads {url: string, query: table?, digest: string}[]
---@field token? mkrun.Secret  the run's token
---@field made table<string, true>  ids that only the server can give
---@field organization? string  id of the organization that the writes change

---@class mkrun.PlannedWrite  a write that a dry run caught
---@field method string
---@field url string       without its query
---@field query? table
---@field line? string   line of the script: "onboard.lua:12"
---@field change table   the model's description of the write

---@class mkrun.UnknownWrite
---@field method string
---@field url string    without its query
---@field why string
---@field line? string

--- Makes an empty record.
---@return mkrun.PlanRecord
function M.record()
  return { writes = {}, unknown = {}, reads = {}, made = {} }
end

--- Returns the innermost line of `source` on a coroutine's stack.  If there is
--- none, returns nil and the innermost line of any file.
local function line_in(thread, source)
  local outermost
  for level = 0, math.huge do
    local info = debug.getinfo(thread, level, "Sl")
    if not info then return nil, outermost end
    if info.currentline > 0 then
      outermost = ("%s:%d"):format(info.short_src, info.currentline)
      if info.source == source then return outermost end
    end
  end
end

--- Returns the script's line that caused this request.  In a task that a
--- library started, this is the line where the script waits for the task.
local function line_of(path, main)
  local source, here = path and "@" .. path, coroutine.running()
  local line, outermost = line_in(here, source)
  if not line and main ~= here then line = line_in(main, source) end
  return line or outermost
end

--- Returns the same text for two requests that differ only in how the query is
--- written.
local function key_of(request)
  return request.url .. " " .. assert(json.encode(request.query or {},
    { sort = true }))
end

--- Notes the first answer to each read, because the plan depends on it.  Only
--- reads with the run's own token count.
local function remember(record, seen, overlay, request, response)
  local key = key_of(request)
  if not request.token or seen[key] then return end
  record.token = record.token or request.token
  if request.token ~= record.token then return end
  local essence = overlay:essence(request, response)
  if not essence then return end
  seen[key] = true
  table.insert(record.reads, { url = request.url, query = request.query,
    digest = sys.sha256(essence) })
end

--- Describes a write that the model cannot plan.  The script may continue after
--- the failure, so the plan lists the write.
local function unknown(request, message, line)
  return {
    method = request.method, line = line, why = message:match ": (.*)$",
    url = requests.url(request),
  }
end

---@class mkrun.PlanOptions
---@field model table       has `new{base_url, read}`, which returns `get`,
---  `write`, `essence`, `whose` and `made`
---@field base_url string
---@field record mkrun.PlanRecord
---@field script? string    path of the script that `line` refers to

--- Makes the layer.
---@param options mkrun.PlanOptions
---@return fun(transport: function): function layer
function M.new(options)
  local record, seen, main = options.record, {}, coroutine.running()
  return function(transport)
    local overlay = options.model.new {
      base_url = options.base_url, read = transport,
    }
    record.made = overlay.made

    local function live(request)
      local response, message, code = transport(request)
      if response then
        remember(record, seen, overlay, request, response)
      end
      return response, message, code
    end

    --- Reads the document that a write changes.  A plan depends on this
    --- document even if the script did not read it.
    local function depend(request, change)
      if not (change.target and request.token)
        or request.token ~= record.token then
        return
      end
      local target = { method = "GET", token = request.token,
        url = options.base_url .. change.target,
        headers = { Accept = "application/json" } }
      if not seen[key_of(target)] then live(target) end
    end

    local function write(request)
      local line = line_of(options.script, main)
      local response, change, code, is_read = overlay:write(request)
      if not response then
        if code == "plan" and not is_read then
          table.insert(record.unknown, unknown(request, change, line))
        end
        return nil, change, code
      end
      if change then
        record.token = record.token or request.token
        depend(request, change)
        record.organization = record.organization
          or request.token == record.token and overlay:whose(record.token)
        table.insert(record.writes, { method = request.method,
          url = request.url, query = request.query, line = line,
          change = change })
      end
      return response
    end

    return function(request)
      local method = request.method or "GET"
      if method == "HEAD" then return transport(request) end
      if method == "GET" then return overlay:get(request, live) end
      return write(request)
    end
  end
end

return M
