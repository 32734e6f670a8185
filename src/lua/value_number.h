/* value_number.h - numbers for JSON values: equal values get equal numbers.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_NUMBER_H
#define MK_LUA_VALUE_NUMBER_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

/* Two tables on the Lua stack, at `slots` and above it. */
struct mk_numbering {
  int slots;
  uint32_t count;
};

/* [-0, +2, m] Begins; the two tables stay on the stack until the end. */
void mk_numbering_open(lua_State *L, struct mk_numbering *n);

/* [-0, +0, m] The number of array[i], counted from 0.  Raises on a value that
** is not JSON. */
uint32_t mk_numbering_of(lua_State *L, struct mk_numbering *n, int array,
                         size_t i);

/* [-2, +0, -] */
void mk_numbering_close(lua_State *L, struct mk_numbering *n);

#endif
