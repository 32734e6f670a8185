--- The module `say` as far as assertions of the user need it: texts by keys.
-- SPDX-License-Identifier: MIT

local texts = {}

local M = {}

function M.set(_, key, text) texts[key] = text end

function M.set_namespace() end

return setmetatable(M, { __call = function(_, key, values)
  local text = texts[key]
  if not text then return key end
  local count = select(2, text:gsub("%%s", ""))
  for i = 1, count do
    if not values[i] then values[i] = "nil" end
  end
  return text:format(table.unpack(values, 1, math.max(count, #values)))
end })
