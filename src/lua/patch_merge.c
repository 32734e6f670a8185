/* patch_merge.c - patch.merge: applies a JSON Merge Patch (RFC 7396) to a Lua
** value.
** SPDX-License-Identifier: MIT */
#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>

#include "lua/json_mark.h"
#include "lua/patch.h"
#include "lua/value.h"

enum { TARGET = 1, PATCH };

/* [-0, +0, v] Raises the error message at the top if `good` is false. */
static void check(lua_State *L, bool good) {
  if (!good) lua_error(L);
}

static bool is_object(lua_State *L, int index) {
  return lua_istable(L, index) && !mk_json_is_array(L, index);
}

static void merge(lua_State *L, int target, int patch,
                  const struct mk_place *place);

/* [-0, +0, m] Merges the member of the patch whose key is at the top into the
** result. */
static void merge_member(lua_State *L, int result, int patch,
                         const struct mk_place *place) {
  int key = lua_gettop(L);
  struct mk_place here = mk_place_below(place, key);
  lua_pushvalue(L, key);
  lua_pushvalue(L, key);
  lua_rawget(L, result);
  lua_pushvalue(L, key);
  lua_rawget(L, patch);
  /* Stack: [key, key, old value, new value]. */
  if (lua_islightuserdata(L, -1) && !lua_touserdata(L, -1))
    lua_pushnil(L);
  else
    merge(L, key + 2, key + 3, &here);
  lua_replace(L, key + 2);
  lua_settop(L, key + 2);
  lua_rawset(L, result);
}

/* [-0, +1, m] Pushes the value at `target` with the merge patch at `patch`
** applied. */
static void merge(lua_State *L, int target, int patch,
                  const struct mk_place *place) {
  luaL_checkstack(L, 12, NULL);
  if (!is_object(L, patch)) {
    check(L, mk_value_copy(L, patch, place));
    return;
  }
  if (mk_place_too_deep(place)) mk_value_raise_too_deep(L);
  const char *fault = mk_value_table_fault(L, patch, false);
  if (fault) check(L, mk_value_fault(L, place, fault));
  if (is_object(L, target))
    check(L, mk_value_copy_table(L, target));
  else
    lua_newtable(L);
  int result = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, patch);) {
    lua_pop(L, 1);
    merge_member(L, result, patch, place);
  }
}

int mk_patch_merge(lua_State *L) {
  mk_value_check(L, TARGET);
  mk_value_check(L, PATCH);
  lua_settop(L, PATCH);
  merge(L, TARGET, PATCH, NULL);
  return 1;
}
