--- The published request limits: 2,000 reads and 1,000 writes a minute, counted
--- per organization, and per project on paths below a project.
--- `mkio.model.world` makes one for each sandbox.
---
--- The guides do not say which kind of window it is, nor whether the four write
--- methods share one limit.  Here it is a fixed minute of the sandbox's clock,
--- and they share it.
-- SPDX-License-Identifier: MIT

local window = 60 -- seconds

---@class mkio.model.Limits
local Limits = {}
Limits.__index = Limits
Limits.__name = "mkio.model.Limits"

local M = {}

--- Makes counters.
---@param reads? integer   reads a minute; default 2000
---@param writes? integer  writes a minute; default 1000
---@return mkio.model.Limits
function M.new(reads, writes)
  return setmetatable({
    read = reads or 2000, write = writes or 1000, buckets = {},
  }, Limits)
end

--- Counts one request.  Returns the limit if this request exceeds it.
---@param name string    the bucket: an organization, or a project of it
---@param method string
---@param now number     seconds since 1970
---@return integer? limit  requests a minute
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
