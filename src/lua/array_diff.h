/* array_diff.h - aligns two arrays: finds the elements to insert and remove.
**
** lua/patch_diff.c turns the result into JSON Patch operations.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_DIFF_H
#define MK_LUA_ARRAY_DIFF_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "lua/array_path.h"

struct mk_place;

/* An alignment in progress.  Its memory is on the Lua stack, above the top at
** the time of mk_array_diff_open.  lua_settop removes the memory. */
struct mk_array_diff {
  /* the elements between the common start and the common end */
  struct mk_region middle;
  /* part of `middle` that is not reported yet; index 0 is the start of
  ** `middle` */
  struct mk_region rest;
  /* elements that stay, as in struct mk_path; NULL: no element stays */
  const uint32_t *pairs;
};

/* [-0, +?, m] Aligns the arrays at the positive stack indexes `a` and `b`.  The
** arrays must not have holes.  Raises an error if an element is not a JSON
** value.  The error message names `place`. */
void mk_array_diff_open(lua_State *L, struct mk_array_diff *align, int a, int b,
                        const struct mk_place *place);

/* Sets `region` to the next region in which the arrays differ, from front to
** back.  Returns false if there are no more regions. */
bool mk_array_diff_next(struct mk_array_diff *align, struct mk_region *region);

#endif
