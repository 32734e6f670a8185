/* value.c - copies and compares JSON values held in Lua.
** SPDX-License-Identifier: MIT */
#include "lua/value.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "lua/json_mark.h"
#include "json/pointer.h"

#define TOO_DEEP "nested too deep (1000 levels at most), or a cycle"
#define HOLE "array with a hole"

struct mk_place mk_place_below(const struct mk_place *up, int key) {
  struct mk_place place = {up, key, up ? up->depth + 1 : 1};
  return place;
}

bool mk_place_too_deep(const struct mk_place *place) {
  return place && place->depth >= MK_VALUE_DEPTH;
}

void mk_value_raise_too_deep(lua_State *L) {
  lua_pushliteral(L, TOO_DEEP);
  lua_error(L);
}

/* [-0, +0, m] Adds "/" and the key at stack index `key` to the buffer, as a
** segment of a JSON Pointer.  `key` must be a positive index, because
** luaL_Buffer may push values.  Does not call lua_tolstring on a number,
** because that would change the key on the stack into a string. */
static void add_segment(lua_State *L, luaL_Buffer *b, int key) {
  char digits[32];
  size_t len = 0;
  const char *text = digits;
  if (lua_type(L, key) == LUA_TSTRING) {
    text = lua_tolstring(L, key, &len);
  } else {
    LUAI_UACINT index = (LUAI_UACINT)lua_tointeger(L, key) - 1;
    int n = lua_integer2str(digits, sizeof digits, index);
    len = n > 0 ? (size_t)n : 0;
  }
  size_t escaped = mk_pointer_escaped_len(text, len);
  luaL_addchar(b, '/');
  mk_pointer_escape(text, len, luaL_prepbuffsize(b, escaped));
  luaL_addsize(b, escaped);
}

static void add_place(lua_State *L, luaL_Buffer *b,
                      const struct mk_place *place) {
  if (!place) return;
  add_place(L, b, place->up);
  add_segment(L, b, place->key);
}

void mk_place_push(lua_State *L, const struct mk_place *place) {
  luaL_Buffer b;
  luaL_checkstack(L, 4, NULL);
  luaL_buffinit(L, &b);
  add_place(L, &b, place);
  luaL_pushresult(&b);
}

bool mk_value_fault(lua_State *L, const struct mk_place *place,
                    const char *what) {
  luaL_checkstack(L, 6, NULL);
  if (!place) {
    lua_pushstring(L, what);
  } else {
    mk_place_push(L, place);
    lua_pushfstring(L, "%s: %s", lua_tostring(L, -1), what);
  }
  return false;
}

const char *mk_value_key_fault(lua_State *L, int key, bool array, size_t n) {
  int type = lua_type(L, key);
  if (!array)
    return type == LUA_TSTRING ? NULL : "object with a key that is no string";
  if (type != LUA_TNUMBER || !lua_isinteger(L, key))
    return "array with a key that is no index";
  lua_Integer i = lua_tointeger(L, key);
  return i >= 1 && (lua_Unsigned)i <= n ? NULL : HOLE;
}

const char *mk_value_table_fault(lua_State *L, int index, bool array) {
  size_t n = (size_t)lua_rawlen(L, index), count = 0;
  lua_pushnil(L);
  for (; lua_next(L, index); count++) {
    lua_pop(L, 1);
    const char *fault = mk_value_key_fault(L, lua_gettop(L), array, n);
    if (!fault) continue;
    lua_pop(L, 1);
    return fault;
  }
  return array && count != n ? HOLE : NULL;
}

/* Returns an error message for a value that is not a table, or NULL. */
static const char *scalar_fault(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
  case LUA_TNUMBER:
  case LUA_TSTRING: return NULL;
  case LUA_TLIGHTUSERDATA:
    if (!lua_touserdata(L, index)) return NULL; /* json.null */
    return "JSON value expected, got light userdata";
  case LUA_TFUNCTION: return "JSON value expected, got function";
  case LUA_TTHREAD: return "JSON value expected, got thread";
  case LUA_TUSERDATA: return "JSON value expected, got userdata";
  default: return "JSON value expected, got nil";
  }
}

void mk_value_check(lua_State *L, int arg) {
  if (lua_istable(L, arg)) return;
  const char *fault = scalar_fault(L, arg);
  if (fault) luaL_argerror(L, arg, fault);
}

bool mk_value_marked_object(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  luaL_getmetatable(L, MK_JSON_OBJECT);
  bool same = lua_rawequal(L, -1, -2) && !lua_isnil(L, -1);
  lua_pop(L, 2);
  return same;
}

/* [-0, +1, m] Pushes a new table of the same kind (array or object) as the
** table at `index`. */
static void new_like(lua_State *L, int index, bool array, size_t n) {
  lua_createtable(L, array && n < INT_MAX ? (int)n : 0, 0);
  if (array)
    mk_json_mark_array(L);
  else if (mk_value_marked_object(L, index))
    mk_json_mark_object(L);
}

static bool copy(lua_State *L, int index, const struct mk_place *place,
                 size_t *left);

