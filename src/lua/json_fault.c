/* json_fault.c - finds out why a Lua value cannot be encoded as JSON.
**
** The errors of lua-cjson do not name the invalid part of the value.  This file
** searches that part only after such an error, so it takes no time for a valid
** value.
** SPDX-License-Identifier: MIT */
#include "lua/json_fault.h"

#include "base/redact_fit.h"
#include "base/utf8.h"
#include "lua/json_mark.h"
#include "json/scan.h"

#include <lauxlib.h>
#include <math.h>

#define LONGEST_PATH 200 /* limit for a JSON Pointer in a message, in bytes */

/* A table that encloses the current value.  `up` is the next table outside of
** this table, or NULL. */
struct place {
  const void *table;
  const struct place *up;
  int depth;
};

/* The kinds of keys in a table. */
struct shape {
  lua_Integer elements; /* number of positive integer keys */
  lua_Integer first;    /* the lowest positive integer key */
  lua_Integer last;     /* the highest positive integer key */
  bool members;         /* true if the table has string keys */
  /* type name of a key that is neither a string nor a positive integer, or
  ** NULL */
  const char *odd;
  bool marked_array;
  bool marked_object;
};

/* Each static function below that returns bool checks the value at the top.  If
** the value is invalid, the function pushes a message and a JSON Pointer to the
** fault, and returns true: [-0, +2, m].  If the value is valid, it returns
** false: [-0, +0, m]. */

static bool fault(lua_State *L, const char *message) {
  lua_pushstring(L, message);
  lua_pushliteral(L, "");
  return true;
}

static bool string_fault(lua_State *L, const char *what) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  size_t good = mk_utf8_span(text, len);
  if (good == len) return false;
  lua_pushfstring(L, "%sinvalid UTF-8 at byte %I", what, (LUAI_UACINT)good + 1);
  lua_pushliteral(L, "");
  return true;
}

static bool number_fault(lua_State *L) {
  lua_Number number = lua_tonumber(L, -1);
  if (isnan(number)) return fault(L, "NaN is not a JSON number");
  return isinf(number) && fault(L, "infinity is not a JSON number");
}

/* [-0, +2, m] Pushes a message and an empty JSON Pointer for a value of a type
** that JSON does not have. */
static bool type_fault(lua_State *L) {
  const char *name = luaL_typename(L, -1);
  if (luaL_getmetafield(L, -1, "__name") == LUA_TSTRING)
    name = lua_tostring(L, -1);
  else
    lua_pushliteral(L, "");
  lua_pushfstring(L, "%s is not a JSON value", name);
  lua_remove(L, -2);
  lua_pushliteral(L, "");
  return true;
}

/* ---- checking the keys of a table ---- */

static void count_index(struct shape *s, lua_Integer index) {
  if (!s->elements || index < s->first) s->first = index;
  if (!s->elements || index > s->last) s->last = index;
  s->elements++;
}

/* [-0, +1, m] Finds the kinds of keys in the table at the top.  Pushes the
** lowest string key, or nil.  A message names the lowest key, because the order
** of lua_next varies and the message must not vary. */
static void find_shape(lua_State *L, struct shape *s) {
  int table = lua_gettop(L);
  lua_pushnil(L); /* Stack: [table, name]. */
  lua_pushnil(L);
  while (lua_next(L, table)) { /* Stack: [table, name, key, value]. */
    lua_pop(L, 1);
    if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > 0) {
      count_index(s, lua_tointeger(L, -1));
    } else if (lua_type(L, -1) != LUA_TSTRING) {
      s->odd = luaL_typename(L, -1);
    } else if (!s->members || lua_compare(L, -1, table + 1, LUA_OPLT)) {
      s->members = true;
      lua_pushvalue(L, -1);
      lua_replace(L, table + 1);
    }
  }
}

/* [-0, +0, m] Finds out if the table at the top has the array or the object
** metatable. */
static void find_marks(lua_State *L, struct shape *s) {
  if (!lua_getmetatable(L, -1)) return;
  luaL_getmetatable(L, MK_JSON_ARRAY);
  luaL_getmetatable(L, MK_JSON_OBJECT);
  s->marked_array = lua_rawequal(L, -3, -2);
  s->marked_object = lua_rawequal(L, -3, -1);
  lua_pop(L, 3);
}

/* [-0, +(0|1), m] Pushes a message and returns true if the keys do not form an
** array or an object. */
static bool push_shape_message(lua_State *L, const struct shape *s) {
  const char *name = lua_tostring(L, -1);
  LUAI_UACINT first = s->first;
  if (s->odd)
    lua_pushfstring(L, "a key is a %s, string expected", s->odd);
  else if (s->marked_array && s->members)
    lua_pushfstring(L, "array with member '%s'", name);
  else if (s->marked_object && s->elements)
    lua_pushfstring(L, "object with element %I", first);
  else if (s->elements && s->members)
    lua_pushfstring(L, "mixed table (element %I and member '%s')", first, name);
  else if (s->elements < s->last)
    lua_pushfstring(L, "sparse array (%I elements, the last one is %I)",
                    (LUAI_UACINT)s->elements, (LUAI_UACINT)s->last);
  else
    return false;
  return true;
}

