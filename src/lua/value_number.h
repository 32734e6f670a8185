/* value_number.h - assigns an integer to each JSON value, the same integer to
** equal values.
**
** lua/array_diff.c calls this file, because comparing integers is faster than
** comparing values.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_VALUE_NUMBER_H
#define MK_LUA_VALUE_NUMBER_H

#include <lua.h>
#include <stddef.h>
#include <stdint.h>

/* A numbering in progress.  `slots` is the stack index of the first of its two
** tables.  `count` is the highest integer assigned so far. */
struct mk_numbering {
  int slots;
  uint32_t count;
};

/* [-0, +2, m] Starts a numbering.  Pushes its two tables, which must stay on
** the stack until mk_numbering_close. */
void mk_numbering_open(lua_State *L, struct mk_numbering *n);

/* [-0, +0, m] Returns the integer of the element with the index `i`, from 0, of
** the array at stack index `array`.  Raises an error if the element is not
** JSON. */
uint32_t mk_numbering_of(lua_State *L, struct mk_numbering *n, int array,
                         size_t i);

/* [-2, +0, -] Ends a numbering: pops its two tables and everything above
** them. */
void mk_numbering_close(lua_State *L, struct mk_numbering *n);

#endif
