--- Runs the release binary many times from one shell.  The tests run under
--- AddressSanitizer, where it is slow to start a program.
--- `torture_damage_spec.lua` calls it.

local process = require "tests.support.process"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local M = {}

--- The shell loop: for each number it copies the template and replaces one
--- file.  All runs use the same path, because a journal contains it.
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

--- Replaces the first `from` in a text.
local function moved(text, from, to)
  local before, after = text:find(from, 1, true)
  if not before then return text end
  return text:sub(1, before - 1) .. to .. text:sub(after + 1)
end

--- Runs the same commands once for each text, in a copy of the template in
--- which the text is the content of `file`.
---@param template string   a folder
---@param file string       a file in the template
---@param texts string[]
---@param runs string[][]   arguments of each command; all run, even after a
---  failure
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
