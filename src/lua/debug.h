/* debug.h - makes Lua's `debug` library safe for our C code.
**
** host/vm.c calls this file after it opened Lua's libraries.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_DEBUG_H
#define MK_LUA_DEBUG_H

#include <lua.h>

/* [-0, +0, m] Makes debug.setuservalue and debug.getregistry raise an error.
** Makes debug.setmetatable raise an error for a userdata.  Hides upvalues and
** local variables of C functions. */
void mk_lua_debug_install(lua_State *L);

#endif
