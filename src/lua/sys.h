/* sys.h - what the standard library of Lua lacks.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SYS_H
#define MK_LUA_SYS_H

#include <lua.h>

int luaopen_mkrun_sys(lua_State *L);

#endif
