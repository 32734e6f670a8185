--- What a SPEC has a run read: the plan names it, and it stays in its folder.

local json = require "mkrun.json"

local release = require "tests.support.release"
local shell = require "tests.support.shell"
local temp = require "tests.support.temp"

local PLACE <const> = "/projects/0/webhooks/0/authentication/headers/X-Key"

local function rules(source)
  return json.array { { name = "done", url = "https://hook.example/x",
    events = json.array { "MediaKind.JobFinished" },
    authentication = { headers = { ["X-Key"] = source } } } }
end

local function spec(source)
  return {
    paymentMethod = { displayName = "2026 contract", acceptTerms = true },
    projects = json.array { { name = "news", displayName = "News",
      locationName = "westeurope", webhooks = rules(source) } },
  }
end

--- "in/spec.json" beside secrets in every place.
local function place(document)
  local folder = temp.folder()
  shell.execute(("mkdir -p %s/in/below"):format(folder))
  for _, path in ipairs { "key", "in/key", "in/below/key" } do
    temp.write(folder .. "/" .. path, "sesame-0123456789\n")
  end
  shell.execute(("cd %s/in && ln -s ../key link"):format(folder))
  temp.write(folder .. "/in/spec.json", json.encode(document))
  return folder
end

local function run(folder, ...)
  return release.run({ "--sandbox", ... }, { cwd = folder,
    env = { HOOK_KEY = "sesame-9876543210" } })
end

describe("A secret of a SPEC", function()
  it("is read below its folder, and at an absolute path", function()
    for _, path in ipairs { "key", "below/key", "./below/../key" } do
      local folder = place(spec { file = path })
      assert.equal(0, run(folder .. "/in", "onboard", "spec.json").code)
    end
    local folder = place(spec { file = "in/below/key" })
    assert.equal(0, run(folder, "onboard", "in/spec.json").code)
    local other = place(spec { file = folder .. "/key" })
    assert.equal(0, run(other, "onboard", "in/spec.json").code)
  end)

  it("is not read outside of it, unless --read-outside says so", function()
    for path, cwd in pairs { ["../key"] = "/in", ["below/../../key"] = "/in",
      ["link"] = "/in", ["key"] = "", ["in/../key"] = "", ["in/link"] = "" } do
      local folder = place(spec { file = path })
      local file = cwd == "" and "in/spec.json" or "spec.json"
      local outcome = run(folder .. cwd, "onboard", file)
      assert.equal(2, outcome.code)
      assert.equal(("mkrun: %s: at '%s': '%s' leads out of the folder of SPEC; "
        .. "--read-outside allows that\n"):format(file, PLACE, path),
        outcome.err)
      outcome = run(folder .. cwd, "onboard", "--read-outside", file)
      assert.equal(0, outcome.code, outcome.err)
    end
  end)

  it("stays in the working folder when SPEC is standard input", function()
    local folder = place {}
    for path, code in pairs { key = 0, ["below/key"] = 0, ["../key"] = 2,
      link = 2 } do
      local outcome = release.run({ "--sandbox", "onboard", "-" }, {
        cwd = folder .. "/in", stdin = json.encode(spec { file = path }) })
      assert.equal(code, outcome.code, outcome.err)
    end
  end)

  it("is looked for before the form of SPEC is", function()
    local document = spec { file = "../key" }
    document.nonsense = true
    local outcome = run(place(document) .. "/in", "onboard", "spec.json")
    assert.matches("leads out of the folder", outcome.err, 1, true)
  end)

  it("is the same for the rules of one project", function()
    local folder = place(rules { file = "../key" })
    local outcome = run(folder .. "/in", "webhooks", "news", "spec.json")
    assert.equal(2, outcome.code)
    assert.matches("at '/0/authentication/headers/X-Key': '../key' leads out "
      .. "of the folder", outcome.err, 1, true)
    outcome = run(folder .. "/in", "webhooks", "--read-outside", "news",
      "spec.json")
    assert.is_nil(outcome.err:find("leads out", 1, true))
  end)

  it("has its file or variable in the plan", function()
    for _, case in ipairs { { { file = "key" }, "file", "key" },
      { { env = "HOOK_KEY" }, "variable", "HOOK_KEY" },
      { { env = "HOOK_KEY", keep = true }, "variable", "HOOK_KEY" } } do
      local source, kind, name = table.unpack(case)
      local folder = place(spec(source)) .. "/in"
      local outcome = run(folder, "--dry-run", "onboard", "spec.json")
      assert.equal(3, outcome.code, outcome.err)
      assert.matches(('\n\n  < %s "%s", for %s\n\nPlan: '):format(kind, name,
        PLACE), outcome.out, 1, true)
      assert.is_nil(outcome.out:find("sesame", 1, true))
      outcome = run(folder, "--dry-run", "--output", "json", "onboard",
        "spec.json")
      assert.same({ { kind = kind, name = name, at = PLACE } },
        json.decode(outcome.out).reads)
    end
  end)

  it("is neither read nor planned if its rule is not selected", function()
    local document = spec { env = "UNSET_KEY" }
    document.teams = json.array { { name = "desk" } }
    for _, source in ipairs { { env = "UNSET_KEY" }, { file = "missing" } } do
      document.projects[1].webhooks = rules(source)
      local folder = place(document) .. "/in"
      for _, chosen in ipairs { "--only=teams/desk", "--except=webhooks/*/done",
        "--except=projects/news" } do
        local outcome = run(folder, "--dry-run", "onboard", chosen, "spec.json")
        assert.equal(3, outcome.code, outcome.err)
        assert.matches('+ team "desk"', outcome.out, 1, true)
        assert.is_nil(outcome.out:find "\n  < ")
      end
    end
  end)

  it("stands at its place in SPEC, whatever else is selected", function()
    local document = spec { env = "UNSET_KEY" }
    local news = document.projects[1]
    document.projects = json.array { { name = "other", displayName = "Other",
      locationName = "westeurope" }, news }
    local folder = place(document) .. "/in"
    local outcome = run(folder, "onboard", "--only=projects/news", "spec.json")
    assert.equal(2, outcome.code)
    assert.matches("at '" .. PLACE:gsub("0", "1", 1) .. "': environment "
      .. "variable UNSET_KEY is not set", outcome.err, 1, true)
    news.webhooks = rules { env = "HOOK_KEY" }
    folder = place(document) .. "/in"
    outcome = run(folder, "--dry-run", "--output=json", "onboard",
      "--only=paymentMethods/*,projects/news", "spec.json")
    assert.same({ { kind = "variable", name = "HOOK_KEY",
      at = PLACE:gsub("0", "1", 1) } }, json.decode(outcome.out).reads)
  end)
end)
