/* patch_gap.h - a gap buffer, for many inserts and removals in one array.
**
** lua/patch_edit.c calls it.  The array that was changed last has a gap at the
** place of the change: free slots, with the following elements moved up.  The
** next change in the array moves the gap, usually a short way, instead of all
** following elements.  Close the gap before anything else reads the array.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_GAP_H
#define MK_LUA_PATCH_GAP_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "lua/patch_get.h"

struct mk_gap {
  int array, path;     /* stack indexes: array; path of a change in it */
  size_t prefix;       /* bytes of that path that name the array */
  lua_Integer count;   /* elements of the array; valid while open */
  lua_Integer at, len; /* elements before the gap; length of the gap */
  bool open;
};

/* [-0, +0, m] Starts a gap of length 0 for the array at `index`.  An element at
** `path` was just added or removed without a gap. */
void mk_gap_remember(lua_State *L, struct mk_gap *g, int index,
                     struct mk_text path);

/* [-0, +0, m] If `path` names an element of this array (or a new one, if
** `adding`), moves the gap there and returns true. */
bool mk_gap_reach(lua_State *L, struct mk_gap *g, struct mk_text path,
                  bool adding);

/* [-1, +0, m] Adds the value at the top, at the gap. */
void mk_gap_add(lua_State *L, struct mk_gap *g);

/* [-0, +1, m] Removes and pushes the element after the gap. */
void mk_gap_take(lua_State *L, struct mk_gap *g);

/* [-0, +0, m] Closes the gap: the table is a normal array again. */
void mk_gap_close(lua_State *L, struct mk_gap *g);

#endif
