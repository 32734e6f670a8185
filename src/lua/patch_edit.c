/* patch_edit.c - edits a copy of a document without copying all of it.
** SPDX-License-Identifier: MIT */
#include "lua/patch_edit.h"

#include "lua/value.h"

/* [-1, +1, m] Replaces the table at the top by an owned copy, unless the table
** is already owned.  An owned table is a copy that edits may change in
** place. */
static bool own(const struct mk_edit *e) {
  lua_State *L = e->L;
  if (!lua_istable(L, -1)) return true;
  lua_pushvalue(L, -1);
  bool owned = lua_rawget(L, e->owned) != LUA_TNIL;
  lua_pop(L, 1);
  if (owned) return true;
  if (!mk_value_copy_table(L, -1)) return false;
  lua_replace(L, -2);
  lua_pushvalue(L, -1);
  lua_pushboolean(L, 1);
  lua_rawset(L, e->owned);
  return true;
}

/* [-1, +1, m] Replaces the owned container at the top by its child at segment
** `s` of `path`.  The child is owned, too. */
static bool own_child(const struct mk_edit *e, struct mk_text path,
                      struct mk_segment s) {
  lua_State *L = e->L;
  if (!mk_patch_get_key(L, -1, path, s, false)) return false;
  lua_pushvalue(L, -1);
  lua_rawget(L, -3);
  if (!own(e)) return false;
  /* Stack: [container, key, child]. */
  lua_pushvalue(L, -1);
  lua_insert(L, -4);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  return true;
}

bool mk_edit_open(const struct mk_edit *e, struct mk_text path, bool adding) {
  lua_State *L = e->L;
  struct mk_pointer p = mk_pointer_open(path.text, path.len);
  struct mk_segment s;
  mk_gap_close(L, e->gap);
  lua_pushvalue(L, e->root);
  if (!own(e)) return false;
  lua_pushvalue(L, -1);
  lua_replace(L, e->root);
  while (mk_pointer_next(&p, &s) && !mk_pointer_done(&p))
    if (!own_child(e, path, s)) return false;
  return mk_patch_get_key(L, -1, path, s, adding);
}

/* [-0, +0, m] Moves each element with an index of at least `key` up by one
** index. */
static void shift_up(lua_State *L, int array, lua_Integer key) {
  for (lua_Integer i = (lua_Integer)lua_rawlen(L, array); i >= key; i--) {
    lua_rawgeti(L, array, i);
    lua_rawseti(L, array, i + 1);
  }
}

/* [-0, +0, m] Removes the element with the index `key` and moves all later
** elements down by one index. */
static void shift_down(lua_State *L, int array, lua_Integer key) {
  lua_Integer n = (lua_Integer)lua_rawlen(L, array);
  for (lua_Integer i = key; i < n; i++) {
    lua_rawgeti(L, array, i + 1);
    lua_rawseti(L, array, i);
  }
  lua_pushnil(L);
  lua_rawseti(L, array, n);
}

bool mk_edit_add(const struct mk_edit *e, struct mk_text path) {
  lua_State *L = e->L;
  int value = lua_gettop(L);
  if (path.len == 0) {
    mk_gap_close(L, e->gap);
    lua_replace(L, e->root);
    return true;
  }
  if (mk_gap_reach(L, e->gap, path, true)) {
    mk_gap_add(L, e->gap);
    return true;
  }
  if (!mk_edit_open(e, path, true)) return false;
  /* Stack: [value, container, key]. */
  bool is_array = lua_type(L, -1) == LUA_TNUMBER;
  if (is_array) shift_up(L, value + 1, lua_tointeger(L, value + 2));
  lua_pushvalue(L, value);
  lua_rawset(L, value + 1);
  if (is_array) mk_gap_remember(L, e->gap, value + 1, path);
  lua_settop(L, value - 1);
  return true;
}

bool mk_edit_take(const struct mk_edit *e, struct mk_text path) {
  lua_State *L = e->L;
  if (mk_gap_reach(L, e->gap, path, false)) {
    mk_gap_take(L, e->gap);
    return true;
  }
  if (!mk_edit_open(e, path, false)) return false;
  /* Stack: [container, key, value]. */
  int container = lua_gettop(L) - 1;
  lua_pushvalue(L, -1);
  lua_rawget(L, container);
  lua_insert(L, container);
  if (lua_type(L, -1) == LUA_TNUMBER) {
    shift_down(L, container + 1, lua_tointeger(L, -1));
    mk_gap_remember(L, e->gap, container + 1, path);
  } else {
    lua_pushnil(L);
    lua_rawset(L, container + 1);
  }
  lua_settop(L, container);
  return true;
}
