/* searcher.h - lets `require` find the modules inside the binary.
**
** host/run.c installs it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_SEARCHER_H
#define MK_HOST_SEARCHER_H

#include <lua.h>

struct mk_host;

/* [-0, +0, m] Adds the searcher, before those that search package.path. */
void mk_searcher_install(lua_State *L, struct mk_host *host);

#endif