/* [-0, +1, m] Pushes a copy of the table at `index`.  If `left` is NULL, copies
** only one level.  On an error, pushes a message and returns false. */
static bool copy_table(lua_State *L, int index, const struct mk_place *place,
                       size_t *left) {
  size_t n = (size_t)lua_rawlen(L, index), count = 0;
  luaL_checkstack(L, 8, NULL);
  bool array = mk_json_is_array(L, index);
  new_like(L, index, array, n);
  int to = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, index); count++) {
    /* Stack: [copy, key, value]. */
    const char *fault = mk_value_key_fault(L, to + 1, array, n);
    if (fault) return mk_value_fault(L, place, fault);
    if (left) {
      struct mk_place here = mk_place_below(place, to + 1);
      if (!copy(L, to + 2, &here, left)) return false;
      lua_replace(L, to + 2);
    }
    lua_pushvalue(L, to + 1);
    lua_insert(L, to + 2);
    lua_rawset(L, to);
  }
  return !array || count == n || mk_value_fault(L, place, HOLE);
}

static bool copy(lua_State *L, int index, const struct mk_place *place,
                 size_t *left) {
  if (*left == 0) return mk_value_fault(L, NULL, "the copies are too large");
  --*left;
  if (!lua_istable(L, index)) {
    const char *fault = scalar_fault(L, index);
    if (fault) return mk_value_fault(L, place, fault);
    lua_pushvalue(L, index);
    return true;
  }
  if (mk_place_too_deep(place)) return mk_value_fault(L, NULL, TOO_DEEP);
  return copy_table(L, index, place, left);
}

bool mk_value_copy_table(lua_State *L, int index) {
  return copy_table(L, lua_absindex(L, index), NULL, NULL);
}

bool mk_value_copy(lua_State *L, int index, const struct mk_place *place) {
  size_t left = SIZE_MAX;
  luaL_checkstack(L, 4, NULL);
  return copy(L, lua_absindex(L, index), place, &left);
}

bool mk_value_copy_within(lua_State *L, int index, size_t *left) {
  luaL_checkstack(L, 4, NULL);
  return copy(L, lua_absindex(L, index), NULL, left);
}

static enum mk_equality equal(lua_State *L, int a, int b,
                              const struct mk_place *place);

static enum mk_equality fault(lua_State *L, const struct mk_place *place,
                              const char *what) {
  mk_value_fault(L, place, what);
  return MK_FAULT;
}

/* [-0, +0, m] Returns MK_EQUAL if the table at `index` has exactly `count`
** members. */
static enum mk_equality same_count(lua_State *L, int index, bool array,
                                   size_t count, const struct mk_place *place) {
  size_t n = (size_t)lua_rawlen(L, index);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    const char *what = mk_value_key_fault(L, lua_gettop(L) - 1, array, n);
    if (what) return fault(L, place, what);
    if (count == 0) {
      lua_pop(L, 2);
      return MK_DIFFERENT;
    }
    count--;
  }
  return count == 0 ? MK_EQUAL : MK_DIFFERENT;
}

static enum mk_equality equal_members(lua_State *L, int a, int b, bool array,
                                      const struct mk_place *place) {
  size_t n = (size_t)lua_rawlen(L, a), count = 0;
  int top = lua_gettop(L);
  for (lua_pushnil(L); lua_next(L, a); count++) {
    /* Stack: [key, value in a, value in b]. */
    const char *what = mk_value_key_fault(L, top + 1, array, n);
    if (what) return fault(L, place, what);
    lua_pushvalue(L, top + 1);
    lua_rawget(L, b);
    struct mk_place here = mk_place_below(place, top + 1);
    enum mk_equality found =
        lua_isnil(L, -1) ? MK_DIFFERENT : equal(L, top + 2, top + 3, &here);
    if (found == MK_FAULT) return found;
    lua_settop(L, found == MK_EQUAL ? top + 1 : top);
    if (found == MK_DIFFERENT) return found;
  }
  if (array && count != n) return fault(L, place, HOLE);
  return same_count(L, b, array, count, place);
}

static enum mk_equality equal(lua_State *L, int a, int b,
                              const struct mk_place *place) {
  if (lua_rawequal(L, a, b)) return MK_EQUAL;
  if (!lua_istable(L, a) || !lua_istable(L, b)) return MK_DIFFERENT;
  if (mk_place_too_deep(place)) return fault(L, NULL, TOO_DEEP);
  luaL_checkstack(L, 8, NULL);
  bool array = mk_json_is_array(L, a);
  if (array != mk_json_is_array(L, b)) return MK_DIFFERENT;
  if (array && lua_rawlen(L, a) != lua_rawlen(L, b)) return MK_DIFFERENT;
  return equal_members(L, a, b, array, place);
}

enum mk_equality mk_value_equal(lua_State *L, int a, int b,
                                const struct mk_place *place) {
  luaL_checkstack(L, 8, NULL);
  return equal(L, lua_absindex(L, a), lua_absindex(L, b), place);
}

int mk_text_compare(const char *a, size_t a_len, const char *b, size_t b_len) {
  int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
  if (order != 0 || a_len == b_len) return order;
  return a_len < b_len ? -1 : 1;
}
