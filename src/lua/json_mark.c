/* json_mark.c - tells whether a Lua table is a JSON array or an object.
** SPDX-License-Identifier: MIT */
#include "lua/json_mark.h"

#include <lauxlib.h>

/* [-0, +0, m] Returns true if the value at `index` has the metatable `name` of
** the registry. */
static bool has_metatable(lua_State *L, int index, const char *name) {
  if (!lua_getmetatable(L, index)) return false;
  luaL_getmetatable(L, name);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

bool mk_json_is_marked(lua_State *L, int index) {
  return has_metatable(L, index, MK_JSON_ARRAY) ||
         has_metatable(L, index, MK_JSON_OBJECT);
}

bool mk_json_is_array(lua_State *L, int index) {
  if (!lua_istable(L, index)) return false;
  if (has_metatable(L, index, MK_JSON_ARRAY)) return true;
  if (has_metatable(L, index, MK_JSON_OBJECT)) return false;
  bool first = lua_rawgeti(L, index, 1) != LUA_TNIL;
  lua_pop(L, 1);
  return first;
}

/* [-0, +0, m] Gives the table at the top the metatable `name` of the
** registry. */
static void mark(lua_State *L, const char *name) {
  luaL_newmetatable(L, name);
  lua_setmetatable(L, -2);
}

void mk_json_mark_array(lua_State *L) {
  mark(L, MK_JSON_ARRAY);
}

void mk_json_mark_object(lua_State *L) {
  mark(L, MK_JSON_OBJECT);
}
