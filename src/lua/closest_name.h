/* closest_name.h - the Lua module mkrun.closest_name; host/searcher.c registers
** it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_CLOSEST_NAME_H
#define MK_LUA_CLOSEST_NAME_H

#include <lua.h>

int luaopen_mkrun_closest_name(lua_State *L);

#endif
