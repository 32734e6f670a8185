/* array_diff.h - which elements two arrays have in common, and in what order.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_DIFF_H
#define MK_LUA_ARRAY_DIFF_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mk_place;

/* Elements of the old array that elements of the new one stand for. */
struct mk_region {
  size_t a; /* index of the first, from 0 */
  size_t a_len;
  size_t b;
  size_t b_len;
};

/* One insertion or removal on the shortest way from old to new. */
struct mk_step {
  uint32_t a; /* elements consumed before it */
  uint32_t b;
  bool insert;
};

/* An alignment in progress.  Its memory is on the Lua stack, above where it
** was opened; settop gives it back. */
struct mk_array_diff {
  struct mk_region middle; /* what is left when both ends are trimmed */
  const struct mk_step *steps;
  size_t count;
  size_t next;
  bool whole; /* the middle is one region, and not yet given out */
};

/* [-0, +?, m] Aligns the clean arrays at two positive stack indexes.  Raises
** when they hold what is not JSON; `place` is where they stand. */
void mk_array_diff_open(lua_State *L, struct mk_array_diff *align, int a, int b,
                        const struct mk_place *place);

/* The next region that differs, from front to back; false after the last. */
bool mk_array_diff_next(struct mk_array_diff *align, struct mk_region *region);

#endif
