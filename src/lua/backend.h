/* backend.h - mkrun.backend: who answers in the place of the machine.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_BACKEND_H
#define MK_LUA_BACKEND_H

#include <lua.h>

/* A function that a backend may answer for. */
struct mk_backend_call {
  const char *name;  /* "read" in the table, NULL after the last */
  const char *asked; /* "sys.read" for a backend */
  int text;          /* index of an argument that has to be a string */
};

/* [-0, +0, m] Has these functions of the table at the top ask the backend in
** use first. */
void mk_backend_guard(lua_State *L, const struct mk_backend_call *calls);

int luaopen_mkrun_backend(lua_State *L);

#endif
