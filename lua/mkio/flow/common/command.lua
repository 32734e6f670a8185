--- Commands of `--exec`: whether the shell would find them, before there is a
--- token to hand over.
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"

local errors = require "mkrun.rest.error"

local M = {}

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function refuse(detail)
  errors.refuse("exec", detail, "nothing was done")
end

--- Behind these the shell may find what it does not find here.
local MOVES <const> = { ["."] = true, source = true, eval = true, cd = true,
  alias = true, export = true }

--- Without redirections: the & and | of "2>&1" and ">|x" end no command.  Not
--- for text with quotes or expansions.
local function without_redirections(command)
  local text = (" " .. command):gsub("([%s|;&])%d+([<>])", "%1%2")
  return (text:gsub("[<>]+[&|]?%s*[^%s|;&<>]*", " "))
end

--- The word of a simple command that the shell looks up, or nil.
local function word_of(part)
  local rest = part:match "^%s*(.*)$"
  while rest:find "^[%a_][%w_]*=[%w_./:,+-]*%s" do
    rest = rest:match "^%S+%s+(.*)$"
  end
  if rest:find "^%d*[<>]" then return nil end
  local word = (rest .. " "):match "^([%w_./+-]+)[%s|;&<>]"
  return word and not word:find "^[-+]" and word or nil
end

--- What the shell looks up: the beginning, and what stands behind |, & and ;.
--- Where quotes or expansions make that hard to tell, the beginning alone.
local function looked_up(command)
  local words = {}
  if command:find("PATH", 1, true) then return words end
  local plain = not command:find "[\"'\\$`(){}#\n]"
  local text = plain and without_redirections(command) or command
  for part in text:gmatch(plain and "[^|;&]+" or ".+") do
    local word = word_of(part)
    if MOVES[word] then break end
    words[#words + 1] = word
  end
  return words
end

local FOUND <const> = "w=%s; command -v \"$w\" >/dev/null || exit 1; "
  .. "case $w in */*) test -f \"$w\" && test -x \"$w\";; esac"

--- End the run when there is no shell, when it cannot read the command, or
--- when it would not find what it is to run.
---@param command string
function M.check(command)
  if config.replay then return end
  if not os.execute ":" then
    refuse "there is no /bin/sh to run a command"
  elseif not command:find "%S" then
    refuse "--exec: a command expected, got nothing"
  elseif not os.execute(("exec 2>/dev/null; /bin/sh -n -c %s"):format(
    quoted(command))) then
    refuse(("--exec: the shell cannot read '%s'"):format(command))
  end
  for _, word in ipairs(looked_up(command)) do
    if not os.execute(FOUND:format(quoted(word))) then
      refuse(("--exec: there is no command '%s'"):format(word))
    end
  end
end

return M
