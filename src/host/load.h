/* load.h - runs what a run is made of: LUA_INIT, -e, -l and the script.
**
** All of it in protected calls; false leaves the message on the stack.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_LOAD_H
#define MK_HOST_LOAD_H

#include <lua.h>
#include <stdbool.h>

struct mk_host;

/* [-0, +1, -] What `require` gives for this name. */
bool mk_load_module(lua_State *L, const char *name);

/* [-0, +0|1, -] LUA_INIT, then -e, -l and -W, in their order. */
bool mk_load_actions(lua_State *L, const struct mk_host *h);

/* [-0, +0|1, -] The script, with its arguments. */
bool mk_load_script(lua_State *L, const struct mk_host *h);

#endif
