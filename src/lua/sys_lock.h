/* sys_lock.h - sys.lock: a lock file that one run at a time can hold.
**
** lua/sys.c registers it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_LOCK_H
#define MK_LUA_SYS_LOCK_H

#include <lua.h>

/* sys.lock(path, seconds?) -> lock | nil, message, code */
int mk_lua_lock(lua_State *L);

/* [-0, +0, m] Registers the metatable of the locks. */
void mk_lua_lock_register(lua_State *L);

#endif
