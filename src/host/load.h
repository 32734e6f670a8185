/* load.h - runs LUA_INIT, -e, -l and SCRIPT, in protected calls.
**
** host/run.c calls it.  On false, the message is at the top of the stack.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_LOAD_H
#define MK_HOST_LOAD_H

#include <lua.h>
#include <stdbool.h>

struct mk_host;

/* [-0, +1, -] Requires a module and pushes it. */
bool mk_load_module(lua_State *L, const char *name);

/* [-0, +0|1, -] Runs LUA_INIT, and then -e, -l and -W in their order. */
bool mk_load_actions(lua_State *L, const struct mk_host *h);

/* [-0, +0|1, -] Runs SCRIPT with its arguments. */
bool mk_load_script(lua_State *L, const struct mk_host *h);

#endif
