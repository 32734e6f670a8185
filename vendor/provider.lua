--- Writes provider.h: what the host knows of its own provider, from one table.
---
---     lua vendor/provider.lua lua/NAME/host.lua > provider.h

local provider = dofile(arg[1])

local function define(name, value)
  print(string.format("#define MK_PROVIDER_%s %q", name, value))
end

print("/* What the host knows of its own provider: see " .. arg[1] .. ". */")
define("NAME", provider.name)
define("CAPITALS", provider.name:upper())
define("API", provider.api)
define("DEFAULT_BASE_URL", provider.base_url)
for _, what in ipairs { "token", "base_url", "project" } do
  local name, help = table.unpack(provider.variables[what])
  define(what:upper() .. "_VARIABLE", name)
  define(what:upper() .. "_HELP", help)
end

--- Prints the rows of src/host/entry.c for the modules of the provider.
local function define_entries(modules)
  local rows = {}
  for name, of in pairs(modules) do
    rows[#rows + 1] = ("  [MK_ENTRY_%s] = {%q, %s}"):format(name:upper(), of[1],
      of[2] and ("%q"):format(of[2]) or "NULL")
  end
  table.sort(rows)
  print("#define MK_PROVIDER_ENTRIES \\\n" .. table.concat(rows, ", \\\n"))
end

define_entries(provider.modules)
