/* json.c - the Lua module mkrun.json: strict JSON, based on lua-cjson.
**
** json.decode checks the text with mk_json_scan and then runs lua-cjson's
** decoder.  json.encode runs lua-cjson's encoder with its strictest settings.
** If the encoder fails, mk_json_push_fault finds the invalid value and the
** reason.
** SPDX-License-Identifier: MIT */
#include "lua/json.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "lua/json_fault.h"
#include "lua/json_mark.h"
#include "lua/sealed.h"
#include "json/format.h"
#include "json/scan.h"

#include <lauxlib.h>
#include <string.h>

#define WIDEST_INDENT 16

int luaopen_cjson(lua_State *L);

/* ---- json.array, json.object, json.is_array ---- */

/* [-0, +1, e] Pushes the table to mark: argument 1 or a new table.  Rejects a
** table with another metatable, because marking would replace it. */
static void check_markable(lua_State *L) {
  if (lua_isnoneornil(L, 1)) {
    lua_newtable(L);
    return;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  bool foreign = lua_getmetatable(L, 1) && !mk_json_is_marked(L, 1);
  luaL_argcheck(L, !foreign, 1, "table without a metatable expected");
  lua_pushvalue(L, 1);
}

/* json.array(table?) -> the table, marked as an array, so that it is encoded as
** [] even if it is empty */
static int l_array(lua_State *L) {
  check_markable(L);
  mk_json_mark_array(L);
  return 1;
}

/* json.object(table?) -> the table, marked as an object, so that it is never
** encoded as an array */
static int l_object(lua_State *L) {
  check_markable(L);
  mk_json_mark_object(L);
  return 1;
}

/* json.is_array(value) -> boolean */
static int l_is_array(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, mk_json_is_array(L, 1));
  return 1;
}

/* ---- json.decode ---- */

/* [-1, +3, m] Replaces the message at the top by nil, the message and "json".
** Returns 3. */
static int push_failure(lua_State *L) {
  luaL_pushfail(L);
  lua_insert(L, -2);
  lua_pushliteral(L, "json");
  return 3;
}

/* [-1, +1, m] Removes a byte order mark from the text at the top, which RFC
** 8259 (8.1) permits.  Returns the text. */
static const char *skip_mark(lua_State *L, size_t *len) {
  const char *text = lua_tolstring(L, -1, len);
  if (*len < 3 || memcmp(text, "\xEF\xBB\xBF", 3) != 0) return text;
  lua_pushlstring(L, text + 3, *len - 3);
  lua_remove(L, -2);
  return lua_tolstring(L, -1, len);
}

