/* sealed.c - makes metatables that no script can change.
** SPDX-License-Identifier: MIT */
#include "lua/sealed.h"

#include <lauxlib.h>

void mk_sealed(lua_State *L) {
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
}

bool mk_sealed_type(lua_State *L, const char *name) {
  bool is_new = luaL_newmetatable(L, name);
  if (is_new) mk_sealed(L);
  return is_new;
}
