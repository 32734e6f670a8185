/* sys_lock.h - sys.lock: a lock file that one run at a time can hold.
**
** lua/sys.c registers sys.lock.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_LOCK_H
#define MK_LUA_SYS_LOCK_H

#include <lua.h>

/* sys.lock(path, seconds?) -> lock | nil, message, code.  If another run holds
** the lock, waits at most `seconds` (0 by default). */
int mk_lua_lock(lua_State *L);

/* [-0, +0, m] Registers the metatable of the locks that sys.lock returns. */
void mk_lua_lock_register(lua_State *L);

#endif
