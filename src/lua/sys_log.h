/* sys_log.h - sys.log: an append-only file whose lines survive a crash.
**
** lua/sys.c registers sys.log.  host/searcher.c calls mk_lua_log_take to pass
** an open journal to Lua.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_LOG_H
#define MK_LUA_SYS_LOG_H

#include <lua.h>

struct mk_append_log;

/* sys.log(path, kind?) -> log | nil, message, code kind is "any", "fresh" or
** "trusted", as in base/append_log.h */
int mk_lua_log(lua_State *L);

/* [-0, +1, m] Pushes a log that takes over the open file of `from`.  `path` is
** the path of the file, for error messages.  Afterwards `from` has no open
** file. */
void mk_lua_log_take(lua_State *L, struct mk_append_log *from,
                     const char *path);

/* [-0, +0, m] Registers the metatable of the logs that sys.log returns. */
void mk_lua_log_register(lua_State *L);

#endif
