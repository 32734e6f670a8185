--- Reads what the tests need of the Kubernetes manifests in scripts/examples:
--- the arguments of their containers.  It knows only as much of YAML as those
--- files need.

local temp = require "tests.support.temp"

local M = {}

---@param name string  such as "kubernetes-rotate"
---@return string  the whole file
function M.text(name)
  return assert(temp.read(("scripts/examples/%s.yaml"):format(name)))
end

--- Returns the document of a kind and a name.
---@param name string  of the file
---@param kind string
---@param called string
---@return string
function M.document(name, kind, called)
  for document in (M.text(name) .. "---\n"):gmatch "(.-\n)%-%-%-\n" do
    if ("\n" .. document):find("\nkind: " .. kind .. "\n", 1, true)
      and document:find("\n  name: " .. called .. "\n", 1, true) then
      return document
    end
  end
  error(("%s.yaml: no %s %s"):format(name, kind, called))
end

--- Returns the arguments of the container.
---@param document string
---@param roots table<string, string>  what stands for the folders of mounts:
---                                    { ["/token"] = "/tmp/x/token" }
---@return string[]
function M.arguments(document, roots)
  local depth, block = document:match "\n( +)args:\n(.-\n)%1%l"
  local list = {}
  for line in block:gmatch "[^\n]+" do
    local word = line:match("^" .. depth .. "  %- (.*)$")
    if word then
      list[#list + 1] = word == ">-" and "" or word:match '^"(.*)"$' or word
    else
      list[#list] = (list[#list] .. " " .. line:match "^ *(.*)$")
        :match "^ *(.*)$"
    end
  end
  for i, word in ipairs(list) do
    local root = roots[word:match "^/%l+"]
    list[i] = root and root .. word:match "^/%l+(.*)$" or word
  end
  return list
end

return M
