--- What was there before a write: read, unless the run has just read it.
-- SPDX-License-Identifier: MIT

local scrub = require "mkrun.scrub"

---@class mkrun.Before
---@field last table  the last answer to a read, and its URL
local Before = {}
Before.__index = Before

local M = {}

local REPLACES <const> = { PUT = true, PATCH = true, DELETE = true }

local function is_below(url, base)
  return url == base or url:sub(1, #base + 1) == base .. "/"
end

local NOT_OF_READS <const> = { body = true, json = true, query = true,
  safe = true, headers = true }

--- The read of what a write is about.
local function read_of(request)
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
  read.method, read.url, read.headers =
    "GET", request.url:match "^[^?#]*", headers
  return read
end

--- The document that an answer is, without its secrets.
local function document_of(response)
  if not response or response.status ~= 200 then return nil end
  local document = scrub.body(response.body)
  return type(document) == "table" and document or nil
end

local function bare(url) return url:match "^[^?#]*" end

--- Tell of a read and its answer.
function Before:saw(request, response)
  if (request.method or "GET"):upper() ~= "GET" then return end
  self.last = { url = bare(request.url), response = response }
end

--- The document that a write replaces, without its secrets; nil when there is
--- none.
---@param transport function  for the read
---@param request table       the write
---@param base_url string     nothing else is read
---@return table?
function Before:of(transport, request, base_url)
  local url = bare(request.url)
  if not REPLACES[(request.method or "GET"):upper()]
    or not is_below(url, base_url) then
    return nil
  end
  local response = self.last.url == url and self.last.response
    or transport(read_of(request))
  self.last = {}
  return document_of(response)
end

---@return mkrun.Before
function M.new()
  return setmetatable({ last = {} }, Before)
end

return M
