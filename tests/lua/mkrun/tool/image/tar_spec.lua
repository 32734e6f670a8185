local shell = require "tests.support.shell"
local sys = require "mkrun.sys"
local tar = require "mkrun.tool.image.tar"
local temp = require "tests.support.temp"

--- Returns what the machine's tar lists of an archive of `entries`.
local function listed(entries, mtime)
  local file = temp.folder() .. "/it.tar"
  temp.write(file, tar.pack(entries, mtime or 0))
  return shell.output("TZ=UTC tar -tvf " .. file)
end

--- Names that fit into the header in different ways, or not.
local NAMES <const> = {
  ["a short name"] = "a", ["a name of 100 bytes"] = ("n"):rep(100),
  ["folders before a name"] = ("folder/"):rep(20) .. "name",
  ["155 bytes before a name"] = ("f"):rep(155) .. "/" .. ("n"):rep(100),
  ["a name of 101 bytes"] = ("n"):rep(101),
  ["a long name in a long folder"] = ("f"):rep(156) .. "/" .. ("n"):rep(101),
  ["many folders"] = ("folder/"):rep(60) .. "name",
  ["a long folder at the end"] = ("d/"):rep(40) .. ("n"):rep(120),
  ["blanks and umlauts"] = "Blätter von hier/x y",
}

describe("mkrun.tool.image.tar", function()
  for what, name in pairs(NAMES) do
    it("stores a file under " .. what, function()
      local folder = temp.folder()
      temp.write(folder .. "/it.tar", tar.pack({ { name = name,
        bytes = "content" } }, 0))
      shell.execute(("mkdir %s/out && tar -xf %s/it.tar -C %s/out")
        :format(folder, folder, folder))
      assert.equal("content", sys.read(folder .. "/out/" .. name))
    end)
  end

  for _, size in ipairs { 0, 1, 511, 512, 513, 100000 } do
    it("stores " .. size .. " bytes", function()
      local bytes = ("\0\255x"):rep(40000):sub(1, size)
      local file = temp.folder() .. "/it.tar"
      temp.write(file, tar.pack({ { name = "a", bytes = bytes },
        { name = "b", bytes = "after" } }, 0))
      shell.execute(("tar -xOf %s a >%s.a && tar -xOf %s b >%s.b")
        :format(file, file, file, file))
      assert.equal(bytes, sys.read(file .. ".a"))
      assert.equal("after", sys.read(file .. ".b"))
    end)
  end

  it("sorts, adds folders, and knows one owner and one time", function()
    local text = listed({ { name = "z" }, { name = "b/c/d", bytes = "12" },
      { name = "a", mode = 493 } }, 86400):gsub(" +", " ")
    assert.equal("-rwxr-xr-x 0/0 0 1970-01-02 00:00 a\n"
      .. "drwxr-xr-x 0/0 0 1970-01-02 00:00 b/\n"
      .. "drwxr-xr-x 0/0 0 1970-01-02 00:00 b/c/\n"
      .. "-rw-r--r-- 0/0 2 1970-01-02 00:00 b/c/d\n"
      .. "-rw-r--r-- 0/0 0 1970-01-02 00:00 z", text)
  end)

  for _, name in ipairs { "/a", "", "..", "../a", "a/../b", "./a", "a/." } do
    it("refuses the name '" .. name .. "'", function()
      assert.error_matches(function() tar.pack({ { name = name } }, 0) end,
        "relative, without . and ..", 1, true)
    end)
  end
end)
