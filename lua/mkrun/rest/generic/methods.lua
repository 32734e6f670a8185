--- The methods of a declared resource: each is a pair {check, run}.  `check`
--- checks the arguments, and returns what `run` gets.
-- SPDX-License-Identifier: MIT

local agreement = require "mkrun.rest.generic.agreement"
local arguments = require "mkrun.rest.generic.arguments"
local base = require "mkrun.rest.generic.base"
local ensured = require "mkrun.rest.generic.ensure"
local errors = require "mkrun.rest.error"
local many = require "mkrun.rest.generic.many"
local meaning = require "mkrun.rest.meaning"
local pages = require "mkrun.rest.generic.pages"

local methods = {}

local function operation_of(self, method, verb)
  local operation = self.facts.verbs[verb or method]
  if operation then return operation end
  arguments.bad(0, method, "provider '%s' declares no '%s.%s'",
    self.session.provider.name, self.facts.name, verb or method)
end

--- Returns the names that tell a thing apart in an operation.
local function names_of(self, operation)
  if not operation.inside then return operation.parameters end
  return ensured.names(self)
end

--- Reads an id, if the path has parameters, and a body, if there is one.
local function read_id(self, method, operation, ...)
  local names, rest = names_of(self, operation), table.pack(...)
  if #names == 0 then return {}, 1, rest end
  return arguments.id(1, method, names, rest[1]), 2, rest
end

local function check_id_and_body(self, method, operation, ...)
  local at, n, rest = read_id(self, method, operation, ...)
  local shape = operation.item or operation.shape
  local takes_body = operation.act ~= "item-remove" and shape
  arguments.count(method, takes_body and n or n - 1, ...)
  return operation, at, takes_body
    and arguments.body(n, method, shape, rest[n]) or nil
end

methods.list = { function(self, given, ...)
  arguments.count("list", 1, given, ...)
  return arguments.list("list", operation_of(self, "list"), given)
end, function(self, at, query)
  local list = self.facts.verbs.list
  return pages.all(self.session, list, meaning.path(list, at), query)
end }

methods.each = { function(self, given, ...)
  arguments.count("each", 1, given, ...)
  return arguments.list("each", operation_of(self, "each", "list"), given)
end, base.each_at }

--- The check of `get` and `find`, which read items of documents, too.
local function check_read(method)
  return function(self, ...)
    if not self.facts.inside then operation_of(self, method, "get") end
    local names = self.facts.inside and ensured.names(self)
      or self.facts.verbs.get.parameters
    arguments.count(method, #names > 0 and 1 or 0, ...)
    return #names > 0 and arguments.id(1, method, names, (...)) or {}
  end
end

methods.find = { check_read "find", base.look }

methods.get = { check_read "get", function(self, at)
  local facts = self.facts
  if not facts.inside then
    return (self.session:send(facts.verbs.get,
      meaning.path(facts.verbs.get, at), {}))
  end
  return base.look(self, at) or errors.raise("absent",
    ("there is no %s '%s'"):format(facts.kind, at[facts.keys[1]]))
end }

local function writing(method)
  return { function(self, ...)
    return check_id_and_body(self, method, operation_of(self, method), ...)
  end, base.write }
end

for _, method in ipairs { "put", "create", "patch" } do
  methods[method] = writing(method)
end

methods.delete = { function(self, ...)
  local operation = operation_of(self, "delete")
  local at, n, rest = read_id(self, "delete", operation, ...)
  arguments.count("delete", n, ...)
  return operation, at,
    arguments.options(n, "delete", rest[n], { "missing_ok" })
end, function(self, operation, at, options)
  local ok, problem = pcall(base.write, self, operation, at, nil)
  if ok then return true end
  if options.missing_ok and errors.is(problem)
    and self.session.provider.is_absent(problem.response) then
    return false
  end
  error(problem, 0)
end }

--- Raises if a resource cannot be ensured.
local function check_ensurable(self, method)
  local facts = self.facts
  local is_made = ensured.has_server_id(self)
  if is_made and not facts.identify then
    arguments.bad(0, method, "provider '%s', resource '%s': 'identify' "
      .. "expected, the members that tell one %s from another",
      self.session.provider.name, facts.name, facts.kind)
  elseif is_made then
    operation_of(self, method, "list")
  elseif not facts.inside and not facts.verbs.get then
    operation_of(self, method, "list")
  end
end

methods.ensure = { function(self, ...)
  check_ensurable(self, "ensure")
  local names, rest, n = ensured.names(self), table.pack(...), 1
  local id = {}
  if #names > 0 then id, n = arguments.id(1, "ensure", names, rest[1]), 2 end
  arguments.count("ensure", n + 1, ...)
  local want =
    arguments.body(n, "ensure", self.shape, rest[n] or {}, true)
  agreement.check(n, "ensure", self.facts, id, want)
  return id, want, arguments.options(n + 1, "ensure", rest[n + 1],
    { "have", "before" })
end, ensured.ensure }

methods.ensure_all = { function(self, wishes, options, ...)
  arguments.count("ensure_all", 2, wishes, options, ...)
  check_ensurable(self, "ensure_all")
  return many.read(self, wishes), arguments.options(2, "ensure_all",
    options, { "told", "limit", "before" })
end, many.ensure }

--- Makes the method of a verb that the declaration alone knows.
local function other(verb)
  return { function(self, ...)
    return check_id_and_body(self, verb, operation_of(self, verb), ...)
  end, base.write }
end

return { all = methods, other = other }
