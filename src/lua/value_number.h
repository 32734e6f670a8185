/* value_number.h - numbers JSON values, so that equal values get equal numbers.
**
** lua/array_diff.c calls it: comparing numbers is faster than comparing values.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_NUMBER_H
#define MK_LUA_VALUE_NUMBER_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

/* `slots` is the stack index of the first of two tables. */
struct mk_numbering {
  int slots;
  uint32_t count;
};

/* [-0, +2, m] Pushes two tables, which stay until mk_numbering_close. */
void mk_numbering_open(lua_State *L, struct mk_numbering *n);

/* [-0, +0, m] Returns the number of array[i], with `i` from 0.  Raises if it is
** not JSON. */
uint32_t mk_numbering_of(lua_State *L, struct mk_numbering *n, int array,
                         size_t i);

/* [-2, +0, -] Removes the two tables and everything above them. */
void mk_numbering_close(lua_State *L, struct mk_numbering *n);

#endif
