/* http.h - the Lua module mkrun.http; lua/types/http.lua documents it.
**
** host/searcher.c registers this module.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_H
#define MK_LUA_HTTP_H

#include <lua.h>

int luaopen_mkrun_http(lua_State *L);

#endif
