/* array_diff.h - aligns two arrays: finds the elements to insert and remove.
**
** lua/patch_diff.c makes JSON Patch operations of the result.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_DIFF_H
#define MK_LUA_ARRAY_DIFF_H

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

#include "lua/array_path.h"

struct mk_place;

/* An alignment in progress.  It uses memory on the Lua stack, above the top at
** the time of mk_array_diff_open; lua_settop frees it. */
struct mk_array_diff {
  struct mk_region middle; /* what remains between the common ends */
  struct mk_region rest;   /* of the middle, from 0: not reported yet */
  const uint32_t *pairs;   /* as in struct mk_path; NULL: no element stays */
};

/* [-0, +?, m] Aligns two arrays without holes at positive stack indexes.
** Raises if they hold values that are not JSON; `place` is for the message. */
void mk_array_diff_open(lua_State *L, struct mk_array_diff *align, int a, int b,
                        const struct mk_place *place);

/* Returns the next region that differs, from front to back.  False after the
** last one. */
bool mk_array_diff_next(struct mk_array_diff *align, struct mk_region *region);

#endif
