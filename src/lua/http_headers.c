/* http_headers.c - builds the tables of header fields in a response.
** SPDX-License-Identifier: MIT */
#include "lua/http_headers.h"

#include "http/request.h"
#include "lua/sealed.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdbool.h>

#define HEADERS_TYPE "mkrun.http.headers"

/* [-1, +1, m] Converts the string at the top to lower case. */
static void lower(lua_State *L) {
  size_t len;
  const char *text = lua_tolstring(L, -1, &len);
  luaL_Buffer b;
  char *out = luaL_buffinitsize(L, &b, len);
  for (size_t i = 0; i < len; i++)
    out[i] = (char)tolower((unsigned char)text[i]);
  luaL_pushresultsize(&b, len);
  lua_remove(L, -2);
}

/* __index of the table `headers`: finds a header field by its name in upper or
** lower case. */
static int headers_index(lua_State *L) {
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  lua_settop(L, 2);
  lower(L);
  lua_rawget(L, 1);
  return 1;
}

/* [-1, +0, m] Sets the metatable of the table `headers` of a response. */
static void set_headers_type(lua_State *L, int table) {
  if (mk_sealed_type(L, HEADERS_TYPE)) {
    lua_pushcfunction(L, headers_index);
    lua_setfield(L, -2, "__index");
  }
  lua_setmetatable(L, table);
}

/* [-2, +0, m] Adds the header field whose name and value are at the top to the
** tables `headers` and `list`.  If `headers` already has the name, joins the
** values with a comma. */
static void add_field(lua_State *L, int headers, int list) {
  int name = lua_gettop(L) - 1, value = name + 1;
  lua_createtable(L, 2, 0);
  lua_pushvalue(L, name);
  lua_rawseti(L, -2, 1);
  lua_pushvalue(L, value);
  lua_rawseti(L, -2, 2);
  lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1);
  lua_pushvalue(L, name);
  lower(L);
  lua_pushvalue(L, -1); /* Stack: [name, value, key, key]. */
  if (lua_rawget(L, headers) == LUA_TSTRING) {
    lua_pushliteral(L, ", ");
    lua_pushvalue(L, value);
    lua_concat(L, 3);
  } else {
    lua_pop(L, 1);
    lua_pushvalue(L, value);
  }
  lua_rawset(L, headers);
  lua_pop(L, 2);
}

/* [-0, +0, m] Adds the empty tables `headers` and `header_list` to the
** response.  Sets `headers` and `list` to their stack indexes. */
static void new_headers(lua_State *L, int response, int *headers, int *list) {
  lua_newtable(L);
  *headers = lua_gettop(L);
  set_headers_type(L, *headers);
  lua_pushvalue(L, -1);
  lua_setfield(L, response, "headers");
  lua_newtable(L);
  *list = lua_gettop(L);
  lua_pushvalue(L, -1);
  lua_setfield(L, response, "header_list");
}

void mk_headers_unfold(lua_State *L, int response) {
  struct mk_http_field f;
  size_t len;
  int headers, list, top = lua_gettop(L), own = top + 1;
  lua_pushliteral(L, "headers");
  /* a layer of the transport may have set the field `headers` */
  lua_rawget(L, response);
  lua_pushliteral(L, "header_list");
  if (lua_rawget(L, response) == LUA_TNIL) {
    lua_pushliteral(L, "head");
    lua_rawget(L, response);
    const char *head = lua_tolstring(L, -1, &len);
    new_headers(L, response, &headers, &list);
    for (const char *at = NULL;
         head && mk_http_next_field(head, len, &at, &f);) {
      lua_pushlstring(L, f.name, f.name_len);
      lua_pushlstring(L, f.value, f.value_len);
      add_field(L, headers, list);
    }
  }
  lua_pushliteral(L, "headers");
  if (!lua_isnil(L, own)) {
    lua_pushvalue(L, own);
    lua_rawset(L, response);
  }
  lua_settop(L, top);
}

/* [-0, +0, e] Adds a header field with the name at index `name`.  Its value is
** at the top.  If the value is a list, adds a field for each element. */
static void add_values(lua_State *L, int headers, int list, int name) {
  int value = lua_gettop(L);
  bool several = lua_istable(L, value);
  lua_Integer n = several ? (lua_Integer)lua_rawlen(L, value) : 1;
  for (lua_Integer i = 1; i <= n; i++) {
    lua_pushvalue(L, name);
    if (several)
      lua_rawgeti(L, value, i);
    else
      lua_pushvalue(L, value);
    if (!lua_tostring(L, -1)) luaL_error(L, "transport: bad header value");
    add_field(L, headers, list);
  }
}

void mk_headers_complete(lua_State *L, int response) {
  int headers, list, given = lua_gettop(L) + 1;
  if (lua_getfield(L, response, "headers") == LUA_TNIL) lua_newtable(L);
  if (!lua_istable(L, given)) luaL_error(L, "transport: bad headers");
  new_headers(L, response, &headers, &list);
  for (lua_pushnil(L); lua_next(L, given); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) continue;
    add_values(L, headers, list, lua_gettop(L) - 1);
  }
  lua_settop(L, given - 1);
}
