/* array_path.h - finds the shortest edit path between two arrays of numbers.
**
** lua/array_diff.c calls this file first.  lua/array_anchor.c calls this file
** for the elements between anchors.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_ARRAY_PATH_H
#define MK_LUA_ARRAY_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A range of the old array (a), and the range of the new array (b) that
** replaces it. */
struct mk_region {
  size_t a; /* index in `a` of the first element of the range, from 0 */
  size_t a_len;
  size_t b; /* index in `b` of the first element of the range, from 0 */
  size_t b_len;
};

/* Two arrays of numbers, and the pairs of elements that stay. */
struct mk_path {
  const uint32_t *a;
  const uint32_t *b;
  /* for each element of `a`: its index in `b`, from 1; 0: the element does not
  ** stay */
  uint32_t *pairs;
  uint32_t *rows; /* memory for the search: mk_path_rows(max) entries */
  size_t max;     /* limit of steps; a step is an insertion or a removal */
};

/* Returns the limit of steps for a search between arrays of these lengths, so
** that the search stays fast.  Returns 0 if the arrays have more than 16
** million elements together: then no search is possible. */
size_t mk_path_limit(size_t a_len, size_t b_len);

/* Returns the number of entries in the rows of a search with at most `max`
** steps. */
size_t mk_path_rows(size_t max);

/* Pairs the elements that stay on the shortest path through `box`.  If that
** path has more than p->max steps, pairs no elements and returns false. */
bool mk_path_shortest(const struct mk_path *p, struct mk_region box);

/* Pairs elements of `box` along a path of several pieces.  Each piece ends at
** the furthest point that p->max steps reach from the start of the piece. */
void mk_path_pieces(const struct mk_path *p, struct mk_region box);

/* Removes the next region without pairs from the front of `rest` and stores it
** in `gap`.  Returns false if there are no more regions.  If `pairs` is NULL,
** all of `rest` is one region. */
bool mk_path_gap(const uint32_t *pairs, struct mk_region *rest,
                 struct mk_region *gap);

#endif
