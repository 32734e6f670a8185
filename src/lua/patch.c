/* patch.c - the Lua module mkrun.patch: JSON Patch, Merge Patch and Pointer.
** SPDX-License-Identifier: MIT */
#include "lua/patch.h"

#include <lauxlib.h>

#include "lua/json_mark.h"
#include "lua/patch_get.h"
#include "lua/value.h"
#include "lua/value_text.h"

/* [-1, +3, m] Replaces the message at the top by nil, "PATH: MESSAGE" and
** "path".  Returns 3. */
static int path_failure(lua_State *L, struct mk_text path) {
  const char *message = lua_tostring(L, -1);
  const char *place = mk_value_text_path(L, path.text, path.len);
  luaL_pushfail(L);
  lua_pushfstring(L, path.len > 0 ? "%s: %s" : "%s%s", place, message);
  lua_pushliteral(L, "path");
  return 3;
}

/*
** patch.get(document, pointer) -> value
**                              -> nil, message, "path"
*/
static int l_get(lua_State *L) {
  struct mk_text path;
  mk_value_check(L, 1);
  luaL_checktype(L, 2, LUA_TSTRING);
  path.text = lua_tolstring(L, 2, &path.len);
  lua_settop(L, 2);
  const char *fault = mk_pointer_fault(path.text, path.len);
  if (fault) lua_pushstring(L, fault);
  if (!fault && mk_patch_get_get(L, 1, path)) return 1;
  return path_failure(L, path);
}

/* patch.equal(a, b) -> boolean */
static int l_equal(lua_State *L) {
  luaL_checkany(L, 1);
  luaL_checkany(L, 2);
  enum mk_equality equality = mk_value_equal(L, 1, 2, NULL);
  if (equality == MK_FAULT) return lua_error(L);
  lua_pushboolean(L, equality == MK_EQUAL);
  return 1;
}

/* patch.copy(value) -> value */
static int l_copy(lua_State *L) {
  mk_value_check(L, 1);
  if (!mk_value_copy(L, 1, NULL)) return lua_error(L);
  return 1;
}

/* [-0, +0, m] Adds the string at `index` to the buffer, escaped as a segment of
** a JSON Pointer. */
static void add_escaped(lua_State *L, luaL_Buffer *b, int index) {
  size_t len;
  const char *text = lua_tolstring(L, index, &len);
  size_t escaped = mk_pointer_escaped_len(text, len);
  mk_pointer_escape(text, len, luaL_prepbuffsize(b, escaped));
  luaL_addsize(b, escaped);
}

/* patch.escape(segment) -> the segment, escaped for a JSON Pointer */
static int l_escape(lua_State *L) {
  luaL_Buffer b;
  luaL_checktype(L, 1, LUA_TSTRING);
  luaL_buffinit(L, &b);
  add_escaped(L, &b, 1);
  luaL_pushresult(&b);
  return 1;
}

/* [-0, +0, v] Raises an error unless the value at `index` is a string or a
** non-negative integer.  The error message contains `i`, the number of the
** segment. */
static void check_segment(lua_State *L, int index, lua_Integer i) {
  bool good = lua_type(L, index) == LUA_TSTRING;
  if (lua_isinteger(L, index)) good = lua_tointeger(L, index) >= 0;
  if (good) return;
  lua_pushfstring(L, "segment %I: string or index expected, got %s",
                  (LUAI_UACINT)i, luaL_typename(L, index));
  luaL_argerror(L, 1, lua_tostring(L, -1));
}

/* patch.pointer{segment, ...} -> JSON Pointer */
static int l_pointer(lua_State *L) {
  luaL_Buffer b;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  const char *fault = mk_value_table_fault(L, 1, true);
  if (fault) return luaL_argerror(L, 1, fault);
  lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
  /* reserves slot 2 for the segment, because luaL_Buffer uses the top */
  lua_pushnil(L);
  luaL_buffinit(L, &b);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_rawgeti(L, 1, i);
    lua_replace(L, 2);
    check_segment(L, 2, i);
    luaL_addchar(&b, '/');
    add_escaped(L, &b, 2);
  }
  luaL_pushresult(&b);
  return 1;
}

/*
** patch.parse(pointer) -> {segment, ...}
**                      -> nil, message, "path"
*/
static int l_parse(lua_State *L) {
  struct mk_text path;
  struct mk_segment s;
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_settop(L, 1);
  path.text = lua_tolstring(L, 1, &path.len);
  const char *fault = mk_pointer_fault(path.text, path.len);
  if (fault) {
    lua_pushstring(L, fault);
    return path_failure(L, path);
  }
  lua_newtable(L);
  mk_json_mark_array(L);
  struct mk_pointer p = mk_pointer_open(path.text, path.len);
  for (lua_Integer i = 1; mk_pointer_next(&p, &s); i++) {
    mk_patch_get_push_segment(L, s);
    lua_rawseti(L, 2, i);
  }
  return 1;
}

static const luaL_Reg functions[] = {
    {"apply", mk_patch_apply}, {"diff", mk_patch_diff},
    {"merge", mk_patch_merge}, {"get", l_get},
    {"equal", l_equal},        {"copy", l_copy},
    {"pointer", l_pointer},    {"parse", l_parse},
    {"escape", l_escape},      {NULL, NULL},
};

int luaopen_mkrun_patch(lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
