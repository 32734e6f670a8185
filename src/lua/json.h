/* json.h - the Lua module mkrun.json: strict JSON over lua-cjson.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_H
#define MK_LUA_JSON_H

#include <lua.h>

int luaopen_mkrun_json(lua_State *L);

#endif
