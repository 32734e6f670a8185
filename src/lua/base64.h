/* base64.h - the module mkrun.base64.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_BASE64_H
#define MK_LUA_BASE64_H

#include <lua.h>

int luaopen_mkrun_base64(lua_State *L);

#endif
