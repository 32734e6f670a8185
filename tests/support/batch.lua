--- Many short runs of the release binary, started by one shell: to start a
--- program from the tests is slow, as they run under AddressSanitizer.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- For each number a folder like the template but for one file.  All run in one
--- place, which a journal knows.
local LOOP <const> = [=[
i=0
while [ $i -lt %d ]; do
  i=$((i + 1))
  cp -a "$1" w || exit 99
  cat $i.bytes >w/%s
  (cd w && { ulimit -t 60; %s; } </dev/null >../$i.out 2>../$i.err)
  echo $? >$i.code
  mv w $i
done]=]

--- A text with one path in the place of another.
local function moved(text, from, to)
  local before, after = text:find(from, 1, true)
  if not before then return text end
  return text:sub(1, before - 1) .. to .. text:sub(after + 1)
end

--- Runs the same words in a copy of the template for each text, which the file
--- holds there.
---@param template string   a folder
---@param file string       in it
---@param texts string[]
---@param runs string[][]   words; what comes after is run whatever came before
---@return {code: integer, out: string, err: string, folder: string}[]
function M.run(template, file, texts, runs)
  local folder, lines = temp.folder(), {}
  for i, text in ipairs(texts) do
    temp.write(("%s/%d.bytes"):format(folder, i),
      moved(text, template, folder .. "/w"))
  end
  for i, words in ipairs(runs) do
    lines[i] = shell.join { release.path, table.unpack(words) }
  end
  local code = process.run({ "sh", "-c",
    LOOP:format(#texts, file, table.concat(lines, "; ")), "sh", template },
    { cwd = folder }).code
  assert(code == 0, "the loop of a batch")
  local outcomes = {}
  for i = 1, #texts do
    local path = ("%s/%d"):format(folder, i)
    outcomes[i] = { code = math.tointeger(tonumber(temp.read(path .. ".code"))),
      out = temp.read(path .. ".out"), err = temp.read(path .. ".err"),
      folder = path }
  end
  return outcomes
end

return M
