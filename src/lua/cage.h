/* cage.h - the Lua module mkrun.cage; host/searcher.c registers it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_CAGE_H
#define MK_LUA_CAGE_H

#include <lua.h>

int luaopen_mkrun_cage(lua_State *L);

#endif
