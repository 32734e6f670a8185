/* patch_get.c - follows a JSON Pointer through Lua values.
** SPDX-License-Identifier: MIT */
#include "lua/patch_get.h"

#include <lauxlib.h>

#include "lua/json_mark.h"
#include "lua/value_text.h"

void mk_patch_get_push_segment(lua_State *L, struct mk_segment s) {
  luaL_Buffer b;
  char *room = luaL_buffinitsize(L, &b, s.len);
  luaL_pushresultsize(&b, mk_segment_unescape(s, room));
}

/* [-0, +1, m] Pushes and returns the segment, unescaped, in the form in which
** messages show it. */
static const char *shown(lua_State *L, struct mk_segment s) {
  mk_patch_get_push_segment(L, s);
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  return mk_value_text_name(L, text, len);
}

static bool object_key(lua_State *L, int index, struct mk_segment s,
                       bool adding) {
  mk_patch_get_push_segment(L, s);
  if (adding) return true;
  lua_pushvalue(L, -1);
  bool there = lua_rawget(L, index) != LUA_TNIL;
  lua_pop(L, 1);
  if (!there) lua_pushfstring(L, "no member '%s'", shown(L, s));
  return there;
}

static bool array_key(lua_State *L, int index, struct mk_segment s,
                      bool adding) {
  size_t n = (size_t)lua_rawlen(L, index), i = n;
  enum mk_index kind = mk_segment_index(s, &i);
  if (kind == MK_INDEX_BAD) {
    lua_pushfstring(L, "'%s' is no array index", shown(L, s));
  } else if (kind == MK_INDEX_END && !adding) {
    lua_pushliteral(L, "'-' names no element");
  } else if (kind == MK_INDEX_HUGE || i > n || (i == n && !adding)) {
    lua_pushfstring(L, "no element %s, the array has %I", shown(L, s),
                    (LUAI_UACINT)n);
  } else {
    lua_pushinteger(L, (lua_Integer)i + 1);
    return true;
  }
  return false;
}

static void push_not_a_container(lua_State *L, int index, struct mk_text path,
                                 struct mk_segment s) {
  const char *type = mk_value_text_type(L, index);
  size_t len = (size_t)(s.text - path.text) - 1;
  const char *where =
      len == 0 ? "the document" : mk_value_text_path(L, path.text, len);
  lua_pushfstring(L, "%s is %s, object or array expected", where, type);
}

bool mk_patch_get_key(lua_State *L, int index, struct mk_text path,
                      struct mk_segment s, bool adding) {
  luaL_checkstack(L, 8, NULL);
  index = lua_absindex(L, index);
  if (!lua_istable(L, index)) {
    push_not_a_container(L, index, path, s);
    return false;
  }
  if (mk_json_is_array(L, index)) return array_key(L, index, s, adding);
  return object_key(L, index, s, adding);
}

bool mk_patch_get_get(lua_State *L, int index, struct mk_text path) {
  struct mk_pointer p = mk_pointer_open(path.text, path.len);
  struct mk_segment s;
  luaL_checkstack(L, 4, NULL);
  lua_pushvalue(L, index);
  while (mk_pointer_next(&p, &s)) {
    if (!mk_patch_get_key(L, -1, path, s, false)) return false;
    lua_rawget(L, -2);
    lua_remove(L, -2);
    if (lua_isnil(L, -1)) {
      lua_pushliteral(L, "array with a hole");
      return false;
    }
  }
  return true;
}
