--- Reads and writes a lease: the file that says which replaced tokens stay
--- valid, and until when.  `rotate-tokens --keep-old` writes it, as FILE.lease
--- beside the FILE of the token.  The lease contains ids and times, and no
--- secret.
---
--- A replaced token is noted before its successor is stored, so that no crash
--- shortens its time.  Until a run has proven that the successor is stored, the
--- token may be the one that is stored.  Then `successor` is in the entry, and
--- the entry counts only if the file of the token holds the successor.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local config = require "mkrun.config"
local json = require "mkrun.json"
local script = require "mkrun.script"
local shape = require "mkrun.rest.shape"
local sys = require "mkrun.sys"

local errors = require "mkrun.rest.error"
local value = require "mkrun.value"

local VERSION <const> = 1

---@class mkio.LeasedToken
---@field id string
---@field due number          the time from which the token may be revoked, in
---                           seconds since 1970
---@field expires? string     the time when the token expires
---@field successor? string   id of the token that must be stored first

---@class mkio.TokenLease
---@field path string
---@field is_there boolean    true if there is a file
---@field about? {description: string, home: string?, user: string?}
---@field written? number     time of the last write, in seconds since 1970
---@field entries mkio.LeasedToken[]
---@field slot? mkrun.Slot    the reserved place for the next write
local Lease = {}
Lease.__index = Lease

local M = {}

--- The shape of a time in a file beside a token.
M.TIME = { kind = "any", check = function(text)
  if type(text) ~= "string" or not sys.parse_time(text) then
    return "a time expected"
  end
end }

local time = M.TIME
local id = shape.text { min = 1 }
local document = shape.object {
  ["lease!"] = shape.integer {}, ["description!"] = shape.text {},
  organizationId = shape.text {}, user = shape.text {},
  ["written!"] = time, ["tokens!"] = shape.list(shape.object {
    ["id!"] = id, ["due!"] = time, expires = time, successor = id,
  }),
}

--- Returns the time by which tokens become due: the server's time.  `--apply`
--- revokes what was due when the plan was made, and nothing else.
---@return number seconds  seconds since 1970
function M.now() return config.planned_at or clock.now() end

--- Returns a time as text: "2026-11-22T00:54:09Z".
---@param seconds number  seconds since 1970
---@return string
function M.text(seconds) return sys.iso8601(math.floor(seconds)) end

local HINT <const> = "the file should say which replaced tokens stay valid, "
  .. "and until when; move it away to go on without"

local function refuse(path, why)
  errors.refuse("file", ("%s: %s"):format(path, why), HINT)
end

--- Raises an error unless the text is a lease that this mkrun understands.
local function check_form(path, noted)
  local version = type(noted) == "table" and noted.lease
  if math.type(version) ~= "integer" then
    refuse(path, "holds something that is no lease")
  elseif version ~= VERSION then
    refuse(path, ("is a lease of version %d, and this mkrun knows version %d")
      :format(version, VERSION))
  end
  local ok, pointer, expected = shape.check(document, noted)
  if not ok then
    refuse(path, ("%s: %s"):format(shape.place(pointer), expected))
  end
end

local function entries_of(noted)
  local entries = {}
  for i, token in ipairs(noted.tokens) do
    entries[i] = { id = token.id, due = sys.parse_time(token.due),
      expires = token.expires, successor = token.successor }
  end
  return entries
end

--- Reads a lease.  Ends the run with an error if the file is no lease, or if
--- other users can change it.
---@param path string
---@return mkio.TokenLease  a lease without tokens if there is no file
function M.read(path)
  path = path == "-" and "./-" or path -- "-" would be standard input
  local self = setmetatable({ path = path, is_there = false, entries = {} },
    Lease)
  if sys.is_special(path) then -- reading a pipe would block
    refuse(path, "not a regular file")
  end
  local text, message, code = sys.read_trusted(path)
  if code == "missing" then return self end
  if not text then errors.refuse("file", message, HINT) end
  local noted = json.decode(text)
  check_form(path, noted)
  self.is_there, self.written = true, sys.parse_time(noted.written)
  self.about = { description = noted.description, home = noted.organizationId,
    user = noted.user }
  self.entries = entries_of(noted)
  return self
end

