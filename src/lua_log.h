/* lua_log.h - sys.log: lines that a crash does not take back.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_LOG_H
#define MK_LUA_LOG_H

#include <lua.h>

/* sys.log(path, fresh?) -> log | nil, message, code */
int mk_lua_log(lua_State *L);

/* [-0, +0, m] Makes the type of the logs. */
void mk_lua_log_register(lua_State *L);

#endif
