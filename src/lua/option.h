/* option.h - reads options from a Lua table and raises clear errors.
**
** lua/http_options.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_OPTION_H
#define MK_LUA_OPTION_H

#include <lua.h>

/* [-0, +1, e] Raises the error "option 'NAME': WANTED expected, got TYPE" for
** argument `t`.  The wrong value is at the top. */
void mk_option_bad(lua_State *L, int t, const char *name, const char *wanted);

/* [-0, +1, e] Raises the error "option 'NAME': WHAT" for argument `t`. */
void mk_option_wrong(lua_State *L, int t, const char *name, const char *what);

/* An option whose value is a table of names and values, such as `headers`.  The
** table may have names as keys, or list pairs {name, value}, or both.  First
** the pairs are read, in the order of the list.  Then the names are read, in
** bytewise order. */
struct mk_pairs {
  int t;              /* argument number of the options table, for messages */
  const char *option; /* name of the option */
  void (*take)(lua_State *L, struct mk_pairs *p, int name, int value);
  void *to; /* data for the function `take` */
};

/* [-0, +0, e] Calls `take` with the stack indexes of each name and value.  If a
** value is a list, calls `take` for each element of the list. */
void mk_option_pairs(lua_State *L, struct mk_pairs *p);

#endif
