/* array_diff.c - aligns two arrays: finds the elements to insert and remove.
**
** Removes common elements at both ends.  If few of the remaining elements
** differ, it checks whether replacing those is the shortest edit.  Otherwise it
** numbers the elements (equal elements get the same number) and searches the
** shortest edit path with Myers' greedy algorithm.  If that path is too long,
** the whole middle becomes one region.
** SPDX-License-Identifier: MIT */
#include "lua/array_diff.h"

#include <lauxlib.h>

#include "lua/value.h"
#include "lua/value_number.h"

#define MAX_STEPS 1000             /* of an edit path; their rows take 2 MB */
#define MAX_WORK ((size_t)1 << 24) /* rows times elements */

/* The middles as numbers, and the rows of the search.  For each diagonal -d, -d
** + 2, ... d, row d holds the furthest index in `a` that d steps reach. */
struct search {
  const uint32_t *a;
  const uint32_t *b;
  size_t a_len;
  size_t b_len;
  size_t max;
  uint32_t *rows;
};

static uint32_t *row(const struct search *s, size_t d) {
  return s->rows + d * (d + 1) / 2;
}

/* The two arrays and their place in the document. */
struct arrays {
  int a; /* stack indexes */
  int b;
  const struct mk_place *place;
};

/* [-0, +0, m] */
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

/* [-0, +0, m] */
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

/* Returns the limit of steps for these lengths, so that the search stays
** fast. */
static size_t affordable(size_t n, size_t m) {
  size_t max = n + m < MAX_STEPS ? n + m : MAX_STEPS;
  size_t work = MAX_WORK / (n + m);
  return work < max ? work : max;
}

/* Follows equal elements along a diagonal from x, y.  Returns the new x. */
static size_t follow(const struct search *s, size_t x, size_t y) {
  while (x < s->a_len && y < s->b_len && s->a[x] == s->b[y]) {
    x++;
    y++;
  }
  return x;
}

/* Returns true if entry j of row d is reached by an insertion. */
static bool inserts(const uint32_t *last, size_t d, size_t j) {
  return j == 0 || (j < d && last[j - 1] < last[j]);
}

/* Fills row d.  True if it reaches the end of both arrays. */
static bool fill_row(const struct search *s, size_t d) {
  uint32_t *now = row(s, d);
  const uint32_t *last = d > 0 ? row(s, d - 1) : NULL;
  for (size_t j = 0; j <= d; j++) {
    size_t x = 0;
    if (d > 0) x = inserts(last, d, j) ? last[j] : last[j - 1] + 1;
    size_t y = x + d - 2 * j;
    x = follow(s, x, y);
    y = x + d - 2 * j;
    now[j] = (uint32_t)x;
    if (x >= s->a_len && y >= s->b_len) return true;
  }
  return false;
}

/* Returns the length of the shortest edit path.  A result above s->max means
** that there is none within the limit. */
static size_t search(const struct search *s) {
  for (size_t d = 0; d <= s->max; d++)
    if (fill_row(s, d)) return d;
  return s->max + 1;
}

/* Reads the edit path from the rows, from the end to the start. */
static void trace(const struct search *s, size_t count, struct mk_step *steps) {
  size_t x = s->a_len, y = s->b_len;
  for (size_t d = count; d > 0; d--) {
    const uint32_t *last = row(s, d - 1);
    size_t j = (d + x - y) / 2;
    bool insert = inserts(last, d, j);
    size_t from = insert ? j : j - 1;
    x = last[from];
    y = x + (d - 1) - 2 * from;
    steps[d - 1] = (struct mk_step){(uint32_t)x, (uint32_t)y, insert};
  }
}

