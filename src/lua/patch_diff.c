/* patch_diff.c - patch.diff: computes the JSON Patch that turns one Lua value
** into another.
**
** Uses only the operations add, remove and replace.  Sorts members bytewise, so
** that the result is always the same.  Skips a pair of values that are the same
** Lua table.
** SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <lua.h>
#include <stdlib.h>
#include <string.h>

#include "lua/array_diff.h"
#include "lua/json_mark.h"
#include "lua/patch.h"
#include "lua/value.h"

enum { FROM = 1, TO, OPERATIONS };

struct diff {
  lua_State *L;
  lua_Integer count; /* number of operations in the result so far */
};

/* The name of an object member that needs an operation or a comparison. */
struct member {
  const char *name;
  size_t len;
};

/* Two values to compare, and their common place in the documents. */
struct pair {
  int from; /* stack index of the old value */
  int to;   /* stack index of the new value */
  const struct mk_place *place;
};

/* [-0, +0, v] Raises the error message at the top if `good` is false. */
static void check(lua_State *L, bool good) {
  if (!good) lua_error(L);
}

/* [-0, +0, m] Appends an operation to the result.  `value` is the stack index
** of the member "value"; 0: the operation has no such member. */
static void emit(struct diff *d, const char *op, const struct mk_place *place,
                 int value) {
  lua_State *L = d->L;
  luaL_checkstack(L, 8, NULL);
  lua_createtable(L, 0, value ? 3 : 2);
  int operation = lua_gettop(L);
  lua_pushstring(L, op);
  lua_setfield(L, operation, "op");
  mk_place_push(L, place);
  lua_setfield(L, operation, "path");
  if (value) {
    check(L, mk_value_copy(L, value, place));
    lua_setfield(L, operation, "value");
  }
  lua_rawseti(L, OPERATIONS, ++d->count);
}

/* [-0, +0, v] Appends the operations that turn the value p.from into the value
** p.to. */
static void diff(struct diff *d, struct pair p);

/* [-0, +0, m] Appends an operation for the child of `p` whose key is at the
** top.  `value` is the stack index of the member "value"; 0: no such member. */
static void emit_below(struct diff *d, const char *op, struct pair p,
                       int value) {
  struct mk_place here = mk_place_below(p.place, lua_gettop(d->L));
  emit(d, op, &here, value);
}

/* [-0, +1, m] Pushes the element with the index `i`, from 0, of the array at
** index `array`.  Returns the stack index of the element. */
static int push_element(lua_State *L, int array, size_t i) {
  lua_rawgeti(L, array, (lua_Integer)i + 1);
  return lua_gettop(L);
}

/* [-0, +0, m] Appends the operations that turn element `a` of the old array
** into element `b` of the new array.  Their paths contain index `b`, because
** earlier operations have moved the element to that index. */
static void diff_elements(struct diff *d, struct pair p, size_t a, size_t b) {
  lua_State *L = d->L;
  lua_pushinteger(L, (lua_Integer)b + 1);
  struct mk_place here = mk_place_below(p.place, lua_gettop(L));
  struct pair below = {0, 0, &here};
  below.from = push_element(L, p.from, a);
  below.to = push_element(L, p.to, b);
  diff(d, below);
  lua_pop(L, 3);
}

/* [-0, +0, m] Appends the operations for one region.  Their paths contain
** indexes of the new array, because everything before the region is already up
** to date.  Removes the last elements first, because then the fewest other
** elements move. */
static void diff_region(struct diff *d, struct pair p, struct mk_region r) {
  lua_State *L = d->L;
  size_t both = r.a_len < r.b_len ? r.a_len : r.b_len;
  for (size_t i = 0; i < both; i++) diff_elements(d, p, r.a + i, r.b + i);
  for (size_t i = r.a_len; i > both; i--) {
    lua_pushinteger(L, (lua_Integer)(r.b + i));
    emit_below(d, "remove", p, 0);
    lua_pop(L, 1);
  }
  for (size_t i = both; i < r.b_len; i++) {
    int value = push_element(L, p.to, r.b + i);
    lua_pushinteger(L, (lua_Integer)(r.b + i + 1));
    emit_below(d, "add", p, value);
    lua_pop(L, 2);
  }
}

/* [-0, +0, m] Raises an error if the array at stack index `array` has a hole or
** a key that is no index. */
static void check_array(lua_State *L, struct pair p, int array) {
  const char *fault = mk_value_table_fault(L, array, true);
  if (fault) check(L, mk_value_fault(L, p.place, fault));
}

