/* sys_finally.h - steps that a signal does not tear apart.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_FINALLY_H
#define MK_LUA_SYS_FINALLY_H

#include <lua.h>

/* sys.whole(f, ...) -> what f returns: SIGINT and its kin wait until f has
** ended, which must not yield. */
int mk_lua_whole(lua_State *L);

/* sys.finally(f) -> a value for a <close> variable: f runs as by sys.whole when
** the variable goes, whatever the reason, and no signal comes before it. */
int mk_lua_finally(lua_State *L);

/* [-0, +0, m] Makes the type of such values. */
void mk_lua_whole_register(lua_State *L);

#endif
