--- What mkrun has to know of MK.IO without MK.IO's library.
---
--- vendor/provider.lua makes build/generated/provider.h of this table, so that
--- no C file names MK.IO.  `mkrun.config.provider` returns the table to the Lua
--- modules below the library, which may not require it.
-- SPDX-License-Identifier: MIT

return {
  name = "mkio",
  api = "MK.IO Management API",
  base_url = "https://app.mk.io",

  -- The environment variables of this provider, and their lines in --help.
  variables = {
    token = {
      "MKIO_TOKEN", "the API token; scripts and commands cannot read it",
    },
    base_url = { "MKIO_BASE_URL", "same as --base-url, which has priority" },
    project = {
      "MKIO_PROJECT", "the default project of why-403 and org:project()",
    },
  },

  -- What the host calls: the names of a module and of a function in it, or of
  -- a module alone.  src/host/entry.h says what each one does.
  modules = {
    connect = { "mkio", "connect" },
    model = { "mkio.plan.overlay" },
    names = { "mkio.sandbox.names", "find" },
    needs = { "mkio.needs" },
    provider = { "mkio.host" },
    renamed = { "mkio.renamed", "new_name" },
    sandbox = { "mkio.sandbox", "open" },
    subject = { "mkio.subject" },
    trial = { "mkio.sandbox.trial" },
    trial_sandbox = { "mkio.sandbox.trial", "open" },
  },

  -- The published limits, in requests a minute, for what lies below a path.  A
  -- path that matches `apart` counts for what the pattern captures, a project,
  -- and any other path for the organization.
  rates = {
    reads = 2000, writes = 1000, below = "^/api/",
    apart = "^/api/v1/projects/([^/]+)/",
  },

  -- The members of a token's claims: the user, by the first that is there, and
  -- the owner of the limits, an organization.
  claims = { user = { "sub", "email" }, owner = "org" },

  -- The members of a document: the one with its id and name, one that a new
  -- token is in, those that messages leave out of a path, the paths of what
  -- changes by itself, and the places of an error's reference.
  documents = {
    about = "metadata", token = "JWT", around = { "spec", "metadata" },
    ignored = { ["metadata.updated"] = true },
    refs = { { "ref" }, { "error", "ref" } },
  },

  -- What the manual calls an object of a class, where that is not the last word
  -- of the class's name, and the object whose members all others are, which is
  -- a global of the prompt.
  root = "org", root_text = "the organization of the token",
  example = "org.teams",
  objects = {
    ["mkio.Organization"] = "org", ["mkio.Project"] = "project",
    ["mkio.Webhooks"] = "project.webhooks",
    ["mkio.MyTokens"] = "org.me.tokens",
    ["mkio.MyOrganizations"] = "org.me.organizations",
  },
}