static void diff_arrays(struct diff *d, struct pair p) {
  check_array(d->L, p, p.from);
  check_array(d->L, p, p.to);
  struct mk_array_diff align;
  struct mk_region region;
  int top = lua_gettop(d->L);
  mk_array_diff_open(d->L, &align, p.from, p.to, p.place);
  while (mk_array_diff_next(&align, &region)) diff_region(d, p, region);
  lua_settop(d->L, top);
}

static int compare_members(const void *a, const void *b) {
  const struct member *x = a, *y = b;
  return mk_text_compare(x->name, x->len, y->name, y->len);
}

/* [-0, +0, m] Returns true if the member with the key at index `key` needs an
** operation or a comparison.  If `again` is true, returns true only if the old
** object lacks the member. */
static bool needs_work(lua_State *L, struct pair p, int key, bool again) {
  lua_pushvalue(L, key);
  lua_rawget(L, p.from);
  lua_pushvalue(L, key);
  lua_rawget(L, p.to);
  bool work = again ? lua_isnil(L, -2) : !lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return work;
}

/* [-0, +0, m] Appends the names of the members that need an operation or a
** comparison to the list at `names`, which has `n` elements.  Goes over the old
** object, or over the new object if `again` is true.  Returns the new length of
** the list. */
static size_t list_names(lua_State *L, struct pair p, bool again, int names,
                         size_t n) {
  for (lua_pushnil(L); lua_next(L, again ? p.to : p.from);) {
    lua_pop(L, 1);
    int key = lua_gettop(L);
    const char *fault = mk_value_key_fault(L, key, false, 0);
    if (fault) check(L, mk_value_fault(L, p.place, fault));
    if (!needs_work(L, p, key, again)) continue;
    lua_pushvalue(L, key);
    lua_rawseti(L, names, (lua_Integer)++n);
  }
  return n;
}

/* [-0, +1, m] Pushes and returns a userdata: the `n` names of the list, sorted
** bytewise.  The list keeps the strings alive, because a finalizer may empty
** the objects at any time. */
static struct member *sort_names(lua_State *L, int names, size_t n) {
  struct member *members = lua_newuserdatauv(L, n * sizeof *members, 0);
  for (size_t i = 0; i < n; i++) {
    lua_rawgeti(L, names, (lua_Integer)i + 1);
    members[i].name = lua_tolstring(L, -1, &members[i].len);
    lua_pop(L, 1);
  }
  qsort(members, n, sizeof *members, compare_members);
  return members;
}

static void diff_member(struct diff *d, struct pair p, struct member m) {
  lua_State *L = d->L;
  int key = lua_gettop(L) + 1;
  lua_pushlstring(L, m.name, m.len);
  lua_pushvalue(L, key);
  bool before = lua_rawget(L, p.from) != LUA_TNIL;
  lua_pushvalue(L, key);
  bool after = lua_rawget(L, p.to) != LUA_TNIL;
  struct mk_place here = mk_place_below(p.place, key);
  struct pair below = {key + 1, key + 2, &here};
  if (before && after)
    diff(d, below);
  else
    emit(d, after ? "add" : "remove", &here, after ? key + 2 : 0);
  lua_settop(L, key - 1);
}

static void diff_objects(struct diff *d, struct pair p) {
  lua_State *L = d->L;
  lua_newtable(L);
  int names = lua_gettop(L);
  size_t n = list_names(L, p, false, names, 0);
  n = list_names(L, p, true, names, n);
  if (n > 0) {
    struct member *members = sort_names(L, names, n);
    for (size_t i = 0; i < n; i++) diff_member(d, p, members[i]);
  }
  lua_settop(L, names - 1);
}

static void diff(struct diff *d, struct pair p) {
  lua_State *L = d->L;
  luaL_checkstack(L, 16, NULL);
  if (lua_rawequal(L, p.from, p.to)) return;
  if (!lua_istable(L, p.from) || !lua_istable(L, p.to)) {
    emit(d, "replace", p.place, p.to);
    return;
  }
  if (mk_place_too_deep(p.place)) mk_value_raise_too_deep(L);
  bool array = mk_json_is_array(L, p.from);
  if (array != mk_json_is_array(L, p.to))
    emit(d, "replace", p.place, p.to);
  else if (array)
    diff_arrays(d, p);
  else
    diff_objects(d, p);
}

int mk_patch_diff(lua_State *L) {
  struct diff d = {L, 0};
  struct pair whole = {FROM, TO, NULL};
  mk_value_check(L, FROM);
  mk_value_check(L, TO);
  lua_settop(L, TO);
  lua_newtable(L);
  mk_json_mark_array(L);
  diff(&d, whole);
  lua_settop(L, OPERATIONS);
  return 1;
}