static bool shape_fault(lua_State *L, struct shape *s) {
  find_marks(L, s);
  find_shape(L, s);
  bool bad = push_shape_message(L, s);
  lua_remove(L, bad ? -2 : -1);
  if (bad) lua_pushliteral(L, "");
  return bad;
}

/* ---- searching nested tables ---- */

static bool value_fault(lua_State *L, const struct place *up);

/* [-0, +1, m] Pushes "/" and the table key at index `key` as a segment of a
** JSON Pointer. */
static void push_segment(lua_State *L, int key) {
  size_t len;
  luaL_Buffer b;
  if (lua_isinteger(L, key)) {
    lua_pushfstring(L, "/%I", (LUAI_UACINT)lua_tointeger(L, key) - 1);
    return;
  }
  const char *name = lua_tolstring(L, key, &len);
  luaL_buffinit(L, &b);
  luaL_addchar(&b, '/');
  for (size_t i = 0; i < len; i++) {
    if (name[i] == '~')
      luaL_addstring(&b, "~0");
    else if (name[i] == '/')
      luaL_addstring(&b, "~1");
    else
      luaL_addchar(&b, name[i]);
  }
  luaL_pushresult(&b);
}

/* [-4, +2, m] Adds the key to the start of the pointer.  Stack before: [...,
** key, value, message, pointer].  Stack afterwards: [..., message, pointer]. */
static bool prefix_fault(lua_State *L) {
  push_segment(L, lua_gettop(L) - 3);
  lua_insert(L, -2);
  lua_concat(L, 2);
  lua_replace(L, -4);
  lua_replace(L, -2);
  lua_insert(L, -2);
  return true;
}

static bool member_fault(lua_State *L, const struct place *here) {
  lua_pushnil(L);
  while (lua_next(L, -2)) { /* Stack: [table, key, value]. */
    if (value_fault(L, here)) return prefix_fault(L);
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING) continue;
    if (string_fault(L, "member name: ")) {
      lua_remove(L, -3);
      return true;
    }
  }
  return false;
}

static bool table_fault(lua_State *L, const struct place *up) {
  struct place here = {lua_topointer(L, -1), up, up ? up->depth + 1 : 1};
  struct shape shape = {0};
  for (; up; up = up->up)
    if (up->table == here.table) return fault(L, "table that contains itself");
  if (here.depth > MK_JSON_MAX_DEPTH)
    return fault(L, "nested deeper than 1000 levels");
  luaL_checkstack(L, 10, "value too deep");
  return shape_fault(L, &shape) || member_fault(L, &here);
}

static bool value_fault(lua_State *L, const struct place *up) {
  switch (lua_type(L, -1)) {
  case LUA_TBOOLEAN: return false;
  case LUA_TNUMBER: return number_fault(L);
  case LUA_TSTRING: return string_fault(L, "");
  case LUA_TTABLE: return table_fault(L, up);
  case LUA_TNIL: return fault(L, "nil is not a JSON value, use json.null");
  case LUA_TLIGHTUSERDATA:
    if (!lua_touserdata(L, -1)) return false; /* fallthrough */
  default: return type_fault(L);
  }
}

/* [-1, +1, m] Truncates the JSON Pointer at the top if it is long. */
static void shorten_pointer(lua_State *L) {
  size_t len;
  const char *pointer = lua_tolstring(L, -1, &len);
  char text[LONGEST_PATH + 2];
  if (len <= LONGEST_PATH) return;
  len = mk_redact_fit(text, sizeof text, pointer, len);
  bool cut = len > LONGEST_PATH;
  if (cut) len--;
  while (cut && len > 0 && (text[len] & 0xC0) == 0x80) len--;
  lua_pushlstring(L, text, len);
  lua_pushstring(L, cut ? "..." : "");
  lua_concat(L, 2);
  lua_remove(L, -2);
}

bool mk_json_push_fault(lua_State *L, int index) {
  lua_pushvalue(L, index);
  if (!value_fault(L, NULL)) {
    lua_pop(L, 1);
    return false;
  } /* Stack: [value, message, pointer]. */
  shorten_pointer(L);
  lua_pushstring(L, lua_rawlen(L, -1) > 0 ? ": " : "");
  lua_rotate(L, -3, 2); /* Stack: [value, pointer, ": ", message]. */
  lua_concat(L, 3);
  lua_remove(L, -2);
  return true;
}