--- Returns the place of the lease of a token's file.  The lease of a link is
--- beside the file that the link leads to, so that a file has one lease.
---@param file string  the path of the token's file
---@return string path
function M.beside(file)
  local folder, name = file:match "^(.*/)([^/]+)$"
  local real = sys.real_path(file)
  local home = sys.real_path(folder or ".")
  if not real or not home then return file .. ".lease" end
  local is_link = real ~= (home == "/" and "" or home) .. "/" .. (name or file)
  return (is_link and real or file) .. ".lease"
end

--- Returns the ids of the tokens that the lease of a token's file keeps.  A
--- lease that cannot be used keeps none.
---@param file string  the path of the token's file
---@return table<string, true>
function M.kept_beside(file)
  local ok, lease = pcall(M.read, M.beside(file))
  local ids = {}
  for _, entry in ipairs(ok and lease.entries or {}) do ids[entry.id] = true end
  return ids
end

--- Returns what a lease says of its tokens.
local function about(model)
  local user = value.dig(model, "spec", "user") -- may be of any type
  return { description = model.spec.description,
    home = value.dig(model, "spec", "organizationId"),
    user = type(user) == "string" and user or nil }
end

--- Raises an error if the lease is about other tokens, because a new lease
--- would overwrite it.
---@param model table  a token
function Lease:check(model)
  if not self.about then return end
  local mine, its = about(model), self.about
  local what = its.description ~= mine.description and ""
    or its.home ~= mine.home and " of another organization"
    or its.user ~= mine.user and " of another user"
  if not what then return end
  errors.refuse("file", ("%s: is the lease of the token '%s'%s"):format(
    self.path, its.description, what), "name another file, or revoke its "
    .. "tokens (mkrun token) and move it away")
end

--- Returns the entry of a token, or nil.
---@param token_id string
---@return mkio.LeasedToken?
function Lease:of(token_id)
  for _, entry in ipairs(self.entries) do
    if entry.id == token_id then return entry end
  end
end

--- Returns true if an entry counts: its token is not the one that is stored,
--- and its successor is.
---@param entry mkio.LeasedToken
---@param held_id? string  the id of the stored token, if it is known
---@return boolean
function Lease.counts(_, entry, held_id)
  return entry.id ~= held_id
    and (not entry.successor or entry.successor == held_id)
end

--- Returns true if a run has noted its old tokens, stored a token, and ended
--- before it has proven the stored token.
---@param held_id string  the id of the stored token
---@return boolean
function Lease:awaits(held_id)
  for _, entry in ipairs(self.entries) do
    if entry.successor == held_id then return true end
  end
  return false
end

--- Tells the user if the clock is behind the time when the lease was written:
--- then tokens stay valid for longer than they should.
function Lease:check_clock()
  local behind = (self.written or 0) - M.now()
  if behind <= clock.TOLERATED then return end
  script.say(("mkrun: warning: %s was written at %s, and it is %s now: its "
    .. "tokens stay valid for longer"):format(self.path, M.text(self.written),
    M.text(M.now())))
end

--- Reserves the place for the next `save`.  Raises an error with the code
--- "file" if the lease cannot be written.
function Lease:reserve()
  if config.replay or self.slot then return end
  local slot, message = sys.reserve(self.path, { overwrite = true })
  if not slot then errors.raise("file", message) end
  self.slot = slot
end

local function document_of(self)
  local tokens = json.array {}
  for i, entry in ipairs(self.entries) do
    tokens[i] = { id = entry.id, due = M.text(entry.due),
      expires = entry.expires, successor = entry.successor }
  end
  local its = self.about
  return { lease = VERSION, description = its.description,
    organizationId = its.home, user = its.user,
    written = M.text(clock.now()), tokens = tokens }
end

--- Writes the lease in one step; it is on disk when this function returns.
--- Raises an error with the code "file" if it cannot be written.  A replay
--- writes nothing.
---@param model table  one of the tokens that the lease is about
---@param entries mkio.LeasedToken[]
function Lease:save(model, entries)
  self.entries = entries
  self.about = about(model)
  if config.replay then return end
  self:reserve()
  local slot = self.slot
  self.slot = nil
  local ok, message = slot:store(assert(json.encode(document_of(self),
    { sort = true })) .. "\n")
  if not ok then errors.raise("file", message) end
  self.is_there = true
end

--- Removes the file, because no token is left in it.
function Lease:remove()
  if self.slot then self.slot:close() end
  self.slot, self.entries = nil, {}
  if not self.is_there or config.dry_run or config.replay then return end
  self.is_there = false
  os.remove(self.path)
end

return M
