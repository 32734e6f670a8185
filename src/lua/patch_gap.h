/* patch_gap.h - a gap buffer, for many inserts and removals in one array.
**
** lua/patch_edit.c calls this file.  The array that was changed last has a gap
** at the place of the change.  A gap is a range of free slots between two
** elements.  The next change in this array moves the gap, usually over few
** elements, instead of moving all following elements.  Close the gap before
** other code reads the array.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_GAP_H
#define MK_LUA_PATCH_GAP_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "lua/patch_get.h"

struct mk_gap {
  int array;     /* stack index of the array that has the gap */
  int path;      /* stack index of the path of a changed element of the array */
  size_t prefix; /* length of the array's own path, in bytes */
  /* number of elements of the array; valid only while `open` is true */
  lua_Integer count;
  lua_Integer at;  /* number of elements before the gap */
  lua_Integer len; /* number of free slots in the gap */
  bool open;       /* true while an array has the gap */
};

/* [-0, +0, m] Starts a gap of length 0 in the array at `index`.  `path` is the
** path of an element that was just added to the array or removed from the
** array. */
void mk_gap_remember(lua_State *L, struct mk_gap *g, int index,
                     struct mk_text path);

/* [-0, +0, m] If `path` is the path of an element of the array with the gap,
** moves the gap to that element and returns true.  If `adding` is true, `path`
** may also be the path of a new element. */
bool mk_gap_reach(lua_State *L, struct mk_gap *g, struct mk_text path,
                  bool adding);

/* [-1, +0, m] Pops the value at the top and adds it to the array at the gap. */
void mk_gap_add(lua_State *L, struct mk_gap *g);

/* [-0, +1, m] Removes and pushes the element after the gap. */
void mk_gap_take(lua_State *L, struct mk_gap *g);

/* [-0, +0, m] Closes the gap: removes its free slots, so that the table is a
** normal array again. */
void mk_gap_close(lua_State *L, struct mk_gap *g);

#endif
