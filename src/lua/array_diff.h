/* array_diff.h - aligns two arrays: finds the elements to insert and remove.
**
** lua/patch_diff.c makes JSON Patch operations of the result.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_DIFF_H
#define MK_LUA_ARRAY_DIFF_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mk_place;

/* A range of the old array (a) that a range of the new one (b) replaces. */
struct mk_region {
  size_t a; /* index of the first element, from 0 */
  size_t a_len;
  size_t b;
  size_t b_len;
};

/* One insertion or removal on the shortest edit path from old to new. */
struct mk_step {
  uint32_t a; /* old elements before this step */
  uint32_t b;
  bool insert;
};

/* An alignment in progress.  It uses memory on the Lua stack, above the top at
** the time of mk_array_diff_open; lua_settop frees it. */
struct mk_array_diff {
  struct mk_region middle; /* what remains between the common ends */
  const struct mk_step *steps;
  size_t count;
  size_t next;
  bool whole; /* report the whole middle as one region */
};

/* [-0, +?, m] Aligns two arrays without holes at positive stack indexes.
** Raises if they hold values that are not JSON; `place` is for the message. */
void mk_array_diff_open(lua_State *L, struct mk_array_diff *align, int a, int b,
                        const struct mk_place *place);

/* Returns the next region that differs, from front to back.  False after the
** last one. */
bool mk_array_diff_next(struct mk_array_diff *align, struct mk_region *region);

#endif
