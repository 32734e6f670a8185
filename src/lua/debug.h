/* debug.h - the functions of `debug` that C could not stand.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_DEBUG_H
#define MK_LUA_DEBUG_H

#include <lua.h>

/* [-0, +0, m] debug.setuservalue, debug.getregistry, and debug.setmetatable of
** a userdata raise from now on; functions of C have no upvalues and no local
** variables. */
void mk_lua_debug_install(lua_State *L);

#endif
