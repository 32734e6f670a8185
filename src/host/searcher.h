/* searcher.h - the modules inside the binary, opened when they are required.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_SEARCHER_H
#define MK_HOST_SEARCHER_H

#include <lua.h>
#include <stdbool.h>

struct mk_host;

/* [-0, +0, m] Lets `require` find them, before it looks at package.path. */
void mk_searcher_install(lua_State *L, struct mk_host *host);

#endif
