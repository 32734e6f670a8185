/* array_anchor.c - pairs equal elements of two arrays that differ much.
**
** An anchor is a run of elements that occurs exactly once in each array.  This
** file keeps the longest sequence of anchors that have the same order in both
** arrays ("patience diff").  It tries long runs first, because they are
** reliable even if single elements have moved.  Then lua/array_path.c aligns
** the elements between the anchors.  The running time is proportional to the
** number of elements times the limit of steps.
** SPDX-License-Identifier: MIT */
#include "lua/array_anchor.h"

#include <string.h>

/* flag in `struct slot`: the run occurs more than once in the array */
#define MANY ((uint32_t)1 << 31)

/* The position of a run of elements in each of the two arrays: the index of its
** first element, from 1.  The index is 0 if the array does not contain the
** run. */
struct slot {
  uint32_t a;
  uint32_t b;
};

struct anchors {
  const struct mk_path *p;
  /* length of the runs to pair, in elements; 0: search edit paths instead */
  size_t run;
  /* hash table from a run to its position in the two arrays */
  struct slot *slots;
  size_t mask; /* number of slots in use (a power of two), minus 1 */
  /* before[x]: the element of `a` that precedes element x in a sequence of
  ** pairs */
  uint32_t *before;
  /* ends[n]: last element, in `a`, of the sequence of n + 1 pairs that ends
  ** earliest in `b` */
  uint32_t *ends;
};

/* Returns the number of hash table slots for a box: at least two for each
** element. */
static size_t count_slots(struct mk_region box) {
  size_t count = 2;
  while (count < 2 * (box.a_len + box.b_len)) count *= 2;
  return count;
}

static uint64_t hash_run(const uint32_t *run, size_t len) {
  uint64_t h = 0;
  for (size_t i = 0; i < len; i++)
    h = (h ^ run[i] ^ (h >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
  return h ^ (h >> 32);
}

/* Returns the hash table slot of a run.  The slot is empty if the run is
** new. */
static struct slot *find_slot(const struct anchors *t, const uint32_t *run) {
  for (size_t i = hash_run(run, t->run);; i++) {
    struct slot *slot = &t->slots[i & t->mask];
    if (slot->a == 0 && slot->b == 0) return slot;
    const uint32_t *known = slot->a > 0 ? &t->p->a[(slot->a & ~MANY) - 1]
                                        : &t->p->b[(slot->b & ~MANY) - 1];
    if (memcmp(known, run, t->run * sizeof *run) == 0) return slot;
  }
}

/* Returns the first index at which no run can start, because too few elements
** follow. */
static size_t starts(const struct anchors *t, size_t first, size_t len) {
  return len < t->run ? first : first + len - t->run + 1;
}

static void count_runs(const struct anchors *t, struct mk_region box) {
  memset(t->slots, 0, (t->mask + 1) * sizeof *t->slots);
  for (size_t x = box.a; x < starts(t, box.a, box.a_len); x++) {
    struct slot *slot = find_slot(t, t->p->a + x);
    slot->a = slot->a > 0 ? slot->a | MANY : (uint32_t)x + 1;
  }
  for (size_t y = box.b; y < starts(t, box.b, box.b_len); y++) {
    struct slot *slot = find_slot(t, t->p->b + y);
    slot->b = slot->b > 0 ? slot->b | MANY : (uint32_t)y + 1;
  }
}

/* Pairs the first elements of all runs that occur once in each array.  Does not
** check the order of the pairs. */
static void pair_runs(const struct anchors *t, struct mk_region box) {
  for (size_t x = box.a; x < starts(t, box.a, box.a_len); x++) {
    const struct slot *slot = find_slot(t, t->p->a + x);
    bool once = !(slot->a & MANY) && !(slot->b & MANY);
    t->p->pairs[x] = once ? slot->b : 0;
  }
}

/* Returns the length of the longest sequence of pairs to which the pair of
** element x can be appended. */
static size_t find_end(const struct anchors *t, size_t count, size_t x) {
  size_t low = 0, high = count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (t->p->pairs[t->ends[middle]] < t->p->pairs[x])
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Removes all pairs except the longest sequence of pairs that have the same
** order in both arrays. */
static void keep_ordered(const struct anchors *t, struct mk_region box) {
  uint32_t *pairs = t->p->pairs;
  size_t count = 0;
  for (size_t x = box.a; x < box.a + box.a_len; x++) {
    if (pairs[x] == 0) continue;
    size_t at = find_end(t, count, x);
    t->before[x] = at > 0 ? t->ends[at - 1] : UINT32_MAX;
    t->ends[at] = (uint32_t)x;
    if (at == count) count++;
  }
  size_t kept = count > 0 ? t->ends[count - 1] : UINT32_MAX;
  for (size_t x = box.a + box.a_len; x-- > box.a;) {
    if (x == kept)
      kept = t->before[x];
    else
      pairs[x] = 0;
  }
}

/* Returns the number of elements that change if each element of `a` in `box` is
** replaced by the element of `b` at the same place.  Counts each element that
** only the longer side has, too. */
static size_t rewriting(const struct mk_path *p, struct mk_region box) {
  bool longer = box.a_len > box.b_len;
  size_t both = longer ? box.b_len : box.a_len;
  size_t cost = longer ? box.a_len - both : box.b_len - both;
  for (size_t i = 0; i < both; i++)
    if (p->a[box.a + i] != p->b[box.b + i]) cost++;
  return cost;
}

/* Removes all pairs in `box` if rewriting the box in place would not change
** more elements than using the pairs. */
static void check_worth(const struct mk_path *p, struct mk_region box) {
  struct mk_region rest = box, gap;
  size_t cost = 0;
  while (mk_path_gap(p->pairs, &rest, &gap)) cost += rewriting(p, gap);
  if (cost < rewriting(p, box)) return;
  memset(p->pairs + box.a, 0, box.a_len * sizeof *p->pairs);
}

/* Pairs runs of t->run elements in `box`.  Skips a small box, because
** lua/array_path.c finds the shortest path through a small box. */
static void pair_box(struct anchors *t, struct mk_region box) {
  if (box.a_len + box.b_len <= t->p->max) return;
  t->mask = count_slots(box) - 1;
  count_runs(t, box);
  pair_runs(t, box);
  keep_ordered(t, box);
}

/* Pairs elements in each region that has no pairs yet: runs of t->run elements,
** or an edit path if t->run is 0. */
static void refine(struct anchors *t, struct mk_region whole) {
  struct mk_region rest = whole, gap;
  while (mk_path_gap(t->p->pairs, &rest, &gap)) {
    if (gap.a_len == 0 || gap.b_len == 0) continue;
    if (t->run > 0)
      pair_box(t, gap);
    else
      mk_path_pieces(t->p, gap);
    check_worth(t->p, gap);
  }
}

void mk_array_anchor(lua_State *L, const struct mk_path *p, size_t a_len,
                     size_t b_len) {
  static const size_t runs[] = {32, 8, 1, 0};
  struct mk_region whole = {0, a_len, 0, b_len};
  struct anchors t = {.p = p};
  t.slots = lua_newuserdatauv(L, count_slots(whole) * sizeof *t.slots, 0);
  t.before = lua_newuserdatauv(L, 2 * a_len * sizeof *t.before, 0);
  t.ends = t.before + a_len;
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    t.run = runs[i];
    refine(&t, whole);
  }
  lua_pop(L, 2);
}