/*
** json.decode(text)
**   -> value
**   -> nil, "bad JSON: ... at line 3 column 14", "json"
**
** After mk_json_scan accepted the text, the decoder can fail only if it runs
** out of memory.  Then the decoder raises an error.
*/
static int l_decode(lua_State *L) {
  struct mk_json_error error;
  size_t len;
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_settop(L, 1);

  const char *text = skip_mark(L, &len);
  if (!mk_json_scan(text, len, &error)) {
    lua_pushfstring(L, "bad JSON: %s at line %I column %I", error.message,
                    (LUAI_UACINT)error.line, (LUAI_UACINT)error.column);
    return push_failure(L);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

/* ---- json.encode ---- */

static size_t indent_option(lua_State *L) {
  /* lua_tointeger would accept the string "2" */
  bool exact = lua_isinteger(L, -1);
  lua_Integer n = lua_tointeger(L, -1);
  luaL_argcheck(L, exact && n >= 0 && n <= WIDEST_INDENT, 2,
                "option 'indent': integer from 0 to 16 expected");
  return (size_t)n;
}

static bool sort_option(lua_State *L) {
  luaL_argcheck(L, lua_isboolean(L, -1), 2, "option 'sort': boolean expected");
  return lua_toboolean(L, -1);
}

/* [-0, +0, e] Reads the options `indent` and `sort` from the table at argument
** 2. */
static void read_style(lua_State *L, struct mk_json_style *style) {
  *style = (struct mk_json_style){0};
  if (lua_isnoneornil(L, 2)) return;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_pushnil(L);
  while (lua_next(L, 2)) { /* Stack: [..., name, value]. */
    const char *name =
        lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    if (strcmp(name, "indent") == 0)
      style->indent = indent_option(L);
    else if (strcmp(name, "sort") == 0)
      style->sort = sort_option(L);
    else
      luaL_argerror(L, 2, lua_pushfstring(L, "unknown option '%s'", name));
    lua_pop(L, 1);
  }
}

/* [-0, +2, e] Pushes a buffer, and then `text` with the indentation and the
** order of `style`. */
static void push_formatted(lua_State *L, const char *text,
                           const struct mk_json_style *style) {
  struct mk_buf *b = mk_sealed_buffer(L);
  /* memory of the buffer counts towards --max-memory */
  b->alloc = lua_getallocf(L, &b->alloc_data);
  if (!mk_json_format(text, style, b)) luaL_error(L, "not enough memory");
  lua_pushlstring(L, b->data, b->len);
}

/* Handles a failure of the encoder.  The value is at index 1.  Pushes nil, the
** reason and "json", and returns 3.  If the value is valid, raises the error at
** the top again. */
static int refuse(lua_State *L) {
  if (!mk_json_push_fault(L, 1)) return lua_error(L);
  return push_failure(L);
}

/*
** json.encode(value, {indent=0, sort=false})
**   -> text
**   -> nil, "/spec/roles: mixed table (...)", "json"
**
** lua-cjson does not check UTF-8, so this function checks the encoded text.
*/
static int l_encode(lua_State *L) {
  struct mk_json_style style;
  size_t len;
  luaL_checkany(L, 1);
  read_style(L, &style);
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) {
    lua_pushnil(L);
    return refuse(L);
  }

  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  int status = lua_pcall(L, 1, 1, 0);
  if (status == LUA_ERRRUN) return refuse(L);
  if (status != LUA_OK) return lua_error(L);

  const char *text = lua_tolstring(L, -1, &len);
  if (mk_utf8_span(text, len) < len) return refuse(L);
  if (style.indent || style.sort) push_formatted(L, text, &style);
  return 1;
}

/* ---- the module table and lua-cjson's settings ---- */

struct knob {
  const char *name;
  int value; /* a number, or 0 or 1 for a boolean */
  int type;
};

/* The strictest settings of lua-cjson.  push_engine also makes lua-cjson reject
** every array with a hole: it sets the sparse ratio to 1 and the safe length to
** 0. */
static const struct knob knobs[] = {
    {"decode_max_depth", MK_JSON_MAX_DEPTH, LUA_TNUMBER},
    {"decode_invalid_numbers", 0, LUA_TBOOLEAN},
    {"encode_max_depth", MK_JSON_MAX_DEPTH, LUA_TNUMBER},
    {"encode_invalid_numbers", 0, LUA_TBOOLEAN},
    {"encode_number_keys", 0, LUA_TBOOLEAN},
};

/* [-0, +1, m] Pushes a new instance of lua-cjson, so that scripts that use
** cjson directly cannot change our settings. */
static void push_engine(lua_State *L) {
  lua_pushcfunction(L, luaopen_cjson);
  lua_call(L, 0, 1);
  for (size_t i = 0; i < sizeof knobs / sizeof *knobs; i++) {
    lua_getfield(L, -1, knobs[i].name);
    if (knobs[i].type == LUA_TBOOLEAN)
      lua_pushboolean(L, knobs[i].value);
    else
      lua_pushinteger(L, knobs[i].value);
    lua_call(L, 1, 0);
  }
  lua_getfield(L, -1, "encode_sparse_array");
  lua_pushboolean(L, 0);
  lua_pushinteger(L, 1);
  lua_pushinteger(L, 0);
  lua_call(L, 3, 0);
}

static const luaL_Reg functions[] = {
    {"array", l_array},
    {"object", l_object},
    {"is_array", l_is_array},
    {NULL, NULL},
};

/* __tostring of all light userdata, which share one metatable.  Scripts see
** only one light userdata: json.null. */
static int light_tostring(lua_State *L) {
  const void *p = lua_touserdata(L, 1);
  if (p)
    lua_pushfstring(L, "userdata: %p", p);
  else
    lua_pushliteral(L, "null");
  return 1;
}

/* [-1, +1, m] Makes tostring(json.null) return "null". */
static void name_null(lua_State *L) {
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, light_tostring);
  lua_setfield(L, -2, "__tostring");
  mk_sealed(L);
  lua_setmetatable(L, -2);
}

/* [-0, +0, m] Seals the metatables that lua-cjson has made. */
static void seal_marks(lua_State *L) {
  static const char *const types[] = {MK_JSON_ARRAY, MK_JSON_OBJECT};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    luaL_getmetatable(L, types[i]);
    mk_sealed(L);
    lua_pop(L, 1);
  }
}

int luaopen_mkrun_json(lua_State *L) {
  luaL_newlib(L, functions);
  lua_pushlightuserdata(L, NULL);
  name_null(L);
  lua_setfield(L, -2, "null");
  push_engine(L); /* Stack: [module, engine]. */
  seal_marks(L);
  lua_getfield(L, -1, "decode");
  lua_pushcclosure(L, l_decode, 1);
  lua_setfield(L, -3, "decode");
  lua_getfield(L, -1, "encode");
  lua_pushcclosure(L, l_encode, 1);
  lua_setfield(L, -3, "encode");
  lua_pop(L, 1);
  return 1;
}
