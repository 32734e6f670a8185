/* backend.c - mkrun.backend: who answers in the place of the machine.
**
** A run that writes nothing has a backend for the functions of mkrun.sys and
** mkrun.secret that read, write and start something; they ask it at each call,
** whenever they were taken out of their module.
** SPDX-License-Identifier: MIT */
#include "lua/backend.h"

#include <lauxlib.h>
#include <stdbool.h>

static const char key; /* its address is a key of the registry */

/* [-0, +1, m] Pushes the module. */
static void push_module(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_newtable(L);
  lua_setfield(L, -2, "machine");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

/* [-0, +2, m] Leaves at the top what is in use for the first upvalue; false
** when that is nothing. */
static bool push_answer(lua_State *L) {
  lua_getfield(L, lua_upvalueindex(2), "in_use");
  if (!lua_istable(L, -1)) return false;
  lua_pushvalue(L, lua_upvalueindex(1));
  return lua_rawget(L, -2) == LUA_TFUNCTION;
}

/* The upvalues: the name for a backend, the module, the function of the
** machine, and the index of its text. */
static int ask(lua_State *L) {
  int count = lua_gettop(L);
  int text = (int)lua_tointeger(L, lua_upvalueindex(4));
  if (!push_answer(L)) {
    lua_settop(L, count);
    return lua_tocfunction(L, lua_upvalueindex(3))(L);
  }
  lua_copy(L, -1, count + 1);
  lua_settop(L, count + 1);
  if (text > count) lua_settop(L, count);
  luaL_checktype(L, text, LUA_TSTRING);
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

void mk_backend_guard(lua_State *L, const struct mk_backend_call *calls) {
  push_module(L);
  lua_getfield(L, -1, "machine"); /* stack: table module machine */
  for (; calls->name; calls++) {
    lua_getfield(L, -3, calls->name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, calls->asked);
    lua_pushstring(L, calls->asked);
    lua_insert(L, -2);
    lua_pushvalue(L, -4);
    lua_insert(L, -2);
    lua_pushinteger(L, calls->text); /* stack: ... name module real text */
    lua_pushcclosure(L, ask, 4);
    lua_setfield(L, -4, calls->name);
  }
  lua_pop(L, 2);
}

/* backend.use(functions | nil), in the place of those that were in use */
static int l_use(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_module(L);
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "in_use");
  return 0;
}

int luaopen_mkrun_backend(lua_State *L) {
  push_module(L);
  lua_pushcfunction(L, l_use);
  lua_setfield(L, -2, "use");
  return 1;
}
