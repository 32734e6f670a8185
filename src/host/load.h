/* load.h - runs LUA_INIT, the options -e and -l, and SCRIPT, in protected
** calls.
**
** host/run.c calls it.  If a function returns false, an error message is at the
** top of the Lua stack.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_LOAD_H
#define MK_HOST_LOAD_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct mk_host;

/* [-0, +1, -] Loads the module `name` with `require` and pushes the result. */
bool mk_load_module(lua_State *L, const char *name);

/* [-0, +0|1, -] Runs the code in LUA_INIT.  Then performs the options -e, -l
** and -W in the order in which they were given. */
bool mk_load_actions(lua_State *L, const struct mk_host *h);

/* Returns true if mkrun.host.confine must decide what SCRIPT may do.  If false,
** SCRIPT may do anything, and the module is not loaded.  With a plan or a
** journal, the module looks further. */
bool mk_load_is_confined(const struct mk_host *h);

/* [-0, +1, m] Pushes the globals of the script that was run.  A confined script
** has its own. */
void mk_load_push_globals(lua_State *L);

/* [-0, +0|1, -] Runs SCRIPT with its arguments. */
bool mk_load_script(lua_State *L, const struct mk_host *h);

/* Returns the text of a script or module without a byte order mark and without
** a first line that begins with "#".  Keeps the line break of the first line,
** so that the line numbers in error messages are right.  `*len` is the length
** in bytes. */
const char *mk_load_skip_head(const char *source, size_t *len);

#endif
