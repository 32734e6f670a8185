--- Leaves out blanks between the words and signs of a Lua source, and comments.
--- Lines stay, since errors name them.

--- Where a string ends that begins at `at`, or nil.
local function end_of_string(source, at)
  local quote = source:match("^[\"']", at)
  if not quote then
    local level = source:match("^%[(=*)%[", at)
    return level and select(2, source:find("]" .. level .. "]", at, true))
  end
  repeat
    at = at + (source:sub(at, at) == "\\" and 2 or 1)
  until source:sub(at, at) == quote
  return at
end

--- Where a comment ends that begins at `at`, or nil.
local function end_of_comment(source, at)
  if source:sub(at, at + 1) ~= "--" then return nil end
  return source:sub(at + 2, at + 2) == "[" and end_of_string(source, at + 2)
    or (source:find("\n", at, true) or #source + 1) - 1
end

--- Tells whether a blank between these two is needed: two words, or signs that
--- are another sign together.
local function is_needed(a, b)
  local both = a .. b
  return both:find "^[%w_][%w_]$" or both:find "^%d%.$" or both:find "^%.%d$"
    or both:find "^[-.=~<>/:%[][-.=~<>/:%[]$"
end

local function piece_at(source, at)
  local stop = end_of_comment(source, at)
  if stop then return stop, (source:sub(at, stop):gsub("[^\n]", "")) end
  stop = end_of_string(source, at)
  if stop then return stop, source:sub(at, stop) end
  stop = select(2, source:find("^[ \t]+", at))
  if not stop then return at, source:sub(at, at) end
  local a, b = source:sub(at - 1, at - 1), source:sub(stop + 1, stop + 1)
  return stop, is_needed(a, b) and " " or ""
end

return function(source)
  local pieces, at = {}, 1
  while at <= #source do
    local special = source:find("[ \t\"'%[-]", at) or #source + 1
    pieces[#pieces + 1] = source:sub(at, special - 1)
    if special > #source then break end
    local stop, piece = piece_at(source, special)
    pieces[#pieces + 1], at = piece, stop + 1
  end
  return table.concat(pieces)
end
