/* sys_finally.h - sys.whole and sys.finally: run code that no signal
** interrupts.
**
** lua/sys.c registers these functions.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_FINALLY_H
#define MK_LUA_SYS_FINALLY_H

#include <lua.h>

/* sys.whole(f, ...) -> results of f.  A signal takes effect after f has
** returned.  f must not yield. */
int mk_lua_whole(lua_State *L);

/* sys.finally(f) -> a value for a <close> variable.  When the variable is
** closed, for any reason, f is called as by sys.whole. */
int mk_lua_finally(lua_State *L);

/* [-0, +0, m] Registers the metatable of the values that sys.finally
** returns. */
void mk_lua_whole_register(lua_State *L);

#endif
