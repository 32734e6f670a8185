/* value_text.c - formats values for error messages: short, and on one line.
** SPDX-License-Identifier: MIT */
#include "lua/value_text.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/control.h"
#include "base/redact.h"
#include "lua/json_mark.h"
#include "lua/value.h"

struct line {
  char data[MK_SHOW_PATH];
  size_t len;
  size_t max;
  bool cut;
};

static void put(struct line *out, const char *bytes, size_t len) {
  size_t room = out->max - out->len;
  if (len > room) {
    out->cut = true;
    len = room;
  }
  memcpy(out->data + out->len, bytes, len);
  out->len += len;
}

/* Returns the code point of the control character at `text`, which has `len`
** bytes in UTF-8. */
static unsigned code_point(const char *text, size_t len) {
  unsigned char first = (unsigned char)text[0];
  if (len == 1) return first;
  unsigned code = first & (len == 2 ? 0x1f : 0x0f);
  for (size_t i = 1; i < len; i++) code = code << 6 | (text[i] & 0x3f);
  return code;
}

static void put_plain(struct line *out, const char *text, size_t len,
                      const char *special) {
  for (const char *p = text, *end = p + len; p < end && !out->cut;) {
    char escape[12];
    size_t control = mk_control_at(p, end);
    if (control)
      snprintf(escape, sizeof escape, "\\u%04x", code_point(p, control));
    else
      snprintf(escape, sizeof escape, *p && strchr(special, *p) ? "\\%c" : "%c",
               *p);
    put(out, escape, strlen(escape));
    p += control ? control : 1;
  }
}

/* Adds the text to the line.  Redacts secrets in the whole text before
** truncating, because redaction does not recognize the first half of a
** secret. */
static void put_text(struct line *out, const char *text, size_t len,
                     const char *special) {
  struct mk_buf clean;
  size_t used;
  mk_buf_init(&clean, SIZE_MAX / 2);
  if (!mk_redact_active() || len == 0)
    put_plain(out, text, len, special);
  else if (mk_redact(&clean, text, len, true, &used))
    put_plain(out, clean.data, clean.len, special);
  else
    put_plain(out, "?", 1, special);
  mk_buf_free(&clean);
}

/* [-0, +1, m] Pushes and returns the line.  A truncated line ends in "...".
** Never cuts a UTF-8 character in two. */
static const char *push_line(lua_State *L, struct line *out) {
  if (out->cut) {
    out->len = out->max - 3;
    while (out->len > 0 && (out->data[out->len] & 0xc0) == 0x80) out->len--;
    memcpy(out->data + out->len, "...", 3);
    out->len += 3;
  }
  return lua_pushlstring(L, out->data, out->len);
}

static const char *show(lua_State *L, const char *text, size_t len,
                        size_t max) {
  struct line out = {.max = max};
  put_text(&out, text, len, "");
  return push_line(L, &out);
}

const char *mk_value_text_name(lua_State *L, const char *text, size_t len) {
  return show(L, text, len, MK_SHOW_MAX);
}

const char *mk_value_text_path(lua_State *L, const char *text, size_t len) {
  return show(L, text, len, MK_SHOW_PATH);
}

const char *mk_value_text_type(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TTABLE: return mk_json_is_array(L, index) ? "an array" : "an object";
  case LUA_TSTRING: return "a string";
  case LUA_TNUMBER: return "a number";
  case LUA_TBOOLEAN: return "a boolean";
  case LUA_TLIGHTUSERDATA: return "null";
  case LUA_TNIL: return "missing";
  default: return "no JSON value";
  }
}

/* Adds the shortest text that represents exactly the same number. */
static void put_number(struct line *out, lua_State *L, int index) {
  char text[48];
  if (lua_isinteger(L, index)) {
    snprintf(text, sizeof text, LUA_INTEGER_FMT, lua_tointeger(L, index));
  } else {
    lua_Number number = lua_tonumber(L, index);
    for (int digits = 15; digits <= 17; digits++) {
      snprintf(text, sizeof text, "%.*g", digits, number);
      if (strtod(text, NULL) == number) break;
    }
  }
  put(out, text, strlen(text));
}

static int compare_keys(lua_State *L, int a, int b) {
  size_t a_len, b_len;
  if (lua_isinteger(L, a) && lua_isinteger(L, b)) {
    lua_Integer i = lua_tointeger(L, a), j = lua_tointeger(L, b);
    return (i > j) - (i < j);
  }
  if (lua_type(L, a) != LUA_TSTRING || lua_type(L, b) != LUA_TSTRING) return 0;
  const char *x = lua_tolstring(L, a, &a_len);
  const char *y = lua_tolstring(L, b, &b_len);
  return mk_text_compare(x, a_len, y, b_len);
}

/* [-1, +1, m] Replaces the string key at the top by the next string key of the
** table at `index`, in bytewise order.  nil at the top selects the first key.
** After the last key, pushes nil and returns false.  Scans all keys in each
** call, because a message shows only a few keys. */
static bool next_key(lua_State *L, int index) {
  int last = lua_gettop(L);
  lua_pushnil(L); /* Stack in the loop: [last, best, key, value]. */
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, last + 2) != LUA_TSTRING) continue;
    bool above = lua_isnil(L, last) || compare_keys(L, last + 2, last) > 0;
    bool below =
        lua_isnil(L, last + 1) || compare_keys(L, last + 2, last + 1) < 0;
    if (!above || !below) continue;
    lua_pushvalue(L, last + 2);
    lua_replace(L, last + 1);
  }
  lua_remove(L, last);
  return !lua_isnil(L, -1);
}

static void put_value(struct line *out, lua_State *L, int index);

