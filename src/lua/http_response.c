/* http_response.c - builds the response tables that scripts get.
** SPDX-License-Identifier: MIT */
#include "lua/http_response.h"

#include "http/request.h"
#include "http/url.h"
#include "http/verdict.h"
#include "lua/http_headers.h"
#include "lua/json.h"
#include "lua/sealed.h"

#include <lauxlib.h>
#include <string.h>

/* Returns the text "METHOD URL: " for the start of a message.  Argument 1 is
** the method.  Argument 2 is a light userdata that points to a struct mk_url.
** push_place calls this function in protected mode, to free the URL even after
** an error. */
static int place(lua_State *L) {
  const char *method = lua_isstring(L, 1) ? lua_tostring(L, 1) : "GET";
  const struct mk_url *u = lua_touserdata(L, 2);
  lua_pushfstring(L, "%s%s%s: ", method, u->shown ? " " : "",
                  u->shown ? u->shown : "");
  return 1;
}

/* [-0, +2, e] Pushes the URL of the response.  Then pushes the start of a
** message, such as "GET https://host/path: ", without parts of the URL that may
** be secret. */
static void push_place(lua_State *L, int response) {
  struct mk_url u;
  lua_getfield(L, response, "url");
  const char *url = lua_isstring(L, -1) ? lua_tostring(L, -1) : "";
  lua_pushcfunction(L, place);
  lua_getfield(L, response, "method");
  lua_pushlightuserdata(L, &u);
  mk_url_parse(&u, url, NULL);
  int status = lua_pcall(L, 2, 1, 0); /* frees the URL even after an error */
  mk_url_free(&u);
  if (status != LUA_OK) lua_error(L);
}

/*
** response:json() -> value -> nil, message, "json" if the body is not JSON
*/
static int response_json(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  luaL_requiref(L, "mkrun.json", luaopen_mkrun_json, 0);
  lua_getfield(L, -1, "decode");
  if (lua_getfield(L, 1, "body") != LUA_TSTRING)
    return luaL_argerror(L, 1, "a response with a body expected");
  lua_call(L, 1, LUA_MULTRET);
  int results = lua_gettop(L) - 2;
  if (results < 2 || !lua_isnil(L, 3)) return results;
  push_place(L, 1);
  lua_pushvalue(L, 4);
  lua_concat(L, 2);
  lua_replace(L, 4);
  lua_settop(L, 5);
  return 3;
}

/* __index of a response, which Lua calls for absent fields.  The upvalue is the
** table of methods. */
static int response_index(lua_State *L) {
  const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
  lua_settop(L, 2);
  if (!strcmp(name, "headers") || !strcmp(name, "header_list")) {
    mk_headers_unfold(L, 1);
    lua_rawget(L, 1);
  } else {
    lua_rawget(L, lua_upvalueindex(1));
  }
  return 1;
}

static int response_next(lua_State *L) {
  lua_settop(L, 2);
  if (lua_next(L, 1)) return 2;
  lua_pushnil(L);
  return 1;
}

static int response_pairs(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  mk_headers_unfold(L, 1);
  lua_pushcfunction(L, response_next);
  lua_pushvalue(L, 1);
  return 2;
}

/* All responses share a table in the Lua registry.  The table contains the
** metatable of responses.  It also contains the field names as Lua strings, so
** that lua_pushstring need not hash the names again. */

enum {
  TYPE = 1,
  BODY,
  STATUS,
  HEAD,
  METHOD,
  URL,
  HTTP_VERSION,
  BYTES,
  ATTEMPTS,
  TIME,
  TOTAL,
  CONNECT,
  TLS,
  FIRST_BYTE,
  SHARED
};

static const char *const names[SHARED] = {
    [BODY] = "body",
    [STATUS] = "status",
    [HEAD] = "head",
    [METHOD] = "method",
    [URL] = "url",
    [HTTP_VERSION] = "http_version",
    [BYTES] = "bytes",
    [ATTEMPTS] = "attempts",
    [TIME] = "time",
    [TOTAL] = "total",
    [CONNECT] = "connect",
    [TLS] = "tls",
    [FIRST_BYTE] = "first_byte",
};

/* [-0, +1, m] Pushes a new metatable for responses. */
static void push_type(lua_State *L) {
  lua_createtable(L, 0, 3);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, response_json);
  lua_setfield(L, -2, "json");
  lua_pushcclosure(L, response_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, response_pairs);
  lua_setfield(L, -2, "__pairs");
  mk_sealed(L);
}

/* [-0, +1, m] Pushes the table that all responses share.  The first call
** creates the table. */
static void push_shared(lua_State *L) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, names) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_createtable(L, SHARED - 1, 0);
  push_type(L);
  lua_rawseti(L, -2, TYPE);
  for (int i = TYPE + 1; i < SHARED; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, i);
  }
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, names);
}

