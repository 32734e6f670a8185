--- Prints the results of `invite`, in the order of its list as far as they are
--- known.  `mkio.flow.invite` calls it.
-- SPDX-License-Identifier: MIT

local M = {}

--- Prints the line of a guest whose result is known.
local function report(guest, out)
  if guest.kept or guest.found then
    out:step("unchanged", "invite", guest.email,
      guest.kept or { "somebody else was faster" })
  elseif guest.problem then
    out:step("failed", "invite", guest.email, { tostring(guest.problem) })
  elseif guest.invite and guest.expired then
    out:step("changed", "invite", guest.email,
      { "sent anew, it had expired" })
  elseif guest.invite then
    out:step("created", "invite", guest.email, guest.teams)
  end
  guest.is_told = true
end

---@class mkio.GuestReport
local Report = {}
Report.__index = Report
Report.__name = "mkio.GuestReport"

--- Prints all guests whose result is known, in the order of the list.  It stops
--- at the first guest that is not done.  Guests that get a second try are
--- skipped, because their second try comes last.
local function report_ready(self)
  while true do
    local guest = self.guests[self.next]
    if not guest then return end
    local ready = guest.kept or guest.is_done
    if not ready and not guest.again then return end
    if ready then report(guest, self.out) end
    self.next = self.next + 1
  end
end

--- Call this after the last try for a guest.
---@param guest mkio.Guest
function Report:done(guest)
  guest.is_done = true
  report_ready(self)
  if guest.again and not guest.is_told then report(guest, self.out) end
end

--- Prints the guests that are left, also after an error or SIGINT.
function Report:__close()
  for _, guest in ipairs(self.guests) do
    if not guest.is_told then report(guest, self.out) end
  end
end

--- Returns a report that prints each guest as soon as the result is known:
--- `local report <close> = guests.reporting(list, out)`.
---@param guests mkio.Guest[]
---@param out mkrun.Report
---@return mkio.GuestReport
function M.reporting(guests, out)
  local self = setmetatable({ guests = guests, out = out, next = 1 }, Report)
  report_ready(self)
  return self
end

return M
