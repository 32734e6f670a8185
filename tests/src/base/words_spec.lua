--- Codes for words: what vendor/words.lua makes, src/base/words.c undoes.  The
--- same for all of it: what is embedded is what the files hold.

local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local temp = require "tests.support.temp"

local coded_words = dofile "vendor/words.lua"
local squeeze = dofile "vendor/squeeze.lua"

local check

local function expand(coded, length, words)
  local out = temp.folder() .. "/out"
  shell.execute(("%s %s %d %d >%s"):format(check, temp.file(coded), length,
    words, out))
  return temp.read(out)
end

--- A text with `count` words that are each there three times.
local function many_words(count)
  local words = {}
  for i = 1, count do words[i] = ("word%d "):format(i):rep(3) end
  return table.concat(words)
end

local EVERY_BYTE <const> = {}
for byte = 0, 255 do
  EVERY_BYTE[byte + 1] = string.char(byte):rep(byte % 3 + 1)
end

describe("mk_words_expand", function()
  lazy_setup(function()
    check = temp.folder() .. "/check"
    shell.execute(("gcc -std=c11 -Wall -Werror -Isrc -g -o %s "
      .. "-fsanitize=address,undefined src/base/words.c "
      .. "tests/src/base/words_check.c"):format(check))
  end)

  for what, text in pairs {
    ["no word"] = "1 + 1 = 2",
    ["one word"] = "word",
    ["each byte"] = table.concat(EVERY_BYTE),
    ["119 words"] = many_words(119),
    ["120 words"] = many_words(120),
    ["121 words"] = many_words(121),
    ["376 words"] = many_words(376),
    ["more words than have codes"] = many_words(3000),
    ["long words"] = (("x"):rep(15) .. " " .. ("y"):rep(16) .. " "
      .. ("z"):rep(17) .. " " .. ("w"):rep(300) .. "\n"):rep(9),
    ["a source"] = temp.read "lua/mkrun/host/header.lua",
    ["UTF-8"] = ("Größe der \u{1F30D} größer "):rep(5),
  } do
    it("puts back " .. what, function()
      local coded, words = coded_words(text)
      assert.equal(text, expand(coded, #text, words))
    end)
  end

  it("writes no more and no less than there is room for", function()
    local text = many_words(400)
    local coded, words = coded_words(text)
    for _, length in ipairs { 0, 1, #text - 1, #text + 1 } do
      assert.equal("damaged", expand(coded, length, words))
    end
  end)

  it("refuses what ends too early, or names no word", function()
    for coded, words in pairs { ["a"] = 1, ["a\0"] = 2, [""] = 1,
      ["a\0\x81"] = 1, ["a\0\xf8"] = 1, ["a\0\xf8\0"] = 1, ["\1"] = 0,
      ["a\0\xff\xff"] = 1, ["\0\x80"] = 1025 } do
      assert.equal("damaged", expand(coded, 1, words))
    end
  end)
end)

describe("An embedded file", function()
  it("is the file, if it is one to be shown", function()
    local count = 0
    for _, name in ipairs(sys.builtins()) do
      local text, path = sys.builtin(name)
      local own = name:match "^completion/(.+)$"
      path = own and "lua/mkrun/tool/completion/mkrun." .. own or path
      if (own or not path:find "^lua/") and temp.read(path) then
        assert.equal(temp.read(path), text)
        count = count + 1
      end
    end
    assert(count > 40, count)
  end)

  it("is the same program, on the same lines, if it is a module", function()
    local count = 0
    for _, name in ipairs(sys.builtins()) do
      local text, path = sys.builtin(name)
      if path:find "^lua/.*%.lua$" and text:sub(1, 1) ~= "\27" then
        local source = assert(load(temp.read(path), "@" .. path, "t"))
        local embedded = assert(load(text, "@" .. path, "t"))
        assert.equal(string.dump(source), string.dump(embedded))
        count = count + 1
      end
    end
    assert(count > 200, count)
  end)
end)

describe("vendor/squeeze.lua", function()
  for source, expected in pairs {
    ["local a = b + 1"] = "local a=b+1",
    ["f ( a , b )"] = "f(a,b)",
    ["return not a"] = "return not a",
    ["return - - a"] = "return- -a",
    ["a = 1 .. x .. .5"] = "a=1 ..x.. .5",
    ["a [ [[ b ]] ]"] = "a[ [[ b ]]]",
    ["a = b // c ~ = d"] = "a=b//c~ =d",
    ["s = ' \\' -- ' .. \" -- \""] = "s=' \\' -- '..\" -- \"",
    ["s = 'a\\z   b' ;"] = "s='a\\z   b';",
    ["s = [==[ a  ]] b ]==] .. x"] = "s= [==[ a  ]] b ]==]..x",
    ["a = 1 -- one\nb = 2"] = "a=1\nb=2",
    ["a --[[ x\n y ]] = 1"] = "a\n=1",
    ["goto x ; :: x ::"] = "goto x;::x::",
    ["x = 3 ; y = x3 .z"] = "x=3;y=x3 .z",
  } do
    it("makes of " .. source, function()
      assert.equal(expected, squeeze(source))
    end)
  end
end)
