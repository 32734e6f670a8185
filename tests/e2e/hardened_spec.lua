--- What the release binary leaves to somebody who can write into its memory:
--- no known address, no table of functions, and no code.

local elf = require "tests.support.elf"
local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local BIND_NOW <const>, TEXT_RELOCATIONS <const> = 8, 4
local NOW_AND_PIE <const> = 0x08000001
local NO_RANDOM_ADDRESSES <const> = 0x0040000

--- What a program may write while it runs.  All else is written by its start.
local WRITTEN <const> = { [".data"] = true, [".bss"] = true, [".tbss"] = true }

local function parsed() return elf.parse(temp.read(release.file)) end

--- Tells whether all `flags` are set.
local function has(value, flags) return value and value & flags == flags end

local function inside(section, segment)
  return section.address >= segment.address and
    section.address + section.size <= segment.address + segment.size
end

local function relro(program)
  local segment = elf.segment(program, elf.SEGMENT.read_only_later)
  return assert(segment, "no PT_GNU_RELRO")
end

describe("The file of the release binary", function()
  it("can be loaded at any address", function()
    local program = parsed()
    assert.equal(elf.ANY_ADDRESS, program.type)
    assert(has(program.dynamic[elf.TAG.flags_1], NOW_AND_PIE), "no PIE")
    assert.is_nil(program.dynamic[elf.TAG.text_relocations])
    assert.equal(0, program.dynamic[elf.TAG.flags] & TEXT_RELOCATIONS)
  end)

  it("needs no interpreter and no library", function()
    local program = parsed()
    assert.is_nil(elf.segment(program, elf.SEGMENT.interpreter))
    assert.is_nil(program.dynamic[elf.TAG.needed])
  end)

  it("has no segment that can be written and run", function()
    local program, count = parsed(), 0
    for _, segment in ipairs(program.segments) do
      assert(not has(segment.flags, elf.WRITE | elf.EXECUTE),
        ("segment of type %#x at %#x"):format(segment.type, segment.address))
      if segment.type == elf.SEGMENT.load then count = count + 1 end
    end
    assert(count > 1, "no segments")
    local stack = assert(elf.segment(program, elf.SEGMENT.stack),
      "no PT_GNU_STACK: the kernel makes the stack executable")
    assert.equal(elf.READ | elf.WRITE, stack.flags)
  end)

  it("runs nothing but code", function()
    local program, count = parsed(), 0
    for _, segment in ipairs(program.segments) do
      for _, section in ipairs(program.sections) do
        if has(segment.flags, elf.EXECUTE) and inside(section, segment) then
          assert(has(section.flags, elf.CODE), section.name)
          count = count + 1
        end
      end
    end
    assert(count > 0, "no code")
  end)

  it("is bound at the start, and read-only from then on", function()
    local program, seen = parsed(), {}
    assert(has(program.dynamic[elf.TAG.flags], BIND_NOW), "no BIND_NOW")
    local kept = relro(program)
    for _, section in ipairs(program.sections) do
      if has(section.flags, elf.KEPT_WRITABLE) and section.size > 0 and
        not WRITTEN[section.name] then
        seen[section.name] = inside(section, kept)
        assert(seen[section.name], section.name .. " stays writable")
      end
    end
    for _, name in ipairs { ".dynamic", ".got", ".data.rel.ro" } do
      assert(seen[name], "no " .. name)
    end
  end)
end)

--- Lines of /proc/self/maps of a run: { from, to, mode, path }.
local function maps()
  if not temp.read "/proc/self/maps" then pending "needs /proc" end
  local outcome = release.eval "io.write(io.open '/proc/self/maps':read 'a')"
  assert.same({ 0, "" }, { outcome.code, outcome.err })
  local list = {}
  for from, to, mode, path in outcome.out:gmatch
    "(%x+)%-(%x+) (%S+) %S+ %S+ %S+ *([^\n]*)\n" do
    list[#list + 1] = { from = tonumber(from, 16), to = tonumber(to, 16),
      mode = mode, path = path }
  end
  return list
end

--- Where the program begins in memory.
local function load_address(list)
  local path = shell.output("realpath " .. shell.quote(release.file))
  for _, map in ipairs(list) do
    if map.path == path then return map.from end
  end
  error(path .. " is not among the mapped files")
end

--- Why addresses may be the same on this machine, or nil.
local function why_fixed()
  if release.emulator then return "the emulator has one address for all" end
  local how = temp.read "/proc/sys/kernel/randomize_va_space"
  if not how then return "needs /proc/sys/kernel/randomize_va_space" end
  if tonumber(how) == 0 then return "the kernel's randomize_va_space is 0" end
  local personality = tonumber(temp.read "/proc/self/personality" or "0", 16)
  return has(personality, NO_RANDOM_ADDRESSES) and
    "started without random addresses (setarch -R)" or nil
end

describe("The memory of a run", function()
  it("has nothing that can be written and run", function()
    local code = 0
    for _, map in ipairs(maps()) do
      if map.mode:find "x" then code = code + 1 end
      assert.not_matches("wx", map.mode, 1, true)
    end
    assert(code > 0, "no code")
  end)

  it("lets nobody write what its start has relocated", function()
    local list, kept, checked = maps(), relro(parsed()), 0
    local from = load_address(list) + kept.address
    for _, map in ipairs(list) do
      if map.from < from + kept.size and map.to > from then
        assert.equal("r--p", map.mode)
        checked = checked + 1
      end
    end
    assert(checked > 0, "no memory for PT_GNU_RELRO")
  end)

  it("is at another address each time", function()
    local why = why_fixed()
    if why then pending(why) end
    assert.not_equal(load_address(maps()), load_address(maps()))
  end)
end)
