/* base64.h - the Lua module mkrun.base64; host/searcher.c registers it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_BASE64_H
#define MK_LUA_BASE64_H

#include <lua.h>

int luaopen_mkrun_base64(lua_State *L);

#endif
