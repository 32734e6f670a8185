local release = require "tests.support.release"
local report = require "mkrun.report"

describe("mkrun.report", function()
  it("counts what happened", function()
    local out = report.new()
    assert.equal("Summary: 0 created, 0 changed, 0 unchanged.", out:summary())
    out.counts.created, out.counts.revoked = 2, 1
    assert.equal("Summary: 2 created, 0 changed, 0 unchanged, 1 revoked.",
      out:summary())
  end)

  it("writes one line for a step, whatever a server calls things", function()
    local outcome = release.eval [[
      local out = require "mkrun.report".new()
      out:step("created", "team", "a\n::b::", { "\27[2Jc", "ü" })]]
    assert.equal("+ team            a?::b::: ?[2Jc; ü\n", outcome.out)
  end)

  it("tells machines all steps, after a failure too", function()
    for last, row in pairs {
      ["out:finish()"] = "",
      ["error('x', 0)"] = "failed,run,,x\r\n",
    } do
      local outcome = release.eval([[
        local out <close> = require "mkrun.report".new "csv"
        out:step("created", "team", "desk")
        out:step("changed", "team", "b", { "x", "y" }) ]] .. last)
      assert.equal("outcome,kind,name,details\r\ncreated,team,desk,\r\n"
        .. "changed,team,b,x;y\r\n" .. row, outcome.out)
    end
    local nothing = 'require "mkrun.report".new "csv":finish()'
    assert.equal("outcome,kind,name,details\r\n", release.eval(nothing).out)
  end)

  it("has no rows where the result is a page", function()
    for _, last in ipairs { "error('x', 0)", "out:leave()" } do
      assert.equal("", release.eval('local out <close> = require '
        .. '"mkrun.report".new("html", true) ' .. last).out)
    end
  end)

  it("writes each step as a line of JSON when it is known", function()
    for last, row in pairs {
      ["out:finish()"] = "",
      ["error('x', 0)"] =
        '{"details":["x"],"kind":"run","name":"","outcome":"failed"}\n',
      ["require 'mkrun.script'.refuse 'no'"] =
        '{"details":["no"],"kind":"run","name":"","outcome":"failed"}\n',
    } do
      local outcome = release.eval([[
        local out <close> = require "mkrun.report".new "jsonl"
        local first, second = out:place(), out:place()
        second:step("revoked", "token", "b", { "x", "y" })
        second:close()
        io.stdout:write "nothing yet\n"
        first:step("created", "team", "a\n|")
        first:close()
        io.stdout:write "both\n" ]] .. last)
      assert.equal("nothing yet\n"
        .. '{"details":[],"kind":"team","name":"a\\n|","outcome":"created"}\n'
        .. '{"details":["x","y"],"kind":"token","name":"b",'
        .. '"outcome":"revoked"}\nboth\n' .. row, outcome.out)
    end
  end)

  it("writes a summary and a table in Markdown", function()
    local steps = [[
      local out <close> = require "mkrun.report".new "markdown"
      out:step("created", "team", "a|b", { "add @all", "x" })
      out:step("removed", "user", "bo@x.example") ]]
    local head, rows = "**Summary: 1 created, 0 changed, 0 unchanged, "
      .. "1 removed", "| Outcome | Kind | Name | Details |\n"
      .. "| --- | --- | --- | --- |\n"
      .. "| created | team | <code>a&#124;b</code> | `add @all`, x |\n"
      .. "| removed | user | `bo@x.example` | - |\n"
    assert.equal(head .. ".**\n\n" .. rows,
      release.eval(steps .. "out:finish()").out)
    assert.equal(head .. ", 1 failed.**\n\n" .. rows
      .. "| failed | run | - | `no @all, #1` |\n",
      release.eval(steps .. "error('no @all, #1', 0)").out)
    assert.equal("**Summary: 0 created, 0 changed, 0 unchanged.**\n\n",
      release.eval('require "mkrun.report".new "markdown":finish()').out)
  end)

  it("has no rows in a dry run, which has a plan", function()
    for _, format in ipairs { "text", "csv", "json", "jsonl", "markdown" } do
      local outcome = release.run { "--dry-run", "--sandbox", "-e", ([[
        local out <close> = require "mkrun.report".new "%s"
        out:step("created", "team", "desk")
        out:finish()]]):format(format) }
      assert.equal("Nothing to do.\n\n"
        .. "Plan: 0 to create, 0 to change, 0 to delete.\n", outcome.out)
    end
  end)

  it("mentions failures and removals when there are any", function()
    local out = report.new()
    out.counts.removed, out.counts.failed = 1, 3
    assert.equal("Summary: 0 created, 0 changed, 0 unchanged, 1 removed, "
      .. "3 failed.", out:summary())
  end)

  it("raises on an outcome that it does not know", function()
    local out = report.new()
    assert.error_matches(function() out:step("done", "team", "x") end,
      "bad argument #1 to 'step' (no outcome 'done')", 1, true)
  end)

  it("prints steps in the order of their places", function()
    local outcome = release.eval [[
      local out <close> = require "mkrun.report".new()
      local first, second, third = out:place(), out:place(), out:place()
      third:step("created", "team", "c")
      third:close()
      second:step("changed", "team", "b")
      io.stdout:write "nothing yet\n"
      first:step("unchanged", "team", "a")
      io.stdout:write "the first\n"
      first:close()
      second:step("failed", "team", "b2")
      out:step("created", "team", "d")
      second:close()
      second:close()
      out:finish()]]
    assert.equal("nothing yet\n= team            a\nthe first\n"
      .. "~ team            b\n! team            b2\n+ team            c\n"
      .. "+ team            d\n"
      .. "Summary: 2 created, 1 changed, 1 unchanged, 1 failed.\n",
      outcome.out)
  end)

  it("loses no step that comes after its place was closed", function()
    local outcome = release.eval [[
      local out = require "mkrun.report".new()
      local first, second = out:place(), out:place()
      first:close()
      first:step("created", "team", "a")
      second:step("created", "team", "b")
      second:close()
      first:step("created", "team", "c")
      out:finish()]]
    assert.equal("+ team            b\n+ team            a\n"
      .. "+ team            c\nSummary: 3 created, 0 changed, 0 unchanged.\n",
      outcome.out)
  end)

  it("prints what is known when an error ends the run", function()
    local outcome = release.eval [[
      local out <close> = require "mkrun.report".new()
      local first, second = out:place(), out:place()
      second:step("created", "team", "b")
      second:close()
      error("enough", 0)]]
    assert.equal("+ team            b\n"
      .. "Summary: 1 created, 0 changed, 0 unchanged, then stopped; run it "
      .. "again to go on.\n", outcome.out)
  end)

  it("prints what is known however the run ends", function()
    for _, ending in ipairs { "", "os.exit(1)", "out:leave()",
      "require 'mkrun.script'.refuse 'no'",
      "require 'mkrun.task'.spawn(function() os.exit(1) end):wait()" } do
      local outcome = release.eval([[
        local out <close> = require "mkrun.report".new()
        local first, second = out:place(), out:place()
        second:step("created", "team", "b")
        second:close() ]] .. ending)
      assert.equal("+ team            b\n", outcome.out, ending)
    end
  end)

  it("prints a step of a place that is closed", function()
    local outcome = release.eval [[
      local out = require "mkrun.report".new()
      local first, second = out:place(), out:place()
      first:close()
      first:step("created", "team", "late")
      second:step("created", "team", "b")
      second:close()
      out:finish()]]
    assert.equal("+ team            b\n+ team            late\n"
      .. "Summary: 2 created, 0 changed, 0 unchanged.\n", outcome.out)
  end)
end)
