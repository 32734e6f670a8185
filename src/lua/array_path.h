/* array_path.h - the shortest edit path between two arrays of numbers.
**
** lua/array_diff.c tries it first; lua/array_anchor.c uses it between anchors.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_PATH_H
#define MK_LUA_ARRAY_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A range of the old array (a) and the range of the new one (b) that takes its
** place. */
struct mk_region {
  size_t a; /* index of the first element, from 0 */
  size_t a_len;
  size_t b;
  size_t b_len;
};

/* Two arrays of numbers, and which of their elements stay. */
struct mk_path {
  const uint32_t *a;
  const uint32_t *b;
  uint32_t *pairs; /* for each element of `a` the index in `b`, from 1; or 0 */
  uint32_t *rows;  /* mk_path_rows(max) entries */
  size_t max;      /* of steps: insertions and removals */
};

/* Returns how many steps a search between arrays of these lengths may take, so
** that it stays fast.  0: they are too long for any search, with more than 16
** million elements together. */
size_t mk_path_limit(size_t a_len, size_t b_len);

/* Returns how many entries the rows for `max` steps take. */
size_t mk_path_rows(size_t max);

/* Pairs the elements that stay on the shortest path through `box`.  Returns
** false, and pairs none, if that path has more than p->max steps. */
bool mk_path_shortest(const struct mk_path *p, struct mk_region box);

/* Pairs elements of `box` along a path of several pieces.  Each is the path to
** the point that p->max steps from its start lead furthest to. */
void mk_path_pieces(const struct mk_path *p, struct mk_region box);

/* Takes the next region without pairs from the front of `rest`.  Returns false
** if there is none.  Without `pairs` (NULL) all of `rest` is one region. */
bool mk_path_gap(const uint32_t *pairs, struct mk_region *rest,
                 struct mk_region *gap);

#endif
