--- Runs the tests of one file: describe, it, before_each and so on, with the
--- meaning that they have in busted.  `mkrun.tool.test.file` calls this module.
---
--- The body of a block runs when its turn comes, as in busted: after the tests
--- before it.
-- SPDX-License-Identifier: MIT

local failures = require "mkrun.tool.test.failure"
local shuffled = require "mkrun.tool.test.shuffle"

local M = {}

--- Names that make a block, a test or a hook, and what they stand for.
local BLOCKS <const> = { describe = "describe", context = "describe",
  insulate = "insulate", expose = "expose" }
local TESTS <const> = { "it", "spec", "test" }
local HOOKS <const> = { before_each = "before_each", after_each = "after_each",
  setup = "setup", teardown = "teardown", strict_setup = "setup",
  strict_teardown = "teardown", lazy_setup = "lazy_setup",
  lazy_teardown = "lazy_teardown" }

---@class mkrun.test.Block
---@field kind string    "file", "describe", "insulate", "expose", "it",
---  "pending", or the name of a hook
---@field name string
---@field run? function
---@field parent? mkrun.test.Block
---@field place {file: string, line?: integer}
---@field children mkrun.test.Block[]
---@field hooks table<string, mkrun.test.Block[]>
---@field is_set_up? boolean   the result of lazy_setup

---@class mkrun.test.Suite
---@field options table
---@field tell fun(event: table)
---@field now fun(): number
---@field globals table
---@field block? mkrun.test.Block|false   the block whose body runs
---@field has_failed? boolean
local Suite = {}
Suite.__index = Suite

local function new_block(kind, name, run, parent)
  return { kind = kind, name = name, run = run, parent = parent,
    place = failures.place(1), children = {}, hooks = {} }
end

--- Returns the names of the blocks around, and the own one.
local function full_name(block)
  local words = {}
  while block and block.kind ~= "file" do
    table.insert(words, 1, block.name)
    block = block.parent
  end
  return table.concat(words, " ")
end

-- Globals ---------------------------------------------------------------------

local function copy(t)
  local result = {}
  for key, value in next, t do result[key] = value end
  return result
end

local function restore(t, saved)
  for key in next, t do
    if saved[key] == nil then t[key] = nil end
  end
  for key, value in next, saved do t[key] = value end
end

--- Calls a function, and then takes back what it has done to the globals and to
--- the loaded modules.
local function insulated(f)
  local globals, loaded = copy(_G), copy(package.loaded)
  f()
  restore(_G, globals)
  restore(package.loaded, loaded)
end

-- Events ----------------------------------------------------------------------

function Suite:event(block, status, problem, seconds)
  problem = problem or {}
  if status == "failure" or status == "error" then self.has_failed = true end
  local is_test = block.kind == "it" or block.kind == "pending"
  self.tell {
    status = status, name = block.parent and full_name(block) or block.name,
    file = block.place.file,
    line = block.place.line, message = problem.message, trace = problem.trace,
    seconds = seconds, is_test = is_test,
  }
end

--- Tells that a test begins, so that its name is known if the process ends.
function Suite:begin(block)
  self.tell { status = "begin", name = full_name(block),
    file = block.place.file, line = block.place.line }
end

--- Calls a hook or the body of a block.  Tells an error; a failure outside of a
--- test is one, too.
function Suite:call(block)
  local ok, problem = failures.call(block.run)
  if not ok then self:event(block, "error", problem) end
  return ok
end

-- Hooks -----------------------------------------------------------------------

function Suite:all(block, hook)
  local good = true
  for _, one in ipairs(block.hooks[hook] or {}) do
    good = self:call(one) and good
  end
  return good
end

--- Calls the hooks before a test, those of the outer blocks first.  Returns the
--- block whose hook failed, or nil.
function Suite:before(block)
  local failed = block.parent and self:before(block.parent)
  if failed then return failed end
  return not self:all(block, "before_each") and block or nil
end

function Suite:after(block)
  self:all(block, "after_each")
  if block.parent then self:after(block.parent) end
end

function Suite:lazy_setup(block)
  if block.parent and not self:lazy_setup(block.parent) then return false end
  if block.is_set_up == nil then
    block.is_set_up = self:all(block, "lazy_setup")
  end
  return block.is_set_up
end

-- Running ---------------------------------------------------------------------

local WORSE <const> = { success = 0, pending = 1, failure = 2, error = 3 }

--- Runs the body of a test, and then what it gave to `finally`.  The worse
--- outcome counts.
function Suite:outcome(block)
  local finally
  self.globals.finally = function(f) finally = f end
  local _, problem = failures.call(block.run)
  self.globals.finally = nil
  local status = problem and problem.status or "success"
  if finally then
    local good, other = failures.call(finally)
    if not good and WORSE[other.status] > WORSE[status] then
      status, problem = other.status, other
    end
  end
  return status, problem
