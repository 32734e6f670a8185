/* sys_finally.c - sys.whole and sys.finally: run code that no signal
** interrupts.
** SPDX-License-Identifier: MIT */
#include "lua/sys_finally.h"

#include "base/interrupt.h"
#include "lua/sealed.h"

#include <lauxlib.h>

#define FINALLY_TYPE "mkrun.sys.finally"

/* [-(nargs + 1), +nresults, e] Calls a function while signals are deferred. */
static void call_whole(lua_State *L, int nargs, int nresults) {
  mk_interrupt_hold();
  int status = lua_pcall(L, nargs, nresults, 0);
  mk_interrupt_let();
  if (status != LUA_OK) lua_error(L);
}

int mk_lua_whole(lua_State *L) {
  luaL_checkany(L, 1);
  call_whole(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* Runs the function of a value of sys.finally when its <close> variable is
** closed.  This is a C function, so that the hook of a signal cannot raise an
** error before mk_interrupt_hold. */
static int l_finally_close(lua_State *L) {
  luaL_checkudata(L, 1, FINALLY_TYPE);
  lua_getiuservalue(L, 1, 1);
  lua_insert(L, 2); /* Stack: [value, f, error]. */
  lua_settop(L, 3);
  call_whole(L, 1, 0);
  return 0;
}

int mk_lua_finally(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_newuserdatauv(L, 0, 1);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  luaL_setmetatable(L, FINALLY_TYPE);
  return 1;
}

void mk_lua_whole_register(lua_State *L) {
  mk_sealed_type(L, FINALLY_TYPE);
  lua_pushcfunction(L, l_finally_close);
  lua_setfield(L, -2, "__close");
  lua_pop(L, 1);
}
