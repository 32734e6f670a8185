/* array_diff.c - aligns two arrays: finds the elements to insert and remove.
**
** Skips the equal elements at the start and at the end of the arrays.  If few
** of the remaining elements differ, checks whether replacing them one by one is
** the shortest edit.  Otherwise assigns a number to each element (the same
** number to equal elements) and searches the shortest edit path.  If that
** search takes too many steps, lua/array_anchor.c finds a path that may be
** longer.
** SPDX-License-Identifier: MIT */
#include "lua/array_diff.h"

#include <lauxlib.h>
#include <string.h>

#include "lua/array_anchor.h"
#include "lua/value.h"
#include "lua/value_number.h"

/* The old array, the new array, and their common place in the document. */
struct arrays {
  int a; /* stack index of the old array */
  int b; /* stack index of the new array */
  const struct mk_place *place;
};

/* [-0, +0, m] Returns true if element `i` of `a` equals element `j` of `b`,
** with indexes from 0. */
static bool same_element(lua_State *L, struct arrays t, size_t i, size_t j) {
  lua_pushinteger(L, (lua_Integer)i + 1);
  struct mk_place here = mk_place_below(t.place, lua_gettop(L));
  lua_rawgeti(L, t.a, (lua_Integer)i + 1);
  lua_rawgeti(L, t.b, (lua_Integer)j + 1);
  enum mk_equality equality = mk_value_equal(L, -2, -1, &here);
  if (equality == MK_FAULT) lua_error(L);
  lua_pop(L, 3);
  return equality == MK_EQUAL;
}

/* [-0, +0, m] Returns the region between the equal elements at the start and at
** the end of the arrays. */
static struct mk_region trim(lua_State *L, struct arrays t) {
  size_t n = (size_t)lua_rawlen(L, t.a), m = (size_t)lua_rawlen(L, t.b);
  size_t head = 0;
  while (head < n && head < m && same_element(L, t, head, head)) head++;
  while (n > head && m > head && same_element(L, t, n - 1, m - 1)) {
    n--;
    m--;
  }
  struct mk_region middle = {head, n - head, head, m - head};
  return middle;
}

/* [-0, +1, m] Pushes and returns memory for this many integers. */
static uint32_t *push_numbers(lua_State *L, size_t count) {
  return lua_newuserdatauv(L, count * sizeof(uint32_t), 0);
}

/* [-0, +1, m] Pushes the numbers of the elements in the region `m`: first the
** elements of `a`, then the elements of `b`. */
static const uint32_t *number_elements(lua_State *L, struct mk_region m,
                                       struct arrays t) {
  struct mk_numbering numbering;
  uint32_t *numbers = push_numbers(L, m.a_len + m.b_len);
  mk_numbering_open(L, &numbering);
  for (size_t i = 0; i < m.a_len; i++)
    numbers[i] = mk_numbering_of(L, &numbering, t.a, m.a + i);
  for (size_t i = 0; i < m.b_len; i++)
    numbers[m.a_len + i] = mk_numbering_of(L, &numbering, t.b, m.b + i);
  mk_numbering_close(L, &numbering);
  return numbers;
}

/* [-0, +1, m] Pushes and returns the index in `b` of each element of `a` in the
** region `m` that stays.  Uses the format of mk_path.pairs. */
static const uint32_t *align_middles(lua_State *L, struct mk_region m,
                                     struct arrays t) {
  struct mk_path p = {.max = mk_path_limit(m.a_len, m.b_len)};
  struct mk_region box = {0, m.a_len, 0, m.b_len};
  p.pairs = push_numbers(L, m.a_len);
  memset(p.pairs, 0, m.a_len * sizeof *p.pairs);
  p.a = number_elements(L, m, t);
  p.b = p.a + m.a_len;
  p.rows = push_numbers(L, mk_path_rows(p.max));
  if (!mk_path_shortest(&p, box)) mk_array_anchor(L, &p, m.a_len, m.b_len);
  lua_pop(L, 2);
  return p.pairs;
}

/* [-0, +0, m] Writes to `places` the indexes in the region `m` at which the
** arrays differ.  `m` has the same length in both arrays.  Returns max + 1 if
** they differ at more than `max` indexes. */
static size_t list_places(lua_State *L, struct mk_region m, struct arrays t,
                          size_t max, uint32_t *places) {
  size_t n = 0;
  for (size_t i = 0; i < m.a_len; i++) {
    if (same_element(L, t, m.a + i, m.b + i)) continue;
    if (n == max) return max + 1;
    places[n++] = (uint32_t)i;
  }
  return n;
}

/* [-0, +0, m] Returns true if an element of `a` at one of the `n` indexes in
** `places` equals an element of `b` at any of these indexes. */
static bool share_elements(lua_State *L, struct mk_region m, struct arrays t,
                           const uint32_t *places, size_t n) {
  struct mk_numbering numbering;
  bool shared = false;
  mk_numbering_open(L, &numbering);
  for (size_t i = 0; i < n; i++)
    mk_numbering_of(L, &numbering, t.a, m.a + places[i]);
  uint32_t count = numbering.count;
  for (size_t i = 0; i < n && !shared; i++)
    shared = mk_numbering_of(L, &numbering, t.b, m.b + places[i]) <= count;
  mk_numbering_close(L, &numbering);
  return shared;
}

/* [-0, +1, m] Pushes and returns pairs (the format of mk_path.pairs) of all
** elements with the same index, except the `n` indexes in `places`. */
static const uint32_t *pair_in_place(lua_State *L, size_t len,
                                     const uint32_t *places, size_t n) {
  uint32_t *pairs = push_numbers(L, len);
  for (size_t i = 0; i < len; i++) pairs[i] = (uint32_t)i + 1;
  for (size_t i = 0; i < n; i++) pairs[places[i]] = 0;
  return pairs;
}

/* [-0, +1 or 0, m] If few elements differ and no edit path is shorter than
** replacing them one by one, pushes and returns the pairs of the equal
** elements.  Otherwise returns NULL.  No path is shorter if the removed and the
** inserted elements have no element in common: then the equal elements are
** already a longest common subsequence. */
static const uint32_t *replace_in_place(lua_State *L, struct mk_region m,
                                        struct arrays t) {
  size_t max = m.a_len / 4;
  if (m.a_len != m.b_len || max == 0) return NULL;
  uint32_t *places = push_numbers(L, max);
  size_t n = list_places(L, m, t, max, places);
  if (n > max || share_elements(L, m, t, places, n)) {
    lua_pop(L, 1);
    return NULL;
  }
  const uint32_t *pairs = pair_in_place(L, m.a_len, places, n);
  lua_remove(L, -2);
  return pairs;
}

void mk_array_diff_open(lua_State *L, struct mk_array_diff *align, int a, int b,
                        const struct mk_place *place) {
  luaL_checkstack(L, 16, NULL);
  struct arrays both = {a, b, place};
  struct mk_region m = trim(L, both);
  struct mk_region rest = {0, m.a_len, 0, m.b_len};
  *align = (struct mk_array_diff){m, rest, NULL};
  if (m.a_len == 0 || m.b_len == 0 || m.a_len + m.b_len == 2) return;
  align->pairs = replace_in_place(L, m, both);
  if (align->pairs || mk_path_limit(m.a_len, m.b_len) == 0) return;
  align->pairs = align_middles(L, m, both);
}

bool mk_array_diff_next(struct mk_array_diff *align, struct mk_region *region) {
  if (!mk_path_gap(align->pairs, &align->rest, region)) return false;
  region->a += align->middle.a;
  region->b += align->middle.b;
  return true;
}