end

function Suite:is_wanted(block)
  local name, options = full_name(block), self.options
  if options.filter and not name:find(options.filter) then return false end
  if options.filter_out and name:find(options.filter_out) then return false end
  if not options.tags then return true end
  for tag in options.tags:gmatch "[^,%s]+" do
    if name:find("#" .. tag, 1, true) then return true end
  end
  return false
end

function Suite:test(block)
  if not self:is_wanted(block) then return end
  if self.options.list then return self:event(block, "listed") end
  if block.kind == "pending" then return self:event(block, "pending") end
  if not self:lazy_setup(block.parent) then return end
  self:begin(block)
  local failed = self:before(block.parent)
  if not failed then
    local from = self.now()
    local status, problem = self:outcome(block)
    self:event(block, status, problem, self.now() - from)
  end
  self:after(failed or block.parent)
end

function Suite:children(block)
  for _, child in ipairs(shuffled(block.children, self.options.seed)) do
    if self.has_failed and self.options.bail then return end
    if child.kind == "it" or child.kind == "pending" then
      self:test(child)
    else
      self:run_block(child)
    end
  end
end

function Suite:run_inside(block)
  local outer, lists = self.block, self.options.list
  self.block = block
  local good = self:call(block)
  self.block = false -- nothing can be declared inside of a test or a hook
  if good and (lists or self:all(block, "setup")) then self:children(block) end
  if block.is_set_up ~= nil then self:all(block, "lazy_teardown") end
  if good and not lists then self:all(block, "teardown") end
  self.block = outer
end

function Suite:run_block(block)
  if block.kind ~= "insulate" and block.kind ~= "file" then
    return self:run_inside(block)
  end
  insulated(function() self:run_inside(block) end)
end

-- What a test file calls ------------------------------------------------------

--- Returns the block that is being declared.
function Suite:open_block(word)
  if self.block then return self.block end
  error(("'%s' cannot stand inside of a test or a hook"):format(word), 3)
end

local function check_function(word, value)
  local meta = getmetatable(value)
  if type(value) == "function" or type(meta) == "table" and meta.__call then
    return
  end
  error(("bad argument to '%s' (function expected, got %s)")
    :format(word, type(value)), 3)
end

function Suite:block_maker(word, kind)
  return function(name, run)
    if type(name) == "function" then name, run = word, name end
    local parent = self:open_block(word)
    check_function(word, run)
    table.insert(parent.children, new_block(kind, tostring(name), run, parent))
  end
end

function Suite:test_maker(word)
  return function(name, run)
    if type(name) == "function" then name, run = word, name end
    local parent = self:open_block(word)
    if run ~= nil then check_function(word, run) end
    local block = new_block(run and "it" or "pending", tostring(name), run,
      parent)
    table.insert(parent.children, block)
    return function(body) -- it "name" (function() end)
      check_function(word, body)
      block.kind, block.run = "it", body
    end
  end
end

function Suite:hook_maker(word, hook)
  return function(f)
    local block = self:open_block(word)
    check_function(word, f)
    block.hooks[hook] = block.hooks[hook] or {}
    table.insert(block.hooks[hook], new_block(hook, word, f, block))
  end
end

--- `pending "name"` declares a test; inside of a test it ends the test.
function Suite:pending(name)
  if not self.block then failures.pending(name) end
  table.insert(self.block.children,
    new_block("pending", tostring(name), nil, self.block))
end

--- Defines the words of a test file as globals.
---@param globals table
function Suite:define(globals)
  self.globals = globals
  for word, kind in pairs(BLOCKS) do
    globals[word] = self:block_maker(word, kind)
  end
  for _, word in ipairs(TESTS) do globals[word] = self:test_maker(word) end
  for word, hook in pairs(HOOKS) do
    globals[word] = self:hook_maker(word, hook)
  end
  globals.pending = function(name) self:pending(name) end
  globals.randomize = function(seed)
    self.options.seed = tonumber(seed) or self.options.seed or 1
  end
end

--- Runs a file.
---@param run function   the file's main function
---@param path string
function Suite:run(run, path)
  local block = new_block("file", path, run)
  block.place = { file = path }
  self:run_block(block)
end

--- Makes a suite.
---@param options {filter?: string, filter_out?: string, tags?: string,
---  list?: boolean, bail?: boolean, seed?: integer}
---@param tell fun(event: table)   called for each test that has ended
---@param now fun(): number        returns seconds of real time
---@return mkrun.test.Suite
function M.new(options, tell, now)
  return setmetatable({ options = options, tell = tell, now = now }, Suite)
end

return M
