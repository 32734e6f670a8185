/* option.h - reads options from a Lua table and raises clear errors.
**
** lua/http_options.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_OPTION_H
#define MK_LUA_OPTION_H

#include <lua.h>

/* [-0, +1, e] Raises "option 'NAME': WANTED expected, got TYPE" for argument
** `t`.  The wrong value is at the top. */
void mk_option_bad(lua_State *L, int t, const char *name, const char *wanted);

/* [-0, +1, e] Raises "option 'NAME': WHAT" for argument `t`. */
void mk_option_wrong(lua_State *L, int t, const char *name, const char *what);

/* An option with names and values, such as headers.  It is a table by name, a
** list of pairs, or both.  The pairs are read first, in their order, and then
** the names, sorted. */
struct mk_pairs {
  int t; /* argument number, for messages */
  const char *option;
  void (*take)(lua_State *L, struct mk_pairs *p, int name, int value);
  void *to; /* for use by `take` */
};

/* [-0, +0, e] Calls `take` with the stack indexes of each name and value.  For
** a list of values it calls `take` for each of them. */
void mk_option_pairs(lua_State *L, struct mk_pairs *p);

#endif
