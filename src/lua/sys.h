/* sys.h - the Lua module mkrun.sys: system functions that Lua lacks.
**
** host/searcher.c registers this module.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_H
#define MK_LUA_SYS_H

#include <lua.h>

int luaopen_mkrun_sys(lua_State *L);

#endif
