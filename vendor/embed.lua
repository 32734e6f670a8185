--- Writes embed.c: the given files as C strings, for src/embed.h.
---
---     lua vendor/embed.lua lua/mkrun/client.lua scripts/onboard.lua >embed.c

--- The name that a file is required, or run, by.
local function name_of(path)
  local example = path:match "^scripts/(examples/.+)$"
  if example then return example end
  local stem = path:gsub("%.lua$", "")
  if not stem:find "^lua/" then return stem end
  return (stem:gsub("^lua/", ""):gsub("/init$", ""):gsub("/", "."))
end

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n" }

--- A C string literal.  Octal escapes have three digits, so that no digit
--- after them is taken for a part of them; "??" would start a trigraph.
local function quote(line)
  local text = line:gsub('[%c"\\\128-\255?]', function(c)
    return escapes[c] or string.format("\\%03o", c:byte())
  end)
  return '"' .. text .. '"'
end

local function literal(source)
  local lines = {}
  for line in source:gmatch "[^\n]*\n?" do
    if line ~= "" then lines[#lines + 1] = "   " .. quote(line) end
  end
  return #lines > 0 and table.concat(lines, "\n") or '   ""'
end

local files = {}
for i, path in ipairs(arg) do
  files[i] = { name = name_of(path), path = path, source = read(path) }
end
table.sort(files, function(a, b) return a.name < b.name end)

print '#include "embed.h"\n\nconst struct mk_embedded mk_embedded[] = {'
for _, file in ipairs(files) do
  print(string.format("  {%s, %s,\n%s,\n   %d},", quote(file.name),
    quote(file.path), literal(file.source), #file.source))
end
if #files == 0 then print "  {0, 0, 0, 0}," end
print(string.format("};\n\nconst size_t mk_embedded_count = %d;", #files))
