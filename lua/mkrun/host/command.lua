--- Checks that the shell would find a command, before it is needed.
--- Flows call this module, and `mkrun.host.confine` for the commands that a
--- confined script may run.
-- SPDX-License-Identifier: MIT

local M = {}

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- After one of these commands the shell may find programs that this check
--- cannot find, so the words after the command are not checked.
local MOVES <const> = { ["."] = true, source = true, eval = true, cd = true,
  alias = true, export = true }

--- Removes redirections, because the & in "2>&1" and the | in ">|x" do not end
--- a command.  The text must contain no quotes and no expansions.
local function without_redirections(command)
  local text = (" " .. command):gsub("([%s|;&])%d+([<>])", "%1%2")
  return (text:gsub("[<>]+[&|]?%s*[^%s|;&<>]*", " "))
end

--- Returns the word of a simple command that the shell looks up as a program.
--- Returns nil if there is no such word or the word contains special
--- characters.
local function word_of(part)
  local rest = part:match "^%s*(.*)$"
  while rest:find "^[%a_][%w_]*=[%w_./:,+-]*%s" do
    rest = rest:match "^%S+%s+(.*)$"
  end
  if rest:find "^%d*[<>]" then return nil end
  local word = (rest .. " "):match "^([%w_./+-]+)[%s|;&<>]"
  return word and not word:find "^[-+]" and word or nil
end

--- Returns the words that the shell looks up as programs: the first word, and
--- the first word after each |, & and ;.  A command with quotes or expansions
--- is hard to split, so only its first word is returned.
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

--- Returns why the shell cannot run a command: there is no shell, the shell
--- cannot parse the command, or it would not find a program of the command.
---@param command string
---@return string? fault   nil if the shell can run it
function M.fault(command)
  if not os.execute ":" then
    return "there is no /bin/sh to run a command"
  elseif not command:find "%S" then
    return "--exec: a command expected, got nothing"
  elseif not os.execute(("exec 2>/dev/null; /bin/sh -n -c %s"):format(
    quoted(command))) then
    return ("--exec: the shell cannot read '%s'"):format(command)
  end
  for _, word in ipairs(looked_up(command)) do
    if not os.execute(FOUND:format(quoted(word))) then
      return ("--exec: there is no command '%s'"):format(word)
    end
  end
end

return M
