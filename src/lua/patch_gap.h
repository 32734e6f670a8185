/* patch_gap.h - many changes in one array, without moving its elements each
** time.
**
** The array that was changed last keeps a gap where that was: elements behind
** it lie further up.  Another change in it moves the gap, and most often not
** far.  Nothing else may look at the array before the gap is closed.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_PATCH_GAP_H
#define MK_LUA_PATCH_GAP_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "lua/patch_get.h"

struct mk_gap {
  int array, path;     /* stack slots: the array, the path of a change in it */
  size_t prefix;       /* how much of that path names the array; 0: no array */
  lua_Integer count;   /* elements; what follows counts from open on */
  lua_Integer at, len; /* elements before the gap, places in it */
  bool open;
};

/* [-0, +0, m] The element of the array at `index` that `path` names was
** changed, the usual way. */
void mk_gap_remember(lua_State *L, struct mk_gap *g, int index,
                     struct mk_text path);

/* [-0, +0, m] Does the path name an element of the remembered array, or when
** `adding` one that is new?  Opens the gap there. */
bool mk_gap_reach(lua_State *L, struct mk_gap *g, struct mk_text path,
                  bool adding);

/* [-1, +0, m] Puts the value at the top into the gap. */
void mk_gap_add(lua_State *L, struct mk_gap *g);

/* [-0, +1, m] Takes the element behind the gap. */
void mk_gap_take(lua_State *L, struct mk_gap *g);

/* [-0, +0, m] Makes an array of it again, and forgets it. */
void mk_gap_close(lua_State *L, struct mk_gap *g);

#endif
