--- Sends invites to many guests, several at a time.  If the network fails for a
--- guest, the invite is sent a second time.  The flows `invite` and `onboard`
--- call this module.
-- SPDX-License-Identifier: MIT

local address = require "mkrun.address"
local ensure_all = require "mkrun.rest.ensure_all"
local errors = require "mkrun.rest.error"
local invites = require "mkio.resource.invites"

local M = {}

local AT_ONCE <const> = 8

--- Returns true if a second try may succeed after this problem.
local function may_pass(problem)
  return errors.may_have_arrived(problem)
    or errors.is(problem) and problem.status == 429
end

local function invite(org, guest, comment)
  local wish = { teams = guest.teams, comment = guest.comment or comment }
  guest.problem = nil
  local ok, problem = pcall(function()
    if guest.expired then
      guest.invite = org.invites:replace(guest.expired, wish)
    else
      guest.invite, guest.found = org.invites:send(guest.email, wish)
    end
  end)
  if not ok then guest.problem = problem end
end

--- Raises the guest's problem as an error if the problem also concerns other
--- guests.  A server that failed or was busy may answer for the next guest.
local function raise_unless_own(guest)
  local problem = guest.problem
  if not problem or ensure_all.is_of_one(problem) then return end
  if problem.status and may_pass(problem) then return end
  error(problem, 0)
end

--- Invites the guests.  Returns the guests for whom a second try may succeed.
--- Raises an error if too many requests in a row fail.
local function invite_most(org, guests, comment, done)
  local later, in_a_row = {}, 0
  ensure_all.map(guests, function(guest)
    invite(org, guest, comment)
    if not may_pass(guest.problem) then
      raise_unless_own(guest)
      in_a_row = 0
      return done(guest)
    end
    guest.again = true
    later[#later + 1], in_a_row = guest, in_a_row + 1
    if in_a_row > AT_ONCE then error(guest.problem, 0) end
  end, AT_ONCE)
  return later
end

--- Returns the invite of the first try if that request did arrive, or nil.
---@param open table<string, mkio.api.InviteGetSchema>  all open invites, read
---  after the first tries
local function sent_before(open, guest)
  local found = open[address.key(guest.email)]
  return found and not invites.is_expired(found) and found or nil
end

local function send(org, guests, comment, done)
  local later = invite_most(org, guests, comment, done)
  local open = later[1] and org.invites:by_email()
  for _, guest in ipairs(later) do
    guest.invite = sent_before(open, guest)
    guest.problem = nil
    if not guest.invite then invite(org, guest, comment) end
    raise_unless_own(guest)
    done(guest)
  end
end

--- Sends the invites.  A problem with one guest is stored in `guest.problem`;
--- any other problem is raised as an error, after the invites under way.  If
--- the network failed or the server was busy, the guest gets a second try after
--- all other guests.
---@param org mkio.Organization
---@param guests mkio.Guest[]
---@param comment? string  the comment for guests without a comment of their own
---@param done fun(guest: mkio.Guest)  called after the last try for a guest
function M.send(org, guests, comment, done)
  local ok, problem = pcall(send, org, guests, comment, done)
  if ok then return end
  for _, guest in ipairs(guests) do -- what is raised is not told twice
    if guest.problem == problem then guest.problem = nil end
  end
  error(problem, 0)
end

return M
