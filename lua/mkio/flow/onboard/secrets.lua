--- Reads the secrets of a SPEC, the file of `onboard`, and masks the secrets in
--- all output.  `mkio.flow.onboard.spec` calls this module.
---
--- Each file and each environment variable is read once.  A pipe or standard
--- input cannot be read twice.  A file that changes during a run must not give
--- two different secrets.
-- SPDX-License-Identifier: MIT

local input = require "mkrun.host.input"
local secret = require "mkrun.secret"
local sys = require "mkrun.sys"

local M = {}

local LABEL <const> = "webhook secret"

local handles = {} -- kept, because a collected handle no longer masks its text

local function hide(text)
  if text and text ~= "" then
    handles[#handles + 1] = secret.new(text, LABEL)
  end
  return text
end

local files, variables, literals = {}, {}, {}

local function read_file(path)
  local text, message = (path == "-" and input or sys).read(path)
  if not text then return { message = message } end
  text = hide((text:gsub("\r?\n$", "")))
  if text == "" then return { message = path .. ": is empty" } end
  return { text = text }
end

local function of_file(path)
  files[path] = files[path] or read_file(path)
  return files[path].text, files[path].message
end

--- Returns the value of an environment variable.  If the variable is unset or
--- empty, returns "" if `keep` is true, else nil and a message.
local function of_variable(name, keep)
  variables[name] = variables[name] or { text = hide(os.getenv(name)) }
  local text = variables[name].text
  if text and text ~= "" or keep then return text or "" end
  return nil, ("environment variable %s is %s"):format(name,
    text and "empty" or "not set")
end

local are_left = false

--- Has `reveal` return the same word for every file and variable, and read
--- none.
function M.leave() are_left = true end

--- Returns the text of a secret.
---@param source string|{env: string?, file: string?, keep: boolean?}
---@return string? text     "" if the secret is missing and `keep` is true
---@return string? message  the reason why the secret cannot be read
function M.reveal(source)
  if type(source) ~= "string" then
    if are_left then return "unread" end
    if source.file then return of_file(source.file) end
    return of_variable(source.env, source.keep)
  elseif source == "" then
    return nil, "secret expected, got an empty text"
  end
  literals[source] = literals[source] or hide(source)
  return source
end

return M
