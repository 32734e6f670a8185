--- Writes embed.c: the given files, compressed, for src/base/embed.h.
---
---     lua vendor/embed.lua lua/mkrun/client.lua scripts/onboard.lua >embed.c

package.path = arg[0]:gsub("[^/]*$", "?.lua")
local bytes = require "bytes"
local coded_words = require "words"
local squeeze = require "squeeze"

--- The name that a file is required, or run, by.
local function name_of(path)
  local example = path:match "^scripts/(examples/.+)$"
  if example then return example end
  if path:find "/types%.txt$" then return "types" end
  local topic = path:match "^src/(manual/.+)%.md$"
  if topic then return topic end
  local shell = path:match "^lua/mkrun/tool/completion/mkrun%.(.+)$"
  if shell then return "completion/" .. shell end
  if path:find "/sbom%.json$" then return "sbom/facts" end
  local part = path:match "^lua/(.+%.css)$" or path:match "^lua/(.+%.js)$"
  if part then return part end
  local stem = path:gsub("%.lua$", "")
  if not stem:find "^lua/" then return stem end
  return (stem:gsub("^lua/", ""):gsub("/init$", ""):gsub("/", "."))
end

--- How a path follows from a name: %s is the name, with "/" for "." if it is
--- that of a module.  The last is for text, whose path nobody asks for.
local SHAPES <const> = { "lua/%s.lua", "lua/%s/init.lua", "%s.lua",
  "scripts/%s", "src/%s.md", "lua/%s", "%s" }
local MAX_PATH <const> = 127

local function shape_of(name, path)
  local stem = name:find "/" and name or name:gsub("%.", "/")
  for i, shape in ipairs(SHAPES) do
    if shape:format(stem) == path and #path <= MAX_PATH then return i - 1 end
  end
  if not path:find "%.lua$" then return #SHAPES - 1 end
  error(("%s: no shape makes this path of the name '%s'"):format(path, name))
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local function code_of(source, path, is_stripped)
  return string.dump(assert(load(source, "@" .. path, "t")), is_stripped)
end

local function is_part_of_page(path)
  return path:find "%.css$" ~= nil or path:find "%.js$" ~= nil
end

--- A style or a script of a page without comments, indentation and empty lines.
--- A comment fills lines of its own: `/* ... */` in a style, `//` in a script.
local function bare_part(source, path)
  local is_style = path:find "%.css$"
  assert(is_style or not source:find "`",
    path .. ": indentation matters between backticks, so do without them")
  local bare = "\n" .. source
  bare = is_style and bare:gsub("/%*.-%*/", "")
    or bare:gsub("\n[ \t]*//[^\n]*", "\n")
  return (bare:gsub("%s*\n%s*", "\n"):sub(2))
end

--- A module without comments, whose lines stay as empty ones so that errors
--- name the right ones, and without needless blanks: a third less to carry.
--- Flows and examples stay whole, since `--show` prints them.
local function without_comments(source, path)
  if is_part_of_page(path) then return bare_part(source, path) end
  if not path:find "^lua/.*%.lua$" then return source end
  local bare = ("\n" .. source):gsub("\n[ \t]*%-%-[^\n]*", "\n")
    :gsub("\n[ \t]+", "\n"):sub(2)
  assert(code_of(source, path, true) == code_of(bare, path, true),
    path .. ": a line within a long string begins with a blank or '--'")
  local dense = squeeze(bare)
  assert(code_of(bare, path, false) == code_of(dense, path, false),
    path .. ": vendor/squeeze.lua makes something else of it")
  return dense
end

--- What a confined script needs before its first line.  A small pack of
--- compiled modules keeps the start short.
local CONFINE <const> = { ["arguments"] = true, ["close_cage"] = true,
  ["confine"] = true, ["grants"] = true, ["header"] = true, ["needs"] = true,
  ["world"] = true, ["world/files"] = true }

--- What a script needs that uses a declared provider.
local DECLARED <const> = { ["provider_files"] = true,
  ["world/answer_secrets"] = true, ["world/providers"] = true }

