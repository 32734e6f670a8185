--- Codes the frequent words of a text as one byte or two, for src/base/words.c,
--- which has the format.  What is coded deflates to a tenth less.

local ONE_BYTE <const>, MOST <const> = 120, 620
local WORD <const> = "[%a_][%w_]+"

local function count_words(text)
  local counts, words = {}, {}
  for word in text:gmatch(WORD) do
    if not counts[word] then words[#words + 1] = word end
    counts[word] = (counts[word] or 0) + 1
  end
  return counts, words
end

--- Sorts words by how many bytes codes of `size` bytes save.
local function sort_by_gain(words, counts, size)
  table.sort(words, function(a, b)
    local x, y = (#a - size) * counts[a], (#b - size) * counts[b]
    if x ~= y then return x > y end
    return a < b
  end)
end

--- The words that get a code, in its order: those of one byte, then others.
local function chosen(text)
  local counts, words = count_words(text)
  sort_by_gain(words, counts, 1)
  local short, long = table.move(words, 1, ONE_BYTE, 1, {}), {}
  local rest = table.move(words, ONE_BYTE + 1, #words, 1, {})
  sort_by_gain(rest, counts, 2)
  for _, word in ipairs(rest) do
    if #word > 3 and counts[word] > 2 and #long < MOST - ONE_BYTE then
      long[#long + 1] = word
    end
  end
  table.sort(short) -- neighbours with the same beginning deflate better
  table.sort(long)
  return table.move(long, 1, #long, #short + 1, short)
end

local function codes_of(words)
  local codes = {}
  for i, word in ipairs(words) do
    local long = i - 1 - ONE_BYTE
    codes[word] = long < 0 and string.char(0x80 + i - 1)
      or string.char(0xf8 + long // 256, long % 256)
  end
  return codes
end

--- The coded text, and how many words it begins with.
return function(text)
  local words = chosen(text)
  local coded = text:gsub("[\1\x80-\xff]", "\1%0"):gsub(WORD, codes_of(words))
  local count = #words
  words[count + 1] = coded
  return table.concat(words, "\0"), count
end