/* [-0, +1, m] Pushes the table `time` of a response, with four numbers of
** seconds. */
static void push_time(lua_State *L, int shared, struct mk_http_time time) {
  lua_createtable(L, 0, 4);
  lua_rawgeti(L, shared, TOTAL);
  lua_pushnumber(L, time.total);
  lua_rawset(L, -3);
  lua_rawgeti(L, shared, CONNECT);
  lua_pushnumber(L, time.connect);
  lua_rawset(L, -3);
  lua_rawgeti(L, shared, TLS);
  lua_pushnumber(L, time.tls);
  lua_rawset(L, -3);
  lua_rawgeti(L, shared, FIRST_BYTE);
  lua_pushnumber(L, time.first_byte);
  lua_rawset(L, -3);
}

/* [-0, +0, m] Sets the field `certificate` of a response.  Does nothing if
** `seen` is NULL. */
static void set_certificate(lua_State *L, int response,
                            const struct mk_certificate *seen) {
  if (!seen) return;
  lua_createtable(L, 0, 2);
  lua_pushstring(L, seen->expires);
  lua_setfield(L, -2, "expires");
  lua_pushstring(L, seen->issuer);
  lua_setfield(L, -2, "issuer");
  lua_setfield(L, response, "certificate");
}

void mk_response_push(lua_State *L, struct mk_http *h, const char *method) {
  size_t len;
  push_shared(L);
  int shared = lua_gettop(L), response = shared + 1;
  lua_createtable(L, 0, 10);
  lua_rawgeti(L, shared, BODY);
  const char *body = mk_http_body(h, &len);
  lua_pushlstring(L, body, len);
  lua_rawset(L, response);
  lua_rawgeti(L, shared, STATUS);
  lua_pushinteger(L, mk_http_status(h));
  lua_rawset(L, response);
  lua_rawgeti(L, shared, HEAD);
  const char *head = mk_http_head(h, &len);
  lua_pushlstring(L, head, len);
  lua_rawset(L, response);
  lua_rawgeti(L, shared, METHOD);
  lua_pushstring(L, method);
  lua_rawset(L, response);
  lua_rawgeti(L, shared, URL);
  lua_pushstring(L, mk_http_url(h));
  lua_rawset(L, response);
  lua_rawgeti(L, shared, HTTP_VERSION);
  lua_pushstring(L, mk_http_version(h));
  lua_rawset(L, response);
  lua_rawgeti(L, shared, BYTES);
  lua_pushinteger(L, (lua_Integer)mk_http_bytes(h));
  lua_rawset(L, response);
  lua_rawgeti(L, shared, ATTEMPTS);
  lua_pushinteger(L, 1);
  lua_rawset(L, response);
  lua_rawgeti(L, shared, TIME);
  push_time(L, shared, mk_http_time(h));
  lua_rawset(L, response);
  set_certificate(L, response, mk_http_certificate(h));
  lua_rawgeti(L, shared, TYPE);
  lua_setmetatable(L, response);
  lua_remove(L, shared);
}

/* The functions below complete responses that a transport written in Lua
** returned. */

/* [-1, +0, m] Sets the field `name` to the value at the top if the field is
** nil. */
static void set_default(lua_State *L, int table, const char *name) {
  if (lua_getfield(L, table, name) != LUA_TNIL) {
    lua_pop(L, 2);
    return;
  }
  lua_pop(L, 1);
  lua_setfield(L, table, name);
}

static bool is_complete(lua_State *L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  push_shared(L);
  lua_rawgeti(L, -1, TYPE);
  bool same = lua_rawequal(L, -1, -3);
  lua_pop(L, 3);
  return same;
}

void mk_response_complete(lua_State *L, int index, int options) {
  if (is_complete(L, index)) return;
  if (lua_getfield(L, index, "status"), !lua_isinteger(L, -1))
    luaL_error(L, "transport: a response without a status");
  lua_pop(L, 1);
  mk_headers_complete(L, index);
  lua_pushliteral(L, "");
  set_default(L, index, "body");
  lua_pushliteral(L, "GET");
  lua_getfield(L, options, "method");
  if (lua_isnil(L, -1))
    lua_pop(L, 1);
  else
    lua_remove(L, -2);
  set_default(L, index, "method");
  lua_getfield(L, options, "url");
  set_default(L, index, "url");
  lua_pushliteral(L, "1.1");
  set_default(L, index, "http_version");
  lua_pushinteger(L, 1);
  set_default(L, index, "attempts");
  lua_getfield(L, index, "body");
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
  set_default(L, index, "bytes");
  lua_pop(L, 1);
  push_shared(L);
  push_time(L, lua_gettop(L), (struct mk_http_time){0});
  set_default(L, index, "time");
  lua_rawgeti(L, -1, TYPE);
  lua_setmetatable(L, index);
  lua_pop(L, 1);
}
