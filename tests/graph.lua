--- Builds the graph of includes and requires, and reports its faults: an arrow
--- to a higher floor, a circle, a folder with too many files.
---
---     lua5.4 tests/graph.lua [--dot]   in the top folder; --dot: for Graphviz
---
--- `make lint` runs it.  The floors, from the lowest: base, json and http in
--- src/; src/lua; lua/mkrun; lua/mkrun/rest; lua/mkio; lua/mkio/flow and
--- scripts/.  src/host has no floor and may use all of them.

local MOST_FILES <const> = 40

--- For each C folder, the other folders that its files may include.
local C_FLOORS <const> = {
  base = {}, json = { base = true }, http = { base = true },
  lua = { base = true, json = true, http = true },
  host = { base = true, json = true, http = true, lua = true },
}

--- Prefixes of Lua modules and their floors.  The first match counts.
local LUA_FLOORS <const> = {
  { "scripts", 6 }, { "mkio.flow", 6 }, { "mkio", 5 }, { "mkrun.rest", 4 },
  { "mkrun", 3 },
}

--- Modules written in C, which every Lua module may require.
local BINDINGS <const> = {
  ["mkrun.config"] = true, ["mkrun.http"] = true, ["mkrun.json"] = true,
  ["mkrun.patch"] = true, ["mkrun.secret"] = true, ["mkrun.sys"] = true,
  ["mkrun.task.core"] = true,
}

--- This module may name any other module, because it maps old names of modules
--- to new names.
local RENAMED <const> = "mkio.renamed"

--- The only C file that may name Lua modules.
local ENTRIES <const> = "host/entry"

local faults = {}

