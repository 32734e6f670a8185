--- Reads declarations for editors, and compares them with the code that they
--- declare.  A declaration is the name of a class or a module, and a member of
--- it: ["mkrun.sys"]["write"] = {sign = ".", parameters = "path, text, mode"}.

local M = {}

local function fault(list, text, ...) list[#list + 1] = text:format(...) end

--- The names after "---@WORD " in a comment, in order.
local function names_of(comment, word)
  local names = {}
  for name in comment:gmatch("%-%-%-@" .. word .. " ([%w_.]+)") do
    names[#names + 1] = name
  end
  return names
end

local function add_fields(comment, class, all)
  for name, optional in comment:gmatch "%-%-%-@field ([%w_]+)(%??)" do
    all[class][name] = { is_field = true, is_optional = optional == "?" }
  end
end

local function add_function(block, owners, module, all)
  local owner, sign, name, parameters =
    block:match "%f[^\n\0]function ([%w_]+)([.:])([%w_]+)%((.-)%) end"
  if not owner then return end
  all[owners[owner] or module][name] = { sign = sign, parameters = parameters,
    stated = table.concat(names_of(block, "param"), ", "),
    has_text = block:find "%-%-%- ```" ~= nil }
end

local function add_value(block, owners, module, all)
  local owner, name = block:match "%f[^\n\0](%l[%w_]*)%.([%w_]+) = "
  if owner then
    all[owners[owner] or module][name] = { is_field = true }
  end
end

--- Reads files.
---@param texts string[]
---@return table<string, table<string, table>> declarations
---@return table<string, true> types   all names of classes and aliases
function M.read(texts)
  local all = setmetatable({}, { __index = function(self, class)
    self[class] = {}
    return self[class]
  end })
  local types = {}
  for _, text in ipairs(texts) do
    local module, owners = text:match "^%-%-%-@meta (%S+)\n", {}
    for block in (text .. "\n\n"):gmatch "(.-)\n\n" do
      local class = names_of(block, "class")[1]
      for _, name in ipairs(names_of(block, "alias")) do types[name] = true end
      if class then
        types[class] = true
        add_fields(block, class, all)
        local variable = block:match "%f[^\n\0]local ([%w_]+) = {}"
        if variable then owners[variable] = class end
      end
      add_function(block, owners, module, all)
      add_value(block, owners, module, all)
    end
  end
  return setmetatable(all, nil), types
end

--- Returns what is wrong with files by themselves: a type that is declared
--- nowhere, or a function whose comment has other parameters than it takes.
---@param texts string[]
---@return string[]
function M.faults(texts)
  local faults, all, types = {}, M.read(texts)
  for _, text in ipairs(texts) do
    for line in text:gmatch "%-%-%-[@|][^\n]*" do
      local bare = line:gsub("`[^`]*`", ""):gsub('"[^"]*"', "")
      for name in bare:gmatch "%f[%w]mk%l+%.[%w_.]+" do
        if not types[name] and not line:find "@meta" then
          fault(faults, "type %s is not declared", name)
        end
      end
    end
  end
  for class, members in pairs(all) do
    for name, member in pairs(members) do
      if member.parameters ~= member.stated then
        fault(faults, "%s.%s(%s): the comment has (%s)", class, name,
          member.parameters, member.stated)
      end
    end
  end
  table.sort(faults)
  return faults
end

--- Returns the classes with a function about which the manual says nothing.
---@param all table<string, table<string, table>>  from `M.read`
---@return table<string, true>
function M.without_text(all)
  local classes = {}
  for class, members in pairs(all) do
    for _, member in pairs(members) do
      if not member.is_field and not member.has_text then
        classes[class] = true
      end
    end
  end
  return classes
end

--- Returns what a script calls of the modules that it requires and what is not
--- declared: "3: mkrun.sys.reed".
---@param source string
---@param all table<string, table<string, table>>  from `M.read`
---@return string[]
function M.unknown_calls(source, all)
  local modules, unknown, number = {}, {}, 0
  for line in (source .. "\n"):gmatch "([^\n]*)\n" do
    number = number + 1
    local code = line:gsub("%-%-.*$", ""):gsub('"[^"]*"', '""')
    local variable, module =
      line:match '^%s*local ([%w_]+) = require "([^"]+)"%s*$'
    if variable then modules[variable] = all[module] and module end
    for owner, name in code:gmatch "%f[%w_.:]([%a_][%w_]*)%.([%a_][%w_]*)" do
      local known = modules[owner]
      if known and not all[known][name] then
        fault(unknown, "%d: %s.%s", number, known, name)
      end
    end
  end
  return unknown
end

local function with_self(member)
  if member.sign == "." then return member.parameters end
  return member.parameters == "" and "self" or "self, " .. member.parameters
end

--- Compares declarations with the code, in both directions.
---@param all table<string, table<string, table>>  from `M.read`
---@param live table<string, table<string, string>>  class -> member -> its
---  parameters, "?" if Lua does not know them, or "field"
---@return string[]
function M.differences(all, live)
  local faults = {}
  for class, members in pairs(live) do
    for name, parameters in pairs(members) do
      local member = all[class] and all[class][name]
      if not member then
        fault(faults, "%s.%s is not declared", class, name)
      elseif parameters ~= "?" and parameters ~= "field"
        and with_self(member):gsub("^self", "_self") ~= parameters
        and with_self(member) ~= parameters then
        fault(faults, "%s.%s takes (%s), and (%s) is declared", class, name,
          parameters, with_self(member))
      end
    end
  end
  for class, members in pairs(all) do
    for name, member in pairs(members) do
      if live[class] and not live[class][name] and not member.is_optional then
        fault(faults, "%s.%s is declared, and there is none", class, name)
      elseif not live[class] and not member.is_field then
        fault(faults, "%s.%s: nobody looked at the class", class, name)
      end
    end
  end
  table.sort(faults)
  return faults
end

return M