static void put_string(struct line *out, lua_State *L, int index) {
  size_t len;
  const char *text = lua_tolstring(L, index, &len);
  put(out, "\"", 1);
  put_text(out, text, len, "\"\\");
  put(out, "\"", 1);
}

static void put_array(struct line *out, lua_State *L, int index) {
  lua_Unsigned n = lua_rawlen(L, index);
  put(out, "[", 1);
  for (lua_Unsigned i = 1; i <= n && !out->cut; i++) {
    if (i > 1) put(out, ",", 1);
    lua_rawgeti(L, index, (lua_Integer)i);
    put_value(out, L, lua_gettop(L));
    lua_pop(L, 1);
  }
  put(out, "]", 1);
}

static void put_object(struct line *out, lua_State *L, int index) {
  bool first = true;
  put(out, "{", 1);
  lua_pushnil(L);
  int key = lua_gettop(L);
  for (; !out->cut && next_key(L, index); first = false) {
    if (!first) put(out, ",", 1);
    put_string(out, L, key);
    put(out, ":", 1);
    lua_pushvalue(L, key);
    lua_rawget(L, index);
    put_value(out, L, key + 1);
    lua_pop(L, 1);
  }
  lua_settop(L, key - 1);
  put(out, "}", 1);
}

static void put_type(struct line *out, const char *name) {
  put(out, name, strlen(name));
}

/* Each level writes a bracket, so the length limit also limits the
** recursion. */
static void put_value(struct line *out, lua_State *L, int index) {
  if (out->cut) return;
  luaL_checkstack(L, 8, NULL);
  switch (lua_type(L, index)) {
  case LUA_TNUMBER: put_number(out, L, index); break;
  case LUA_TSTRING: put_string(out, L, index); break;
  case LUA_TBOOLEAN:
    if (lua_toboolean(L, index))
      put(out, "true", 4);
    else
      put(out, "false", 5);
    break;
  case LUA_TTABLE:
    if (mk_json_is_array(L, index))
      put_array(out, L, index);
    else
      put_object(out, L, index);
    break;
  case LUA_TNIL: put(out, "missing", 7); break;
  case LUA_TLIGHTUSERDATA: put(out, "null", 4); break;
  default: put_type(out, luaL_typename(L, index)); break;
  }
}

/* [-0, +1, m] Pushes and returns the value as JSON with sorted members,
** truncated to MK_SHOW_MAX bytes. */
static const char *push_value(lua_State *L, int index) {
  struct line out = {.max = MK_SHOW_MAX};
  put_value(&out, L, lua_absindex(L, index));
  return push_line(L, &out);
}

/* [-0, +0, m] Returns true if the tables at `a` and `b` have different values
** for the key at the top. */
static bool differ_at(lua_State *L, int a, int b) {
  int key = lua_gettop(L);
  lua_pushvalue(L, key);
  lua_rawget(L, a);
  lua_pushvalue(L, key);
  lua_rawget(L, b);
  bool same = mk_value_equal(L, key + 1, key + 2, NULL) == MK_EQUAL;
  lua_settop(L, key);
  return !same;
}

/* [-0, +0, m] Finds the first key of the table at `in`, in order, for which the
** tables at `a` and `b` have different values.  Stores the key at stack index
** `best` if it is before the key that is stored at `best`. */
static void find_first(lua_State *L, int in, int a, int b, int best) {
  for (lua_pushnil(L); lua_next(L, in);) {
    lua_pop(L, 1);
    bool first = lua_isnil(L, best) || compare_keys(L, -1, best) < 0;
    if (!first || !differ_at(L, a, b)) continue;
    lua_pushvalue(L, -1);
    lua_replace(L, best);
  }
}

/* [-0, +(0|1), m] If the values at `a` and `b` are both arrays or both objects,
** pushes the first key for which they have different values, or nil.  Returns
** true if it pushed a key. */
static bool first_difference(lua_State *L, int a, int b) {
  if (!lua_istable(L, a) || !lua_istable(L, b)) return false;
  if (mk_json_is_array(L, a) != mk_json_is_array(L, b)) return false;
  luaL_checkstack(L, 12, NULL);
  lua_pushnil(L);
  int best = lua_gettop(L);
  find_first(L, a, a, b, best);
  find_first(L, b, a, b, best);
  return !lua_isnil(L, best);
}

/* [-0, +1, m] Replaces the values at `a` and `b` by the innermost values in
** them that differ.  Pushes the JSON Pointer of the innermost values. */
static void descend(lua_State *L, int a, int b) {
  luaL_checkstack(L, 12, NULL);
  lua_pushliteral(L, "");
  int place = lua_gettop(L);
  for (int depth = 0; depth < MK_VALUE_DEPTH; depth++) {
    if (!first_difference(L, a, b)) break;
    int key = place + 1;
    struct mk_place here = mk_place_below(NULL, key);
    mk_place_push(L, &here);
    lua_pushvalue(L, key);
    lua_rawget(L, a);
    lua_replace(L, a);
    lua_pushvalue(L, key);
    lua_rawget(L, b);
    lua_replace(L, b);
    lua_remove(L, key);
    lua_concat(L, 2);
  }
  lua_settop(L, place);
}

void mk_value_text_difference(lua_State *L, int a, int b) {
  luaL_checkstack(L, 12, NULL);
  lua_pushvalue(L, a);
  lua_pushvalue(L, b < 0 ? b - 1 : b);
  int top = lua_gettop(L);
  descend(L, top - 1, top);
  size_t len;
  const char *place = lua_tolstring(L, -1, &len);
  if (len > 0)
    place = lua_pushfstring(L, "%s ", mk_value_text_path(L, place, len));
  const char *actual = push_value(L, top - 1);
  const char *wanted = push_value(L, top);
  lua_pushfstring(L, "%sis %s, %s expected", place, actual, wanted);
}
