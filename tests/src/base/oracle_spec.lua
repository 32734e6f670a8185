--- A script that is confined guesses a secret letter by letter, and looks each
--- time at what mkrun did with its guess.  Whatever it looks at, it learns only
--- whether a complete guess is right.

local process = require "tests.support.process"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local TOKEN <const> = "canary-7Kq2.Zx_9-token"

--- What each attack begins with.  `learn(known, tells)` tries all letters after
--- each known start; `tells(start)` is true for those that may be right.  If
--- all letters may be right, nothing was learned.  `finish` writes what was
--- learned, so that it does not look like the token.
local COMMON <const> = [[
  local report, file, confine = ...
  if confine == "yes" then require "mkrun.backend".confine_output() end
  local LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    .. "0123456789.-_"
  local found = {}
  local function better(known, tells)
    local more = {}
    for _, start in ipairs(known) do
      for c in LETTERS:gmatch "." do
        if tells(start .. c) then more[#more + 1] = start .. c end
      end
    end
    return #more < #known * #LETTERS / 2 and more or {}
  end
  local function learn(known, tells)
    while #known > 0 and #found < 2000 do
      known = better(known, tells)
      table.move(known, 1, #known, #found + 1, found)
    end
  end
  local function finish()
    local out = assert(io.open(report, "w"))
    for _, start in ipairs(found) do out:write(start:reverse(), "\n") end
    out:close()
  end
  local function size()
    local f <close> = assert(io.open(file))
    return f:seek "end"
  end
]]

--- Runs an attack with a stream in the file that it can read.
---@param confine "yes"|"no"
---@return table<string, true> starts  all that the script takes for a start
local function starts(attack, confine, stream)
  local path = temp.file(COMMON .. attack .. "\nfinish()", "attack.lua")
  local report, file = temp.folder() .. "/report", temp.folder() .. "/output"
  local outcome = process.run({ "sh", "-c", shell.join {
    "build/debug/mkrun", path, report, file, confine,
  } .. (stream or " >") .. shell.quote(file) },
    { env = { MKIO_TOKEN = TOKEN } })
  assert.same({ code = 0, out = "", err = "" }, outcome)
  local list = {}
  for line in assert(temp.read(report)):gmatch "[^\n]+" do
    list[line:reverse()] = true
  end
  return list
end

--- The attack works, and it does not when the run is confined.
local function foils(attack, wanted, stream)
  assert.is_true(starts(attack, "no", stream)[wanted])
  assert.same({}, starts(attack, "yes", stream))
end

local SIZE <const> = [[
  learn({ "" }, function(text)
    local before = size()
    io.%s:write(text)
    io.%s:flush()
    local held = size() == before
    io.%s:write "?\n"
    io.%s:flush()
    return held and size() == before + #text + 2
  end)]]

describe("a confined script learns no start of a secret from", function()
  it("the size of its standard output", function()
    foils(SIZE:gsub("%%s", "stdout"), TOKEN:sub(1, -2))
  end)

  it("the size of its standard error", function()
    foils(SIZE:gsub("%%s", "stderr"), TOKEN:sub(1, -2), " 2>")
  end)

  it("the size after whole lines", function()
    -- TOKEN in base64; a longer text in lines is compared line by line
    foils([[
      learn({ "Y2FuYXJ" }, function(text)
        local before = size()
        io.write(text, "\n")
        io.flush()
        local held = size() == before
        io.write "?\n"
        io.flush()
        return held and size() == before + #text + 3
      end)]], "Y2FuYXJ5LTdLcTIuWnhfOS10b2tl")
  end)

  it("the size after parts of one long line", function()
    assert.same({}, starts([[
      io.write(("-"):rep(200000))
      io.flush()
      learn({ "" }, function(text)
        text = text .. ("-"):rep(3000 - #text)
        io.write(text:rep(40))
        io.flush()
        local right = size()
        io.write(text:rep(40))
        io.flush()
        return size() - right ~= 120000
      end)]], "yes"))
  end)

  it("the order of what a terminal shows", function()
    local attack = temp.file([[
      if ... == "yes" then require "mkrun.backend".confine_output() end
      for _, text in ipairs { "?", "canary-7", "eyJhb" } do
        io.write(text)
        io.flush()
        io.stderr:write "|"
        io.write "#\n"
        io.flush()
      end]], "attack.lua")
    local function shown(confine)
      local out = temp.folder() .. "/typescript"
      shell.execute(("MKIO_TOKEN=%s script -qec %s %s </dev/null >/dev/null")
        :format(TOKEN, shell.quote(shell.join { "build/debug/mkrun", attack,
          confine }), out))
      return (temp.read(out):gsub("^Script[^\n]*\n", "")
        :gsub("\n*Script done.*", ""):gsub("\r", ""):gsub("%s+$", ""))
    end
    if not shell.works "test -c /dev/ptmx && command -v script" then
      pending "no pseudoterminal here"
    end
    assert.equal("?|#\n|canary-7#\neyJhb|#", shown "no")
    assert.equal("?|#\ncanary-7|#\neyJhb|#", shown "yes")
  end)
end)

describe("no script learns a start of a secret from", function()
  it("the place where a message is cut", function()
    assert.same({}, starts([[
      local json = require "mkrun.json"
      local function message(text)
        local name = ("-"):rep(199 - #text) .. text .. ("!"):rep(90)
        return select(2, json.encode { [name] = print })
      end
      learn({ "" }, function(text)
        return #message(text) ~= #message(("!"):rep(#text))
      end)]], "no"))
  end)

  --- Messages about texts with a right and with a wrong start, at each place
  --- around the cut at `size` bytes.
  local SAME <const> = [[
    local json, http = require "mkrun.json", require "mkrun.http"
    local task, token = require "mkrun.task", %q
    local function around(size, show)
      local texts = {}
      for length = 3, #token - 1, 3 do
        for before = size - length - 6, size + 3, 3 do
          texts[#texts + 1] = { before, token:sub(1, length) }
        end
      end
      task.map(texts, function(text)
        local before, start = table.unpack(text)
        local function message(word)
          return show(("x"):rep(before) .. word .. ("y"):rep(90))
        end
        local wrong = ("z"):rep(#start)
        local first, second = message(start), message(wrong)
        assert(#first == #second, first .. "\n" .. second)
      end, { limit = 200 })
    end
    %%s]]

  for what, code in pairs {
    ["an error of a pointer"] = [[
      around(200, function(text)
        return select(2, json.encode { [text] = print })
      end)]],
    ["an error of a client certificate"] = [[
      around(511, function(text)
        return select(2, http.get("http://127.0.0.1:1/",
          { client_cert = text }))
      end)]],
    ["an error of libcurl"] = [[
      around(228, function(text)
        local host = text .. ("x"):rep(200)
        local message = select(2, http.get("http://" .. host .. "/"))
        return (message:gsub(" %(%d attempts%)", ""))
      end)]],
    ["the name of a chunk"] = [[
      around(58, function(text)
        return select(2, load("--" .. text .. "\n("))
      end)]],
  } do
    it(what, function()
      local path = temp.file(SAME:format(TOKEN):format(code), "attack.lua")
      local outcome = process.run({ "build/debug/mkrun", path },
        { env = { MKIO_TOKEN = TOKEN } })
      assert.same({ code = 0, out = "", err = "" }, outcome)
    end)
  end

  it("the number of characters that a comparison reads", function()
    local check = temp.folder() .. "/check"
    shell.execute(("gcc -std=gnu11 -Wall -Werror -Isrc -g "
      .. "-fsanitize=address,undefined -o %s src/base/redact_match.c "
      .. "tests/src/base/redact_match_check.c"):format(check))
    local counts = {}
    for count in shell.output(check):gmatch "%d+" do
      counts[#counts + 1] = count
    end
    -- 40 starts in each of the four forms; they end after 4, 32, 64 or all
    assert.equal(160, #counts)
    local words = " " .. table.concat(counts, " ") .. " "
    assert.equal("", (words:gsub(" %d+%f[ ]", { [" 4"] = "", [" 32"] = "",
      [" 40"] = "", [" 53"] = "", [" 52"] = "" }):gsub("^ $", "")))
  end)
end)

describe("what a confined run prints", function()
  local function printed(code, stream)
    local path = temp.file("require 'mkrun.backend'.confine_output()\n"
      .. ("local TOKEN = %q\n"):format(TOKEN) .. code, "print.lua")
    local outcome = process.run({ "build/debug/mkrun", path },
      { env = { MKIO_TOKEN = TOKEN } })
    return outcome[stream or "out"], outcome
  end

  it("has no secret that is written in pieces", function()
    local pieces = [[
      for c in ("<" .. TOKEN .. ">\n<" .. TOKEN .. ">"):gmatch "." do
        io.write(c) io.flush() io.stderr:write(c)
      end]]
    local wanted = "<(secret: API token)>\n<(secret: API token)>"
    assert.equal(wanted, printed(pieces))
    assert.equal(wanted, printed(pieces, "err"))
  end)

  it("has no secret in pieces around a seek, which is refused", function()
    assert.equal("(secret: API token)|nil|29", printed [[
      io.write(TOKEN:sub(1, 9))
      local where, _, code = io.stdout:seek "cur"
      io.write(TOKEN:sub(10), "|", tostring(where), "|", code)]])
  end)

  it("has no secret with line breaks that is written in lines", function()
    assert.equal("a\n(secret: key)\nb\n", printed [[
      local text = "-----BEGIN-----\nMIIEvQIBADANBgkq\n-----END-----"
      local key = require "mkrun.secret".new(text, "key")
      print "a"
      for line in text:gmatch "[^\n]+" do print(line) end
      print "b"
      assert(key)]])
  end)

  it("has no base64 with line breaks that is written at once", function()
    assert.equal("(secret: API token)==\n",
      printed [[print "Y2FuYXJ5LTdLcTIuWnh\nfOS10b2tlbg=="]])
  end)

  it("has no secret in a line without an end, and keeps little of it",
    function()
      local out, outcome = printed([[
        for i = 1, 3000 do
          io.write(("-"):rep(i % 97), TOKEN:sub(1, i % 20), "!")
          io.write(TOKEN:sub(1, 10)) io.flush()
          io.write(TOKEN:sub(11)) io.flush()
        end]])
      local _, count = out:gsub("!%(secret: API token%)", "")
      assert.equal(3000, count)
      assert.equal(0, outcome.code)
      local file = temp.folder() .. "/output"
      local path = temp.file(([[
        require 'mkrun.backend'.confine_output()
        for _ = 1, 100 do io.write(("-"):rep(10000)) io.flush() end
        local f <close> = io.open(%q)
        assert(f:seek "end" > 800000)]]):format(file), "long.lua")
      assert.equal(0, process.run({ "sh", "-c", "build/debug/mkrun "
        .. path .. " >" .. file }, { env = { MKIO_TOKEN = TOKEN } }).code)
      assert.equal(1000000, #temp.read(file))
    end)

  it("comes line by line to a program that reads it", function()
    assert.equal("canary-7Kq2\n", printed [[
      local f = assert(io.popen "cat >&2")
      print "canary-7Kq2"
      f:close()
      os.exit(true)]])
  end)
end)
