/* apart.h - the Lua module mkrun.apart: runs Lua code in a state and a process
** of its own.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_APART_H
#define MK_LUA_APART_H

#include <lua.h>

int luaopen_mkrun_apart(lua_State *L);

#endif
