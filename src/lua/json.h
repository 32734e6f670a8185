/* json.h - the Lua module mkrun.json: strict JSON, based on lua-cjson.
**
** host/searcher.c registers the module.  Other files in src/lua call
** json.encode and json.decode.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_JSON_H
#define MK_LUA_JSON_H

#include <lua.h>

int luaopen_mkrun_json(lua_State *L);

#endif