local function fault(...) faults[#faults + 1] = string.format(...) end

local function lines_of(command)
  local pipe <close> = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  return lines
end

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local function files_of(pattern)
  return lines_of("git ls-files --cached --others --exclude-standard -- "
    .. pattern)
end

local function exists(path)
  local file = io.open(path)
  return file ~= nil and file:close()
end

--- Makes an empty graph.  nodes[name] is a set of the names that `name` uses.
local function new_graph() return { nodes = {}, arrows = 0 } end

local function add_node(graph, name)
  graph.nodes[name] = graph.nodes[name] or {}
  return graph.nodes[name]
end

local function add_arrow(graph, from, to)
  local uses = add_node(graph, from)
  if from == to or uses[to] then return false end
  uses[to], graph.arrows = true, graph.arrows + 1
  add_node(graph, to)
  return true
end

--- Returns the circles of a graph, each as a list of its nodes: the strongly
--- connected components with more than one node (Tarjan 1972).
local function circles_of(graph)
  local index, low, on, stack, count, found = {}, {}, {}, {}, 0, {}
  local function pop_part(root)
    local part = {}
    repeat
      local node = table.remove(stack)
      on[node] = nil
      part[#part + 1] = node
    until node == root
    if #part > 1 then
      table.sort(part)
      found[#found + 1] = part
    end
  end
  local function visit(node)
    count = count + 1
    index[node], low[node], on[node] = count, count, true
    stack[#stack + 1] = node
    for to in pairs(graph.nodes[node]) do
      if not index[to] then
        visit(to)
        low[node] = math.min(low[node], low[to])
      elseif on[to] then
        low[node] = math.min(low[node], index[to])
      end
    end
    if low[node] == index[node] then pop_part(node) end
  end
  for node in pairs(graph.nodes) do
    if not index[node] then visit(node) end
  end
  return found
end

-- --- C ----------------------------------------------------------------------

--- "src/http/loop.c" -> "http/loop", "http"
local function unit_of(path)
  local unit = path:gsub("^src/", ""):gsub("%.%a$", "")
  return unit, unit:match "^[^/]+"
end

local function check_include(graph, path, target)
  if not exists("src/" .. target) then return end -- generated, or of a library
  local from, floor = unit_of(path)
  local to, other = unit_of("src/" .. target)
  add_arrow(graph, from, to)
  local allowed = C_FLOORS[floor]
  if not allowed then
    fault("%s: the folder is on no floor", path)
  elseif other ~= floor and not allowed[other] then
    fault("%s: includes %s, which is on another floor", path, target)
  end
end

local function check_strings(path, source, modules)
  if unit_of(path) == ENTRIES then return end
  source = source:gsub("/%*.-%*/", "")
  for name in source:gmatch '"(mk[%w_]+[%w_.]*)"' do
    if modules[name] then
      fault("%s: names the Lua module %s, which src/%s.c does", path, name,
        ENTRIES)
    end
  end
end

local function c_graph(modules)
  local graph = new_graph()
  for _, path in ipairs(files_of "'src/*.c' 'src/*.h'") do
    local source = read(path)
    add_node(graph, (unit_of(path)))
    for target in source:gmatch '#include "([^"]+)"' do
      check_include(graph, path, target)
    end
    if not path:find "^src/lua/" and not path:find "^src/host/"
      and source:find "#include <l[ua][uax]%w*%.h>" then
      fault("%s: includes a header of Lua", path)
    end
    check_strings(path, source, modules)
  end
  return graph
end

-- --- Lua --------------------------------------------------------------------

--- "lua/mkrun/plan/init.lua" -> "mkrun.plan"
local function module_of(path)
  local stem = path:gsub("%.lua$", ""):gsub("^lua/", ""):gsub("/init$", "")
  return (stem:gsub("/", "."))
end

local function floor_of(module)
  if BINDINGS[module] then return 2 end
  for _, row in ipairs(LUA_FLOORS) do
    local prefix, floor = row[1], row[2]
    if module == prefix or module:sub(1, #prefix + 1) == prefix .. "." then
      return floor
    end
  end
end

--- Removes comments.  Long comments (`--[[`) are not used in this project.
local function without_comments(source)
  return (source:gsub("\n%s*%-%-[^\n]*", "\n"))
end

--- Returns the sets of module names that are required and that occur elsewhere.
local function names_in(source)
  local required, named = {}, {}
  local rest = source:gsub('require%s*%(?%s*"([^"]+)"', function(name)
    required[name] = true
    return ""
  end)
  for name in rest:gmatch '"(mk[%w_]+[%w_.]*)"' do named[name] = true end
  return required, named
end

local function check_use(graph, modules, module, target, how)
  if not modules[target] and not BINDINGS[target] then return end
  if modules[target] and how == "requires" then
    add_arrow(graph, module, target)
  end
  if floor_of(target) > floor_of(module) then
    fault("%s: %s %s, which is on a higher floor", modules[module], how, target)
  end
end

local function lua_modules()
  local modules = {}
  for _, path in ipairs(files_of "'lua/*.lua' 'scripts/*.lua'") do
    if not path:find "^lua/types/" then modules[module_of(path)] = path end
  end
  return modules
end

local function lua_graph(modules)
  local graph = new_graph()
  for module, path in pairs(modules) do
    local required, named = names_in(without_comments("\n" .. read(path)))
    add_node(graph, module)
    for target in pairs(required) do
      check_use(graph, modules, module, target, "requires")
    end
    for target in pairs(module ~= RENAMED and named or {}) do
      check_use(graph, modules, module, target, "names")
    end
  end
  return graph
end

-- --- Folders ----------------------------------------------------------------

--- Finds the folder with the most .c or .lua files.
local function largest_folder()
  local counts, most = {}, { count = 0 }
  for _, path in ipairs(files_of "'src/*.c' 'lua/*.lua' 'scripts/*.lua'") do
    local folder = path:match "^(.*)/"
    counts[folder] = (counts[folder] or 0) + 1
  end
  for folder, count in pairs(counts) do
    if count > most.count then most = { folder = folder, count = count } end
    if count > MOST_FILES then
      fault("%s: %d files, at most %d expected", folder, count, MOST_FILES)
    end
  end
  return most
end

-- --- The report -------------------------------------------------------------

local function print_dot(graph, name)
  print(("digraph %s {"):format(name))
  for from, uses in pairs(graph.nodes) do
    for to in pairs(uses) do print(('  "%s" -> "%s"'):format(from, to)) end
  end
  print "}"
end

local function count(graph)
  local n = 0
  for _ in pairs(graph.nodes) do n = n + 1 end
  return n
end

local modules = lua_modules()
local graphs = { { "C", c_graph(modules) }, { "Lua", lua_graph(modules) } }
local up, summary, circles = #faults, {}, 0
local folder = largest_folder()
for _, row in ipairs(graphs) do
  local name, graph = row[1], row[2]
  for _, circle in ipairs(circles_of(graph)) do
    circles = circles + 1
    fault("circle of %d: %s", #circle, table.concat(circle, ", "))
  end
  summary[#summary + 1] = ("%s: %d files, %d arrows"):format(name,
    count(graph), graph.arrows)
  if arg[1] == "--dot" then print_dot(graph, name) end
end
table.sort(faults)
for _, text in ipairs(faults) do io.stderr:write("graph: ", text, "\n") end
io.stderr:write(("  %s; %d up, %d circles; largest folder: %s, %d files\n")
  :format(table.concat(summary, "; "), up, circles, folder.folder,
    folder.count))
os.exit(#faults == 0)
