--- Does a journal belong to this run?  When it does not, the run ends.
-- SPDX-License-Identifier: MIT

local sys = require "mkrun.sys"

local bearer = require "mkrun.host.bearer"
local refuse = require "mkrun.journal.file".refuse

local M = {}

--- Where a sandbox's file is, however it is written; links aside.
local function file_of(sandbox, folder)
  if type(sandbox) ~= "string" then return sandbox end
  local segments = {}
  if sandbox:sub(1, 1) ~= "/" then sandbox = folder .. "/" .. sandbox end
  for segment in sandbox:gmatch "[^/]+" do
    if segment == ".." then
      table.remove(segments)
    elseif segment ~= "." then
      segments[#segments + 1] = segment
    end
  end
  return "/" .. table.concat(segments, "/")
end

local function is_same_sandbox(head, settings)
  local there, here = head.started_in, settings.folder
  if head.sandbox == (settings.sandbox or nil) then return true end
  return type(there) == "string" and here ~= nil
    and file_of(head.sandbox, there) == file_of(settings.sandbox, here)
end

--- A journal of one place, or of one user, says nothing about another.
---@param path string
---@param head mkrun.JournalHead
---@param settings mkrun.Config
function M.check_place(path, head, settings)
  local user = bearer.subject(settings.token)
  if not is_same_sandbox(head, settings) then
    refuse("%s: is of a run %s", path, not head.sandbox
      and "without --sandbox" or head.sandbox == true and "with --sandbox"
      or "with --sandbox=" .. head.sandbox)
  elseif head.base_url ~= settings.base_url then
    refuse("%s: is of a run with --base-url %s", path, head.base_url)
  elseif head.user and user and head.user ~= user then
    refuse("%s: is of a run with the token of another user, %s", path,
      head.user)
  end
end

--- The SHA-256 of the code that -e gave, which may hold a secret; nil without.
---@param settings mkrun.Config
---@return string?
function M.statements(settings)
  local texts = {}
  for _, action in ipairs(settings.actions or {}) do
    if action.letter == "e" then texts[#texts + 1] = action.text end
  end
  return texts[1] and sys.sha256(table.concat(texts, "\0")) or nil
end

--- A journal does not keep the code of -e: it has to be given again.
---@param path string
---@param head mkrun.JournalHead
---@param settings mkrun.Config
---@param note fun(text: string)  told of other code
function M.check_statements(path, head, settings, note)
  local now = M.statements(settings)
  if head.statements == now then return end
  if head.statements and not now then
    refuse("--resume: %s: its run had code of -e, which is not kept: give it "
      .. "again, or -e '' to go on without", path)
  end
  note(("%s: the run before had %s code of -e"):format(path,
    head.statements and "other" or "no"))
end

--- "scripts/onboard.lua" is "onboard".
local function flow_of(words)
  return (words[1]:gsub("^.*/", ""):gsub("%.lua$", ""))
end

--- A run with words of its own is of the same flow as the one before it.
---@param journal mkrun.Journal
---@param now string[]
---@param here? string    the folder of this run
---@param note fun(text: string)  told of other arguments, and of another folder
function M.check_words(journal, now, here, note)
  local path, before = journal.path, journal.words
  if before[1] ~= "-" and flow_of(before) ~= flow_of(now) then
    refuse("%s: is of a run of %s, not of %s", path, before[1], now[1])
  end
  local arguments = table.concat(before, " ", 2)
  if arguments ~= table.concat(now, " ", 2) then
    note(("%s: the run before had other arguments: %s"):format(path,
      arguments))
  end
  local folder = journal.head.started_in
  if folder and folder ~= here then
    note(("%s: its run was started in %s"):format(path, folder))
  end
end

return M
