--- Makes the page of an access report.  The script `access-report` calls this
--- module.  The page's scripts stand beside it: model.js reads the data of
--- `packed.lua`, the others show them.
-- SPDX-License-Identifier: MIT

local clock = require "mkrun.clock"
local document = require "mkrun.page.document"
local html = require "mkrun.page.html"
local packed = require "mkio.flow.access_report.packed"
local page = require "mkrun.page"

local M = {}

local tag <const> = html.tag

local SCRIPTS <const> = { "model", "select", "cells", "views", "matrix",
  "parts", "details", "findings", "main" }

local VIEWS <const> = { { "people", "People" }, { "teams", "Teams" },
  { "scopes", "Scopes" }, { "capabilities", "Capabilities" },
  { "matrix", "Matrix" }, { "grants", "Grants" }, { "tokens", "Tokens" },
  { "invites", "Invites" } }

local MENUS <const> = { { "team", "Team", "Any team" },
  { "scope", "Scope", "Any scope" },
  { "capability", "Can do", "Anything" } }

local function tabs()
  local parts = {}
  for i, view in ipairs(VIEWS) do
    parts[i] = tag("button", { role = "tab", id = "tab-" .. view[1],
      type = "button", ["aria-controls"] = "panel", ["data-view"] = view[1] },
      view[2], " ", tag("span", { class = "count" }))
  end
  return tag("div", { role = "tablist", id = "tabs",
    ["aria-label"] = "Views" }, html.join(parts))
end

local function menus()
  local parts = {}
  for i, menu in ipairs(MENUS) do
    parts[i] = tag("label", {}, tag("span", {}, menu[2]),
      tag("select", { id = menu[1] }, tag("option", { value = "" }, menu[3])))
  end
  return html.join(parts)
end

local function tools()
  return tag("form", { id = "tools", role = "search" },
    tag("label", { class = "search" }, tag("span", {}, "Search"),
      tag("input", { id = "q", type = "search", autocomplete = "off",
        spellcheck = "false", placeholder = "Name, address or id" })),
    menus(),
    tag("button", { id = "clear", type = "button", hidden = true },
      "Clear filters"),
    tag("p", { id = "status", role = "status" }))
end

local function explorer()
  return tag("section", { id = "explorer", ["aria-label"] = "Explore" },
    tag("div", { id = "bar" }, tabs(), tools()),
    tag("div", { id = "panel", role = "tabpanel", tabindex = "-1" }))
end

local function dialog()
  return tag("dialog", { id = "details",
    ["aria-labelledby"] = "details-title" },
    tag("div", { id = "details-body" }))
end

local function body(title, facts)
  return html.join {
    page.header(title, facts),
    tag("noscript", {}, tag("p", { class = "note" }, "This page needs the "
      .. "script that is part of it.  Open the file in a browser, or run "
      .. "mkrun access-report for a table.")),
    tag("main", {}, tag("section", { id = "findings",
      ["aria-labelledby"] = "findings-title", hidden = true },
      tag("h2", { id = "findings-title" }, "Findings")), explorer()),
    dialog(),
  }
end

local function scripts()
  local names = { "mkrun/page/window.js" }
  for _, name in ipairs(SCRIPTS) do
    names[#names + 1] = "mkio/flow/access_report/" .. name .. ".js"
  end
  return names
end

local LIMITS <const> = { "user", "team", "project", "can" }

--- Returns what a reader has to know of the report: of when it is, and what it
--- is limited to.
local function facts_of(at, limits)
  local facts = { ("Access report of %s, %s UTC")
    :format(at:sub(1, 10), at:sub(12, 16)) }
  for _, limit in ipairs(LIMITS) do
    if limits[limit] then
      facts[#facts + 1] = ("only --%s %s"):format(limit, limits[limit])
    end
  end
  return facts
end

--- Returns an access report as a page.
---@param report mkio.AccessReport
---@param limits table<string, string>  the options that limit the report
---@return string
function M.render(report, limits)
  local title = "Who can do what at "
    .. (report.organization.name or report.organization.id)
  local data = packed.pack(report)
  data.at = clock.iso8601()
  return document.render { title = title, data = data,
    body = body(title, facts_of(data.at, limits)), scripts = scripts(),
    styles = { "mkio/flow/access_report/page.css" } }
end

return M
