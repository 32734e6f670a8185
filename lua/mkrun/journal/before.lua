--- Reads the document that a write will change, unless the run has just read
--- the document.  The layers `journal` and `audit` and `mkrun.journal.home`
--- call this module.
-- SPDX-License-Identifier: MIT

local requests = require "mkrun.layer.request"
local scrub = require "mkrun.journal.scrub"

---@class mkrun.Before
---@field base_url string   URL of the API; no other server's document is read
---@field subject? table    has `changes`, a function that returns the path of
---  the document that a write changes
---@field last table  URL and answer of the run's last read
local Before = {}
Before.__index = Before

local M = {}

local REPLACES <const> = { PUT = true, PATCH = true, DELETE = true }

local NOT_OF_READS <const> = { body = true, json = true, query = true,
  safe = true, headers = true }

--- Makes the request that reads `url` with the token of a write.
---@param request table  the write request
---@param url string
---@return table
function M.read_of(request, url)
  local read, headers = {}, { Accept = "application/json" }
  for name, value in pairs(request) do
    if not NOT_OF_READS[name] then read[name] = value end
  end
  for name, value in pairs(request.headers or {}) do
    local word = type(name) == "string" and name:lower() or ""
    if word ~= "accept" and not word:find "^content%-" then
      headers[name] = value
    end
  end
  read.method, read.url, read.headers = "GET", url, headers
  return read
end

--- Returns the document in an answer, without the document's secrets, or nil.
local function document_of(response)
  if not response or response.status ~= 200 then return nil end
  local document = scrub.body(response.body)
  return type(document) == "table" and document or nil
end

--- Returns the reason why a read failed.  Returns nil if the answer contains
--- the document, or shows that the document does not exist.
---@param response? table
---@param message? string
---@return string? problem
function M.failure(response, message)
  if not response then return message end
  local status = response.status
  return (status >= 500 or status == 429) and ("status %d"):format(status)
    or nil
end

local function bare(url) return url:match "^[^?#]*" end

--- Stores the answer to a read, so that `of` need not read the same document
--- again.  The answer to a failed read is not stored.
---@param request table
---@param response? table
function Before:saw(request, response)
  if (request.method or "GET"):upper() ~= "GET" then return end
  self.last = { url = bare(request.url),
    response = not M.failure(response) and response or nil }
end

--- Returns the URL of the document that a write changes, or nil.
local function url_of(self, request)
  local method = requests.method(request)
  local path = requests.path(request, self.base_url)
  if path:sub(1, 1) ~= "/" then return nil end
  if REPLACES[method] then return bare(request.url) end
  local other = self.subject and self.subject.changes(method, path)
  return other and self.base_url .. other
end

--- Returns the document that a write changes, without the document's secrets.
---@param transport function  function that reads the document
---@param request table       the write request
---@return table? document   nil if there is no document, or the read failed
---@return string? problem   why the read failed
function Before:of(transport, request)
  local url = url_of(self, request)
  if not url then return nil end
  local response, message = self.last.url == url and self.last.response, nil
  if not response then
    response, message = transport(M.read_of(request, url))
  end
  self.last = {}
  return document_of(response), M.failure(response, message)
end

--- Makes a `mkrun.Before` for a run.
---@param base_url string
---@param subject? table
---@return mkrun.Before
function M.new(base_url, subject)
  return setmetatable({ last = {}, base_url = base_url, subject = subject },
    Before)
end

return M
