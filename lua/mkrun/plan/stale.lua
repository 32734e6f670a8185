--- Says in words what is different now from what a plan rests on.
--- `mkrun.layer.apply` calls this module.
---
---     team night-desk: description was 'a', is 'b' (the plan is to change it)
-- SPDX-License-Identifier: MIT

local config = require "mkrun.config"
local fields = require "mkrun.plan.fields"
local harmless = require "mkrun.printable".line
local json = require "mkrun.json"

local M = {}

--- The most fields of a thing, and the most differences, that are told.
local MOST_FIELDS <const>, MOST <const> = 4, 8

local function value_text(value)
  if type(value) == "string" then return "'" .. value .. "'" end
  return assert(json.encode(value, { sort = true }))
end

--- Returns the path of a field without the members around all fields.
local function short(path)
  for _, name in ipairs(config.provider().documents.around) do
    if path:sub(1, #name + 1) == name .. "." then path = path:sub(#name + 2) end
  end
  return path
end

local function field_text(field)
  local path = short(field.path)
  if field.before == nil then
    return ("%s is new: %s"):format(path, value_text(field.after))
  elseif field.after == nil then
    return ("%s is gone, was %s"):format(path, value_text(field.before))
  end
  return ("%s was %s, is %s"):format(path, value_text(field.before),
    value_text(field.after))
end

--- Returns what differs between two documents, in words.
---@param before any
---@param after any
---@return string
function M.changes(before, after)
  local list = fields.of { action = "update", before = before, after = after }
  local texts = {}
  for i = 1, math.min(#list, MOST_FIELDS) do
    texts[i] = field_text(list[i])
  end
  if #list > MOST_FIELDS then
    texts[#texts + 1] = ("and %d more"):format(#list - MOST_FIELDS)
  end
  return #texts > 0 and harmless(table.concat(texts, ", "))
    or "is different in something that is not shown"
end

local verbs = { create = "create", update = "change", delete = "delete" }

--- Says which planned write rests on a thing.  What is new and no write names
--- is in a list that has to be as it was.
local function reason(pick, writes, is_new)
  local write = writes[pick.by and pick.by[1]]
  if not write then
    return is_new and "the plan rests on there being no new one"
      or "the plan leaves it as it is"
  end
  local what = write.kind == pick.kind and write.name == pick.name and "it"
    or write.kind .. " " .. write.name
  local others = #pick.by - 1
  local more = others > 1 and (", and %d more writes rest on it"):format(others)
    or others == 1 and ", and another write rests on it" or ""
  return ("the plan is to %s %s%s"):format(verbs[write.action] or write.action,
    what, more)
end

local function difference(before, now)
  if not now or not now.digest then return " is gone" end
  if not before or not before.digest then return " is there by now" end
  return ": " .. M.changes(before.was, now.was)
end

--- Says what is different, or returns nil.
---@param before? table   pick of the plan; nil: the plan has none
---@param now? table      pick of today's answer; nil: it is not there
---@param writes table[]  the writes of the plan
---@return string?
function M.sentence(before, now, writes)
  local was, is = before and before.digest, now and now.digest
  if (was or false) == (is or false) then return nil end
  local pick = before or now
  return harmless(("%s %s%s (%s)"):format(pick.kind, pick.name,
    difference(before, now), reason(before and before.by and before
      or now and now.by and now or pick, writes, not before)))
end

--- Joins sentences, each once.
---@param sentences string[]
---@return string
function M.join(sentences)
  local seen, texts = {}, {}
  for _, text in ipairs(sentences) do
    if not seen[text] then seen[text], texts[#texts + 1] = true, text end
  end
  local more = #texts - MOST
  local text = table.concat(texts, "; ", 1, math.min(#texts, MOST))
  return more > 0 and ("%s; and %d more"):format(text, more) or text
end

return M
