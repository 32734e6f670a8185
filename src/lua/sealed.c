/* sealed.c - keeps scripts away from what is for C only: metatables, and parts
** of Lua's `debug` library.  Makes a buffer with such a metatable.
** SPDX-License-Identifier: MIT */
#include "lua/sealed.h"

#include <lauxlib.h>
#include <stdint.h>

#define BUFFER_TYPE "mkrun.buffer"

void mk_sealed(lua_State *L) {
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
}

bool mk_sealed_type(lua_State *L, const char *name) {
  bool is_new = luaL_newmetatable(L, name);
  if (is_new) mk_sealed(L);
  return is_new;
}

static int buffer_free(lua_State *L) {
  mk_buf_free(luaL_checkudata(L, 1, BUFFER_TYPE));
  return 0;
}

struct mk_buf *mk_sealed_buffer(lua_State *L) {
  struct mk_buf *b = lua_newuserdatauv(L, sizeof *b, 0);
  mk_buf_init(b, SIZE_MAX / 2);
  if (mk_sealed_type(L, BUFFER_TYPE)) {
    lua_pushcfunction(L, buffer_free);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, buffer_free);
    lua_setfield(L, -2, "__close");
  }
  lua_setmetatable(L, -2);
  lua_toclose(L, -1);
  return b;
}

/* ---- the library debug ---- */

static int l_refuse(lua_State *L) {
  return luaL_error(L, "debug.%s: that is for C only",
                    lua_tostring(L, lua_upvalueindex(1)));
}

/* Replaces debug.setmetatable; the upvalue is Lua's own function.  Raises an
** error for a userdata. */
static int l_setmetatable(lua_State *L) {
  luaL_argcheck(L, !lua_isuserdata(L, 1), 1,
                "the metatable of a userdata is for C only");
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Replaces debug.getupvalue and debug.setupvalue; the upvalue is Lua's own
** function.  Returns nothing for a C function, so that a script cannot read or
** change the upvalues of C code. */
static int l_upvalue(lua_State *L) {
  luaL_checkinteger(L, 2);
  if (lua_iscfunction(L, 1)) return 0;
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Replaces debug.getlocal and debug.setlocal; the upvalue is Lua's own
** function.  Returns nil for the local variables of a C function.  The first
** arguments are an optional thread, and a function or a stack level. */
static int l_local(lua_State *L) {
  lua_State *of = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;
  int arg = lua_isthread(L, 1) ? 2 : 1;
  lua_Debug ar;
  if (!lua_isfunction(L, arg) &&
      lua_getstack(of, (int)luaL_checkinteger(L, arg), &ar) &&
      lua_getinfo(of, "S", &ar) && *ar.what == 'C') {
    luaL_pushfail(L);
    return 1;
  }
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* [-0, +0, m] Makes debug.NAME raise an error.  The table `debug` is at the
** top. */
static void refuse(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  lua_pushcclosure(L, l_refuse, 1);
  lua_setfield(L, -2, name);
}

/* [-0, +0, m] Replaces debug.NAME.  The original function becomes the upvalue
** of the new function. */
static void replace(lua_State *L, const char *name, lua_CFunction function) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

void mk_lua_debug_install(lua_State *L) {
  lua_getglobal(L, "debug");
  refuse(L, "setuservalue");
  refuse(L, "getregistry");
  replace(L, "setmetatable", l_setmetatable);
  replace(L, "getupvalue", l_upvalue);
  replace(L, "setupvalue", l_upvalue);
  replace(L, "getlocal", l_local);
  replace(L, "setlocal", l_local);
  lua_pop(L, 1);
}
