/* backend.h - mkrun.backend: replaces functions that read files, write files or
** start commands.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_BACKEND_H
#define MK_LUA_BACKEND_H

#include <lua.h>

/* A function that a backend may replace.  A backend is a Lua table of
** replacements, which a dry run installs. */
struct mk_backend_call {
  /* name of the function in its module, such as "read"; NULL ends a list */
  const char *name;
  const char *asked; /* name of the function in a backend, such as "sys.read" */
  int text;          /* index of the argument that must be a string */
};

/* [-0, +0, m] Wraps these functions of the table at the top.  A wrapped
** function calls the backend's function if the installed backend has one, else
** the original. */
void mk_backend_guard(lua_State *L, const struct mk_backend_call *calls);

int luaopen_mkrun_backend(lua_State *L);

#endif
