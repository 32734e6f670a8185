--- Ends the run if a journal does not belong to this run.  `mkrun.journal`
--- calls this module.
-- SPDX-License-Identifier: MIT

local json = require "mkrun.json"
local sys = require "mkrun.sys"

local bearer = require "mkrun.host.bearer"
local condition = require "mkrun.host.need_condition"
local headers = require "mkrun.host.header"
local refuse = require "mkrun.journal.file".refuse
local value = require "mkrun.value"

local M = {}

--- Returns the absolute path of a sandbox's file.  Does not resolve symbolic
--- links.
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

--- Ends the run if the journal's run used another sandbox, API or user.
---@param path string
---@param head mkrun.JournalHead
---@param settings mkrun.Config
function M.check_place(path, head, settings)
  local user = bearer.subject(settings.token)
  if not is_same_sandbox(head, settings) then
    refuse("%s: is of a run %s: give mkrun the same", path, not head.sandbox
      and "without --sandbox" or head.sandbox == true and "with --sandbox"
      or "with --sandbox=" .. head.sandbox)
  elseif head.base_url ~= settings.base_url then
    refuse("%s: is of a run with --base-url %s", path, head.base_url)
  elseif head.user and user and head.user ~= user then
    refuse("%s: is of a run with the token of another user, %s", path,
      head.user)
  end
end

--- Returns true, or false and what is wrong, if this run reaches a provider at
--- another URL than the journal's run.
---@param path string    the journal's
---@param known table<string, mkrun.JournalProvider>   the journal's
---@param name string
---@param base_url string
---@return boolean ok
---@return string? message
function M.is_provider(path, known, name, base_url)
  local there = known[name]
  if not there or there.base_url == base_url:gsub("/+$", "") then
    return true
  end
  return false, ("%s: is of a run with --base-url %s=%s"):format(path, name,
    there.base_url)
end

--- Ends the run if the user names another URL of a provider than the journal's
--- run had.
---@param path string
---@param known table<string, mkrun.JournalProvider>
---@param settings mkrun.Config
function M.check_providers(path, known, settings)
  for name, base_url in pairs(settings.base_urls or {}) do
    local ok, message = M.is_provider(path, known, name, base_url)
    if not ok then refuse("%s", message) end
  end
end

--- Returns the words of `@needs` in the header of the script, or nil if there
--- are none.
---@param settings mkrun.Config
---@return string[]?
function M.needs(settings)
  local script = settings.script
  local header = script and headers.parse(script.source)
  return header and header.says_needs and json.array(header.needs) or nil
end

--- Ends the run if the script's header asks for more than it did in the
--- journal's run.  A header without `@needs` asks for everything.  A word asks
--- for less if it has an option before it now.
---@param path string
---@param head mkrun.JournalHead
---@param settings mkrun.Config
function M.check_needs(path, head, settings)
  if not head.needs then return end
  local before, now = value.set(head.needs), M.needs(settings)
  if not now then
    refuse("--resume: %s: the header of its script had @needs, and has none "
      .. "now", path)
  end
  for _, word in ipairs(now) do
    local _, _, bare = condition.split(word)
    if not before[word] and not before[bare] then
      refuse("--resume: %s: the header of its script asks for more than it "
        .. "did: %s", path, word)
    end
  end
end

--- Returns the SHA-256 of the code of all -e options, or nil without -e.  A
--- journal contains this hash and not the code, because the code may contain a
--- secret.
---@param settings mkrun.Config
---@return string?
function M.statements(settings)
  local texts = {}
  for _, action in ipairs(settings.actions or {}) do
    if action.letter == "e" then texts[#texts + 1] = action.text end
  end
  return texts[1] and sys.sha256(table.concat(texts, "\0")) or nil
end

--- Ends the run if the journal's run had code of -e and this run has none,
--- because a journal does not contain the code.
---@param path string
---@param head mkrun.JournalHead
---@param settings mkrun.Config
---@param note fun(text: string)  called if the code is different
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

--- Returns the flow's name in SCRIPT and arguments: "onboard" for
--- "scripts/onboard.lua".
local function flow_of(words)
  return (words[1]:gsub("^.*/", ""):gsub("%.lua$", ""))
end

--- Ends the run if this run and the journal's run have different flows.
---@param journal mkrun.Journal
---@param now string[]    SCRIPT and arguments of this run
---@param here? string    the working directory of this run
---@param note fun(text: string)  called if arguments or folder differ
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
