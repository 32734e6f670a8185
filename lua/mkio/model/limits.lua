--- Counts requests against the published limits: 2,000 reads and 1,000 writes a
--- minute for an organization, and as many for each project on paths below a
--- project.  `mkio.model.world` makes one set of counters for each sandbox.
---
--- The guides do not say when a minute begins, nor whether POST, PUT, PATCH and
--- DELETE share one limit.  In this model a minute is a fixed minute of the
--- sandbox's clock, and the four methods share one limit.
-- SPDX-License-Identifier: MIT

local window = 60 -- seconds

---@class mkio.model.Limits
local Limits = {}
Limits.__index = Limits
Limits.__name = "mkio.model.Limits"

local M = {}

--- Makes a set of counters.
---@param reads? integer   largest number of reads a minute (default 2000)
---@param writes? integer  largest number of writes a minute (default 1000)
---@return mkio.model.Limits
function M.new(reads, writes)
  return setmetatable({
    read = reads or 2000, write = writes or 1000, buckets = {},
  }, Limits)
end

--- Counts one request.  If the request exceeds the limit, returns the limit and
--- the kind of the request.
---@param name string    the organization, or the project of an organization
---@param method string  the HTTP method
---@param now number     the time in seconds since 1970
---@return integer? limit  the exceeded limit, in requests a minute
---@return string? kind  "read" or "write"
function Limits:count(name, method, now)
  local kind = method == "GET" and "read" or "write"
  local minute = now // window
  local bucket = self.buckets[name]
  if not bucket or bucket.minute ~= minute then
    bucket = { minute = minute, read = 0, write = 0 }
    self.buckets[name] = bucket
  end
  bucket[kind] = bucket[kind] + 1
  if bucket[kind] > self[kind] then return self[kind], kind end
end

return M