/* [-0, +2, m] Pushes the numbers of both middles and the memory for the
** rows. */
static struct search open_search(lua_State *L, struct mk_region m,
                                 struct arrays t) {
  struct search s = {.a_len = m.a_len, .b_len = m.b_len};
  s.max = affordable(m.a_len, m.b_len);
  struct mk_numbering numbering;
  uint32_t *numbers =
      lua_newuserdatauv(L, (m.a_len + m.b_len) * sizeof *numbers, 0);
  mk_numbering_open(L, &numbering);
  for (size_t i = 0; i < m.a_len; i++)
    numbers[i] = mk_numbering_of(L, &numbering, t.a, m.a + i);
  for (size_t i = 0; i < m.b_len; i++)
    numbers[m.a_len + i] = mk_numbering_of(L, &numbering, t.b, m.b + i);
  mk_numbering_close(L, &numbering);
  s.a = numbers;
  s.b = numbers + m.a_len;
  s.rows =
      lua_newuserdatauv(L, (s.max + 1) * (s.max + 2) / 2 * sizeof *s.rows, 0);
  return s;
}

/* [-0, +0, m] Lists the indexes at which two middles of the same length differ.
** Returns max + 1 if there are more than `max`. */
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

/* [-0, +0, m] Returns true if `a` and `b` have an element in common at any of
** these places. */
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

/* [-0, +1 or 0, m] Pushes the steps that replace the differing elements one by
** one, if they are few and no edit path is shorter.  No path is shorter if the
** removed and the inserted elements have none in common: then the equal places
** are already a longest common subsequence. */
static bool replace_in_place(lua_State *L, struct mk_region m, struct arrays t,
                             struct mk_array_diff *align) {
  size_t max = m.a_len / 4;
  if (m.a_len != m.b_len || max == 0) return false;
  int top = lua_gettop(L);
  uint32_t *places = lua_newuserdatauv(L, max * sizeof *places, 0);
  size_t n = list_places(L, m, t, max, places);
  if (n > max || share_elements(L, m, t, places, n)) {
    lua_settop(L, top);
    return false;
  }
  struct mk_step *steps = lua_newuserdatauv(L, 2 * n * sizeof *steps, 0);
  for (size_t i = 0; i < n; i++) {
    steps[2 * i] = (struct mk_step){places[i], places[i], false};
    steps[2 * i + 1] = (struct mk_step){places[i] + 1, places[i], true};
  }
  lua_remove(L, -2);
  align->steps = steps;
  align->count = 2 * n;
  align->whole = false;
  return true;
}

void mk_array_diff_open(lua_State *L, struct mk_array_diff *align, int a, int b,
                        const struct mk_place *place) {
  luaL_checkstack(L, 16, NULL);
  struct arrays both = {a, b, place};
  struct mk_region m = trim(L, both);
  *align = (struct mk_array_diff){.middle = m};
  align->whole = m.a_len > 0 || m.b_len > 0;
  if (m.a_len == 0 || m.b_len == 0 || m.a_len + m.b_len == 2) return;
  if (replace_in_place(L, m, both, align)) return;
  if (affordable(m.a_len, m.b_len) == 0) return;
  struct search s = open_search(L, m, both);
  size_t count = search(&s);
  if (count > s.max) return;
  struct mk_step *steps = lua_newuserdatauv(L, count * sizeof *steps, 0);
  trace(&s, count, steps);
  lua_replace(L, -3); /* frees the numbers and the rows */
  lua_pop(L, 1);
  align->steps = steps;
  align->count = count;
  align->whole = false;
}

/* Joins steps that have no common element between them to one region. */
static struct mk_region join_steps(struct mk_array_diff *align) {
  const struct mk_step *first = &align->steps[align->next];
  size_t a = first->a, b = first->b;
  while (align->next < align->count) {
    const struct mk_step *step = &align->steps[align->next];
    if (step->a != a || step->b != b) break;
    if (step->insert)
      b++;
    else
      a++;
    align->next++;
  }
  struct mk_region region = {align->middle.a + first->a, a - first->a,
                             align->middle.b + first->b, b - first->b};
  return region;
}

bool mk_array_diff_next(struct mk_array_diff *align, struct mk_region *region) {
  if (align->whole) {
    align->whole = false;
    *region = align->middle;
    return true;
  }
  if (align->next == align->count) return false;
  *region = join_steps(align);
  return true;
}
