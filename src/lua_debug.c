/* lua_debug.c - the functions of `debug` that C could not stand.
**
** C knows a userdata by its metatable and keeps things alive in user values and
** in the registry: whoever changes those makes it read memory that is freed or
** of another kind.  Every userdata here is C's, so no script needs that.
** SPDX-License-Identifier: MIT */
#include "lua_debug.h"

#include <lauxlib.h>

static int l_refuse(lua_State *L) {
  return luaL_error(L, "debug.%s: that is for C only",
                    lua_tostring(L, lua_upvalueindex(1)));
}

/* The upvalue is Lua's own debug.setmetatable. */
static int l_setmetatable(lua_State *L) {
  luaL_argcheck(L, !lua_isuserdata(L, 1), 1,
                "the metatable of a userdata is for C only");
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* [-0, +0, m] `debug` is at the top. */
static void refuse(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  lua_pushcclosure(L, l_refuse, 1);
  lua_setfield(L, -2, name);
}

void mk_lua_debug_install(lua_State *L) {
  lua_getglobal(L, "debug");
  refuse(L, "setuservalue");
  refuse(L, "getregistry");
  lua_getfield(L, -1, "setmetatable");
  lua_pushcclosure(L, l_setmetatable, 1);
  lua_setfield(L, -2, "setmetatable");
  lua_pop(L, 1);
}
