/* sys_log.h - sys.log: lines that a crash does not take back.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_LOG_H
#define MK_LUA_SYS_LOG_H

#include <lua.h>

struct mk_append_log;

/* sys.log(path, kind?) -> log | nil, message, code
** The kinds are "any", "fresh" and "trusted", as in append_log.h. */
int mk_lua_log(lua_State *L);

/* [-0, +1, m] Makes such a log of one that is open, which is closed for the
** caller then. */
void mk_lua_log_take(lua_State *L, struct mk_append_log *from,
                     const char *path);

/* [-0, +0, m] Makes the type of the logs. */
void mk_lua_log_register(lua_State *L);

#endif
