/* cjson.c - runs a Lua script beside the lua-cjson that nobody has patched.
**
** The same Lua, C library, compiler, optimization and memory pool as mkrun, so
** that what differs is the JSON alone.  SPDX-License-Identifier: MIT */
#include "base/pool.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>

int luaopen_cjson(lua_State *L);

static void set_arguments(lua_State *L, int argc, char **argv) {
  lua_createtable(L, argc, 0);
  for (int i = 0; i < argc; i++) {
    lua_pushstring(L, argv[i]);
    lua_rawseti(L, -2, i - 1);
  }
  lua_setglobal(L, "arg");
}

int main(int argc, char **argv) {
  struct mk_pool pool;
  mk_pool_init(&pool, 0);
  lua_State *L = lua_newstate(mk_pool_alloc, &pool);
  if (!L || argc < 2) return 2;
  luaL_openlibs(L);
  luaL_requiref(L, "cjson", luaopen_cjson, 0);
  lua_pop(L, 1);
  set_arguments(L, argc, argv);

  int first = lua_gettop(L) + 1;
  int status = luaL_loadfile(L, argv[1]);
  for (int i = 2; i < argc; i++) lua_pushstring(L, argv[i]);
  if (status == LUA_OK) status = lua_pcall(L, argc - 2, 0, 0);
  if (status != LUA_OK) fprintf(stderr, "%s\n", lua_tostring(L, first));
  return status != LUA_OK;
}
