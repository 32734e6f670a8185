--- What the host, mkrun's C code, has to know of MK.IO before it can run Lua.
---
--- vendor/provider.lua makes build/generated/provider.h of this table, so that
--- no C file names MK.IO.
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
}
