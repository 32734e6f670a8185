/* file_fault.c - pushes the results of a Lua function that failed to use a
** file.
** SPDX-License-Identifier: MIT */
#include "lua/file_fault.h"

#include "base/file.h"

#include <errno.h>
#include <lauxlib.h>

static int push(lua_State *L, const char *what, const char *why,
                const char *code) {
  luaL_pushfail(L);
  lua_pushfstring(L, "%s: %s", what, why);
  lua_pushstring(L, code);
  return 3;
}

int mk_file_fault(lua_State *L, const char *what, int error) {
  return push(L, what, mk_file_why(error), mk_file_code(error));
}

int mk_file_fault_locked(lua_State *L, const char *what, int error) {
  if (error == EWOULDBLOCK) return push(L, what, "held by another run", "busy");
  return mk_file_fault(L, what, error);
}
