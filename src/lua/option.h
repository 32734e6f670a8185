/* option.h - options of a table: checks, messages, names with values.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_OPTION_H
#define MK_LUA_OPTION_H

#include <lua.h>

/* [-0, +1, e] Raises, about option `name` of argument `t`: the value at the
** top is not what was wanted. */
void mk_option_bad(lua_State *L, int t, const char *name, const char *wanted);

/* [-0, +1, e] Raises: says what is wrong in words. */
void mk_option_wrong(lua_State *L, int t, const char *name, const char *what);

/* An option with names and values: a table by name, or a list of pairs, or
** both.  The pairs come first, in their order, then the names in theirs. */
struct mk_pairs {
  int t; /* the argument, for messages */
  const char *option;
  void (*take)(lua_State *L, struct mk_pairs *p, int name, int value);
  void *to; /* for `take` */
};

/* [-0, +0, e] Calls `take` for each name and value, stack indexes both; a list
** of values for one name is taken value by value. */
void mk_option_pairs(lua_State *L, struct mk_pairs *p);

#endif
