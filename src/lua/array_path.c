/* array_path.c - finds the shortest edit path between two arrays of numbers.
**
** Uses Myers' greedy algorithm (An O(ND) Difference Algorithm, 1986).
** SPDX-License-Identifier: MIT */
#include "lua/array_path.h"

#define MAX_STEPS 1000 /* limit of steps in an edit path (2 MB of rows) */
/* limit of the number of rows times the number of elements */
#define MAX_WORK ((size_t)1 << 24)

/* A box (a range of each array) and the rows of the search in it.  Row d has an
** entry for each diagonal -d, -d + 2, ... d: the furthest index in `a` that d
** steps reach on that diagonal. */
struct search {
  const uint32_t *a;
  const uint32_t *b;
  size_t a_len;
  size_t b_len;
  uint32_t *rows;
};

/* A position in both arrays that `d` steps lead to. */
struct point {
  size_t x; /* index in `a` */
  size_t y; /* index in `b` */
  size_t d; /* number of steps */
};

size_t mk_path_limit(size_t a_len, size_t b_len) {
  size_t len = a_len + b_len;
  size_t max = len < MAX_STEPS ? len : MAX_STEPS;
  size_t work = MAX_WORK / len;
  return work < max ? work : max;
}

size_t mk_path_rows(size_t max) {
  return (max + 1) * (max + 2) / 2;
}

static struct search open_search(const struct mk_path *p,
                                 struct mk_region box) {
  return (struct search){p->a + box.a, p->b + box.b, box.a_len, box.b_len,
                         p->rows};
}

static uint32_t *row(const struct search *s, size_t d) {
  return s->rows + d * (d + 1) / 2;
}

/* Returns the position that entry j of row d describes. */
static struct point point_at(const struct search *s, size_t d, size_t j) {
  size_t x = row(s, d)[j];
  return (struct point){x, x + d - 2 * j, d};
}

/* Follows equal elements along a diagonal from position x, y.  Returns the new
** x. */
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

/* Fills row d.  Returns true if the row reaches the end of both arrays. */
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

/* Returns true if at most `max` steps lead to the end of both arrays.  Then
** sets `end` to that position. */
static bool search(const struct search *s, size_t max, struct point *end) {
  for (size_t d = 0; d <= max; d++) {
    if (!fill_row(s, d)) continue;
    *end = (struct point){s->a_len, s->b_len, d};
    return true;
  }
  return false;
}

static size_t distance(size_t n, size_t m) {
  return n < m ? m - n : n - m;
}

/* Returns the position in row d with the fewest elements after it in `a` and
** `b` together.  Among equal positions, returns the position after which the
** numbers of elements in `a` and `b` differ least. */
static struct point furthest(const struct search *s, size_t d) {
  struct point best = {0, 0, 0};
  size_t best_apart = distance(s->a_len, s->b_len);
  for (size_t j = 0; j <= d; j++) {
    struct point at = point_at(s, d, j);
    if (at.x > s->a_len || at.y > s->b_len) continue;
    size_t apart = distance(s->a_len - at.x, s->b_len - at.y);
    if (at.x + at.y < best.x + best.y) continue;
    if (at.x + at.y == best.x + best.y && apart >= best_apart) continue;
    best = at;
    best_apart = apart;
  }
  return best;
}

/* Follows the path in the rows from `end` back to the start, and pairs the
** elements on its diagonals. */
static void pair(const struct search *s, struct point end, uint32_t *pairs,
                 size_t base) {
  size_t x = end.x, y = end.y;
  for (size_t d = end.d; d > 0; d--) {
    const uint32_t *last = row(s, d - 1);
    size_t j = (d + x - y) / 2;
    bool insert = inserts(last, d, j);
    struct point from = point_at(s, d - 1, insert ? j : j - 1);
    for (; x > from.x + !insert; y--) pairs[--x] = (uint32_t)(base + y);
    x = from.x;
    y = from.y;
  }
  for (; x > 0; y--) pairs[--x] = (uint32_t)(base + y);
}

bool mk_path_shortest(const struct mk_path *p, struct mk_region box) {
  struct search s = open_search(p, box);
  struct point end;
  if (!search(&s, p->max, &end)) return false;
  pair(&s, end, p->pairs + box.a, box.b);
  return true;
}

/* Removes the first `a_len` elements of `a` and the first `b_len` elements of
** `b` from the region. */
static void skip(struct mk_region *r, size_t a_len, size_t b_len) {
  r->a += a_len;
  r->a_len -= a_len;
  r->b += b_len;
  r->b_len -= b_len;
}

void mk_path_pieces(const struct mk_path *p, struct mk_region box) {
  while (box.a_len > 0 && box.b_len > 0) {
    struct search s = open_search(p, box);
    struct point end;
    if (!search(&s, p->max, &end)) end = furthest(&s, p->max);
    if (end.x + end.y == 0) return;
    pair(&s, end, p->pairs + box.a, box.b);
    skip(&box, end.x, end.y);
  }
}

bool mk_path_gap(const uint32_t *pairs, struct mk_region *rest,
                 struct mk_region *gap) {
  for (;;) {
    *gap = (struct mk_region){rest->a, 0, rest->b, rest->b_len};
    while (gap->a_len < rest->a_len && !(pairs && pairs[gap->a + gap->a_len]))
      gap->a_len++;
    bool last = gap->a_len == rest->a_len;
    if (!last) gap->b_len = pairs[gap->a + gap->a_len] - 1 - gap->b;
    skip(rest, gap->a_len + !last, gap->b_len + !last);
    if (gap->a_len > 0 || gap->b_len > 0) return true;
    if (last) return false;
  }
}
