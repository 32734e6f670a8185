/* backend.c - mkrun.backend: replaces functions that read files, write files or
** start commands.
**
** A dry run installs a backend: a table of functions that replace functions of
** mkrun.sys and mkrun.secret.  These functions look up the backend at each
** call.  So the backend is used even by a script that stored a function before
** the backend was installed.
** SPDX-License-Identifier: MIT */
#include "lua/backend.h"

#include "lua/output.h"

#include <lauxlib.h>
#include <stdbool.h>

/* the address of this variable is a key in the Lua registry */
static const char key;

/* [-0, +1, m] Pushes the module table.  Creates the table on the first call. */
static void push_module(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  lua_newtable(L);
  lua_setfield(L, -2, "machine");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

/* [-0, +2, m] Pushes the backend's function for the name in the first upvalue,
** and returns true.  Returns false if no backend is installed or the backend
** has no such function. */
static bool push_answer(lua_State *L) {
  lua_getfield(L, lua_upvalueindex(2), "in_use");
  if (!lua_istable(L, -1)) return false;
  lua_pushvalue(L, lua_upvalueindex(1));
  return lua_rawget(L, -2) == LUA_TFUNCTION;
}

/* [-0, +0, e] Calls the guard of the function, if there is one, with the
** arguments of the call.  The guard raises an error to forbid the call. */
static void ask_guard(lua_State *L, int count) {
  if (lua_getfield(L, lua_upvalueindex(2), "guards") == LUA_TTABLE) {
    lua_pushvalue(L, lua_upvalueindex(1));
    if (lua_rawget(L, -2) == LUA_TFUNCTION) {
      for (int i = 1; i <= count; i++) lua_pushvalue(L, i);
      lua_call(L, count, 0);
    }
  }
  lua_settop(L, count);
}

/* Calls the backend's function, or the original function if the backend has
** none.  The upvalues are: the name of the function in a backend, the module
** table, the original function, and the index of the argument that must be a
** string. */
static int ask(lua_State *L) {
  int count = lua_gettop(L);
  int text = (int)lua_tointeger(L, lua_upvalueindex(4));
  luaL_checkstack(L, count + LUA_MINSTACK, "too many arguments");
  ask_guard(L, count);
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
  lua_getfield(L, -1, "machine"); /* Stack: [table, module, machine]. */
  for (; calls->name; calls++) {
    lua_getfield(L, -3, calls->name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, calls->asked);
    lua_pushstring(L, calls->asked);
    lua_insert(L, -2);
    lua_pushvalue(L, -4);
    lua_insert(L, -2);
    /* Stack: [..., name, module, original function, index of text]. */
    lua_pushinteger(L, calls->text);
    lua_pushcclosure(L, ask, 4);
    lua_setfield(L, -4, calls->name);
  }
  lua_pop(L, 2);
}

/* backend.use(functions?): installs these functions as the backend, in place of
** the previous backend.  nil removes the backend. */
static int l_use(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_module(L);
  lua_pushvalue(L, 1);
  lua_setfield(L, -2, "in_use");
  return 0;
}

/* backend.guard(functions): calls the function of the same name before each
** call.  A second call raises an error, so that nobody can remove the guards.
*/
static int l_guard(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_module(L);
  if (lua_getfield(L, 2, "guards") != LUA_TNIL)
    return luaL_error(L, "backend.guard: there are guards already");
  lua_pushvalue(L, 1);
  lua_setfield(L, 2, "guards");
  return 0;
}

int luaopen_mkrun_backend(lua_State *L) {
  push_module(L);
  lua_pushcfunction(L, l_guard);
  lua_setfield(L, -2, "guard");
  lua_pushcfunction(L, l_use);
  lua_setfield(L, -2, "use");
  lua_pushcfunction(L, mk_lua_confine_output);
  lua_setfield(L, -2, "confine_output");
  return 1;
}
