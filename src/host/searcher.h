/* searcher.h - lets Lua's function `require` find the modules in the binary.
**
** host/run.c calls mk_searcher_install.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_SEARCHER_H
#define MK_HOST_SEARCHER_H

#include <lua.h>

struct mk_host;

/* [-0, +0, m] Adds mkrun's searcher to package.searchers, before the searchers
** that use package.path and package.cpath. */
void mk_searcher_install(lua_State *L, struct mk_host *host);

#endif