--- What the journal needs of a declared provider.
local JOURNALED <const> = { ["alike"] = true, ["facts"] = true,
  ["inverse"] = true, ["lookup"] = true }

--- The folders of a provider that are used in a sandbox or for a plan only.
local MODEL <const> = { sandbox = true, model = true, plan = true }

--- Flows that are used more than the others, and what all flows share.
local FIRST <const> = { common = true, onboard = true, drift = true }

--- Which files are used together.
local function pack_of(path)
  if path:find "/types%.txt$" then return "types" end
  if is_part_of_page(path) then return "page" end
  local of_host = path:match "^lua/mkrun/host/(.*)%.lua$"
  if CONFINE[of_host] then return "confine" end
  if DECLARED[of_host] then return "declared" end
  if path:find "^lua/mkrun/host/prompt/" then return "prompt" end
  if path:find "^lua/mkrun/tool/" or path:find "/sbom%.json$" then
    return "tool"
  end
  if path:find "^lua/mkrun/[^/]+$" or path:find "^lua/mkrun/host/"
    or path:find "^lua/mkrun/layer/" or path:find "^lua/[^/]+/host%.lua$" then
    return "host"
  end
  if path:find "^lua/mkrun/rest/.*/" or path:find "/sandbox/others%.lua$"
    or JOURNALED[path:match "^lua/mkrun/journal/(.*)%.lua$"] then
    return "declared"
  end
  local library, part = path:match "^lua/([^/]+)/(%l+)"
  if library ~= "mkrun" and MODEL[part] then return "sandbox" end
  if part == "flow" then
    return FIRST[path:match "/flow/(%l+)"] and "flow" or "flows"
  elseif part == "likeness" then
    return part
  end
  return path:match "^lua/([^/]+)" or path:match "^src/([^/]+)" or "scripts"
end

local files, packs = {}, {}
table.sort(arg)
for i, path in ipairs(arg) do
  local key = pack_of(path)
  local is_code = key == "confine"
  local text = is_code and code_of(read(path), path, false)
    or without_comments(read(path), path)
  local pack = packs[key]
  if not pack then
    pack = { number = #packs, size = 0, is_code = is_code }
    packs[key], packs[#packs + 1] = pack, pack
  end
  files[i] = { name = name_of(path), path = path, size = #text,
               pack = pack.number, offset = pack.size }
  pack[#pack + 1], pack.size = text, pack.size + #text
end
table.sort(files, function(a, b) return a.name < b.name end)

print '#include "base/embed.h"\n\nconst struct mk_pack mk_packs[] = {'
for _, pack in ipairs(packs) do
  local coded, words = table.concat(pack), 0
  if not pack.is_code then
    coded, words = coded_words(coded)
    assert(words > 0, "a pack without a word")
  end
  local packed = bytes.deflate(coded)
  print(string.format("  {\n%s,\n   %d, %d, %d, %d, %s},",
    bytes.literal(packed), #packed, #coded, words, pack.size, pack.is_code))
end
if #packs == 0 then print "  {0, 0, 0, 0, 0, 0}," end
print "};\n\nconst struct mk_embedded mk_embedded[] = {"
local names = ""
for _, file in ipairs(files) do
  print(string.format("  {%d, %d, %d, %d, %d}, /* %s */", file.offset,
    file.size, #names, file.pack, shape_of(file.name, file.path), file.name))
  names = names .. file.name .. "\0"
end
assert(#names < 0x10000, "the names are longer than a uint16_t counts")
if #files == 0 then print "  {0, 0, 0, 0, 0}," end
print(string.format("};\n\nconst size_t mk_embedded_count = %d;\n", #files))
print("const char mk_embedded_names[] =\n" .. bytes.literal(names) .. ";\n")
print('const char *const mk_embedded_shapes[] = {\n  "'
  .. table.concat(SHAPES, '",\n  "') .. '",\n};')
