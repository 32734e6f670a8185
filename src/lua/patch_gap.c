/* patch_gap.c - a gap buffer, for many inserts and removals in one array.
** SPDX-License-Identifier: MIT */
#include "lua/patch_gap.h"

#include <string.h>

#define LEAST 16 /* minimum length of a new gap, in elements */

/* Returns the length, in bytes, of the path of the container of the value at
** `path`. */
static size_t prefix_of(struct mk_text path) {
  const char *slash = memrchr(path.text, '/', path.len);
  return slash ? (size_t)(slash - path.text) : 0;
}

void mk_gap_remember(lua_State *L, struct mk_gap *g, int index,
                     struct mk_text path) {
  lua_pushvalue(L, index);
  lua_replace(L, g->array);
  lua_pushlstring(L, path.text, path.len);
  lua_replace(L, g->path);
  g->prefix = prefix_of(path);
  g->count = (lua_Integer)lua_rawlen(L, g->array);
  g->at = g->count;
  g->len = 0;
  g->open = true;
}

/* [-0, +0, m] Moves an element from one slot of the array to another.  Free
** slots contain `false`, because the array would have holes if they contained
** nil. */
static void move(lua_State *L, const struct mk_gap *g, lua_Integer from,
                 lua_Integer to) {
  lua_rawgeti(L, g->array, from);
  lua_rawseti(L, g->array, to);
  lua_pushboolean(L, false);
  lua_rawseti(L, g->array, from);
}

/* [-0, +0, m] Moves the gap, so that `at` elements are before the gap. */
static void move_gap(lua_State *L, struct mk_gap *g, lua_Integer at) {
  if (g->len == 0) g->at = at;
  for (; g->at > at; g->at--) move(L, g, g->at, g->at + g->len);
  for (; g->at < at; g->at++) move(L, g, g->at + g->len + 1, g->at + 1);
}

/* [-0, +0, m] Makes a new gap at the same place: adds free slots at the end of
** the array and moves them to the gap. */
static void widen(lua_State *L, struct mk_gap *g) {
  lua_Integer at = g->at, len = g->count < LEAST ? LEAST : g->count;
  for (lua_Integer i = 1; i <= len; i++) {
    lua_pushboolean(L, false);
    lua_rawseti(L, g->array, g->count + i);
  }
  g->at = g->count;
  g->len = len;
  move_gap(L, g, at);
}

bool mk_gap_reach(lua_State *L, struct mk_gap *g, struct mk_text path,
                  bool adding) {
  if (!g->open || prefix_of(path) != g->prefix) return false;
  if (memcmp(lua_tostring(L, g->path), path.text, g->prefix + 1) != 0)
    return false;
  size_t count = (size_t)g->count, i = count;
  struct mk_segment s = {path.text + g->prefix + 1, path.len - g->prefix - 1};
  enum mk_index kind = mk_segment_index(s, &i);
  if (kind == MK_INDEX_BAD || kind == MK_INDEX_HUGE) return false;
  if (i > count || (i == count && !adding)) return false;
  move_gap(L, g, (lua_Integer)i);
  return true;
}

void mk_gap_add(lua_State *L, struct mk_gap *g) {
  if (g->len == 0) widen(L, g);
  lua_rawseti(L, g->array, ++g->at);
  g->count++;
  g->len--;
}

void mk_gap_take(lua_State *L, struct mk_gap *g) {
  lua_Integer place = g->at + g->len + 1;
  lua_rawgeti(L, g->array, place);
  lua_pushboolean(L, false);
  lua_rawseti(L, g->array, place);
  g->count--;
  g->len++;
}

void mk_gap_close(lua_State *L, struct mk_gap *g) {
  if (!g->open) return;
  move_gap(L, g, g->count);
  for (; g->len > 0; g->len--) {
    lua_pushnil(L);
    lua_rawseti(L, g->array, g->count + g->len);
  }
  lua_pushnil(L);
  lua_replace(L, g->array);
  g->open = false;
}
