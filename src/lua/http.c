/* http.c - the Lua module mkrun.http: sends requests and installs the
** transport.
** SPDX-License-Identifier: MIT */
#include "lua/http.h"

#include "base/output.h"
#include "http/loop.h"
#include "http/request.h"
#include "lua/http_options.h"
#include "lua/http_response.h"
#include "lua/net.h"
#include "lua/sealed.h"
#include "json/fill.h"

#include <lauxlib.h>
#include <string.h>

#define CALL_TYPE "mkrun.http.call"

/* A request in progress and the task that waits for it. */
struct call {
  /* must be first: call_done casts a pointer to `transfer` to struct call */
  struct mk_transfer transfer;
  struct mk_wait wait;
  struct mk_net *net;
  char method[24];
};

static void call_done(struct mk_transfer *transfer) {
  struct call *call = (struct call *)transfer;
  mk_wait_over(call->net, &call->wait);
}

/* Frees the exchange of a request, or keeps it for the next request: to make a
** curl handle and buffers takes longer than to clear them. */
static void drop_exchange(struct call *call) {
  struct mk_net *net = call->net;
  struct mk_http *http = call->transfer.http;
  /* __close and __gc can both call this function for the same request */
  call->transfer.http = NULL;
  if (http && call->wait.over && !net->closed && !net->spare &&
      mk_http_renew(http))
    net->spare = http;
  else
    mk_http_free(http);
}

/* Frees the request at argument 1.  Compares its metatable with the upvalue,
** because that is faster than luaL_checkudata. */
static int call_free(lua_State *L) {
  struct call *call = lua_touserdata(L, 1);
  bool is_call =
      lua_getmetatable(L, 1) && lua_rawequal(L, -1, lua_upvalueindex(1));
  luaL_argexpected(L, is_call, 1, CALL_TYPE);
  mk_loop_stop(&call->transfer);
  mk_wait_drop(call->net, &call->wait);
  drop_exchange(call);
  return 0;
}

/* [-0, +1, e] Pushes a new request.  Sets its metatable before anything is
** allocated, so that the memory is freed after any error. */
static struct call *new_call(lua_State *L, struct mk_net *net,
                             const char *method) {
  struct call *call = lua_newuserdatauv(L, sizeof *call, 0);
  *call = (struct call){.net = net, .transfer = {.done = call_done}};
  strncpy(call->method, method, sizeof call->method - 1);
  luaL_setmetatable(L, CALL_TYPE);
  lua_toclose(L, -1);
  call->transfer.http = net->spare ? net->spare : mk_http_new(net->env);
  net->spare = NULL;
  if (!call->transfer.http) luaL_error(L, "not enough memory");
  return call;
}

/* [-0, +3, m] Pushes nil, the message and the code of the error that ended the
** request.  Returns 3. */
static int push_failure(lua_State *L, const struct call *call) {
  const struct mk_http *h = call->transfer.http;
  const char *url = mk_http_shown_url(h);
  luaL_pushfail(L);
  lua_pushfstring(L, "%s%s%s: %s", call->method, *url ? " " : "", url,
                  mk_http_error(h));
  lua_pushstring(L, mk_http_code(h));
  return 3;
}

/* Pushes the results of a finished request.  `ctx` is the stack index of its
** struct call. */
static int wire_done(lua_State *L, int status, lua_KContext ctx) {
  struct call *call = luaL_checkudata(L, (int)ctx, CALL_TYPE);
  (void)status;
  mk_wait_check(L, &call->wait);
  /* lua_close runs finalizers in any order.  So this request may already be
  ** freed when a finalizer that waits for the request continues. */
  if (!call->transfer.http) return luaL_error(L, "too late: request is closed");
  if (mk_http_error(call->transfer.http)) return push_failure(L, call);
  mk_response_push(L, call->transfer.http, call->method);
  return 1;
}

/* [-0, +3, m] Pushes nil, a message and the code "json" or "memory". */
static int refuse_body(lua_State *L, const char *method, const char *wrong) {
  luaL_pushfail(L);
  lua_pushfstring(L, "%s: body: %s", method, wrong);
  lua_pushstring(L, wrong == mk_json_fill_no_memory ? "memory" : "json");
  return 3;
}

/* [-0, +?, e] Sends the request that the table at argument `t` describes.  `o`
** and `has` are the results of mk_http_read_options for that table.  If the
** table has the option `json` and `o` has no body, sends the value of `json` as
** the body. */
static int send(lua_State *L, int t, struct mk_http_opts *o, int has) {
  struct mk_net *net = mk_net_open(L);
  bool json = (has & MK_HAS_JSON) && lua_getfield(L, t, "json") != LUA_TNIL;
  if (json && !o->body) {
    if (mk_http_encode_json(L, t) == 3) return 3;
    o->body = lua_tolstring(L, -1, &o->body_len);
  }
  const char *wrong =
      has & MK_HAS_SECRETS ? mk_http_fill_secrets(L, t, o) : NULL;
  if (wrong) return refuse_body(L, o->method, wrong);
  struct call *call = new_call(L, net, o->method);
  int box = lua_gettop(L);
  struct mk_http *h = call->transfer.http;
  if (has & MK_HAS_HEADERS) mk_http_add_headers(L, t, h);
  if (json && !mk_http_default_type(h, "application/json"))
    return luaL_error(L, "not enough memory");
  if (o->token) mk_http_read_token(L, t, o);
  if (!mk_http_prepare(h, o)) return push_failure(L, call);
  mk_loop_start(net->loop, &call->transfer);
  return mk_wait_for(L, net, &call->wait, box, wire_done);
}

/*
** wire(options) -> response | nil, message, code
**
** The lowest transport: a function that sends the request over the network.  It
** is passed only to the function that http.install calls.
*/
static int l_wire(lua_State *L) {
  struct mk_http_opts o;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  int has = mk_http_read_options(L, 1, mk_net_open(L), &o);
  return send(L, 1, &o, has);
}

/* [-0, +1, m] Pushes a shallow copy of the table at `index`, with room for
** `room` fields. */
static void copy(lua_State *L, int index, int room) {
  lua_createtable(L, 0, room);
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2); /* Stack: [..., copy, name, value, name, value]. */
    lua_rawset(L, -5);
  }
}

/* [-0, +1, m] Pushes the table of options to pass to the transport.  A
** transport may change this table, so a table that belongs to the script (`own`
** is false) is copied. */
static void copy_options(lua_State *L, int t, bool own, bool headers) {
  if (own)
    lua_pushvalue(L, t);
  else
    copy(L, t, 8);
  if (!headers) return;
  if (lua_getfield(L, t, "headers") == LUA_TTABLE) {
    copy(L, lua_gettop(L), 4);
    lua_setfield(L, -3, "headers");
  }
  lua_pop(L, 1);
}

/* Checks and returns the results of a transport.  `ctx` is the stack index of
** the options.  The results are above the options on the stack. */
static int transport_done(lua_State *L, int status, lua_KContext ctx) {
  int options = (int)ctx, first = options + 1;
  (void)status;
  if (lua_istable(L, first)) {
    mk_response_complete(L, first, options);
    lua_settop(L, first);
    return 1;
  }
  if (lua_toboolean(L, first) || lua_type(L, first + 1) != LUA_TSTRING)
    return luaL_error(L, "transport: neither a response nor nil, message");
  /* keeps nil, message and code, and drops further results */
  lua_settop(L, first + 2);
  return 3;
}

/* Calls of C functions inside one another (Lua allows 200), and values.  The
** layers need about a fifth of this. */
#define CALLS 60
#define VALUES 2000

/* Calls itself as often as its argument says. */
static int descend(lua_State *L) {
  lua_Integer more = lua_tointeger(L, 1);
  if (more == 0) return 0;
  lua_pushcfunction(L, descend);
  lua_pushinteger(L, more - 1);
  lua_call(L, 1, 0);
  return 0;
}

/* [-0, +0, e] Raises "stack overflow" unless there is room for the calls that
** the layers make after an answer.  Otherwise a script could send a write from
** the end of the stack, and no layer could write it down. */
static void check_room(lua_State *L) {
  luaL_checkstack(L, VALUES, NULL);
  lua_pushcfunction(L, descend);
  lua_pushinteger(L, CALLS);
  lua_call(L, 1, 0);
}

/* [-0, +?, e] Checks the options and calls the transport.  All functions that
** scripts call to send a request use this function.  `t` is the stack index of
** the options, and also their argument number in error messages.  If `own` is
** true, C code made the options table, so the table is not copied. */
static int request(lua_State *L, int t, bool own) {
  struct mk_http_opts o;
  struct mk_net *net = mk_net_push(L);
  int has = mk_http_read_options(L, t, net, &o);
  bool write = !mk_http_is_read(o.method);
  bool json = (has & MK_HAS_JSON) && lua_getfield(L, t, "json") != LUA_TNIL;
  luaL_argcheck(L, !(o.body && json), t, "both 'body' and 'json'");
  if (has & MK_HAS_HEADERS) mk_http_add_headers(L, t, NULL);
  if (write) {
    check_room(L);
    mk_output_go_on();
  }
  if (lua_getiuservalue(L, t + 1, MK_NET_TRANSPORT) == LUA_TNIL)
    return send(L, t, &o, has);
  lua_replace(L, t + 2);
  lua_settop(L, t + 2);
  /* Stack: [..., net, transport, options]. */
  copy_options(L, t, own, has & MK_HAS_HEADERS);
  int options = lua_gettop(L);
  if (json) {
    if (mk_http_encode_json(L, t) == 3) return 3;
    lua_setfield(L, options, "body");
  }
  lua_pushvalue(L, options - 1);
  lua_pushvalue(L, options);
  lua_callk(L, 1, LUA_MULTRET, options, transport_done);
  return transport_done(L, LUA_OK, options);
}

/*
** http.request{url=, method=, headers=, query=, body= | json=, token=, ...} ->
** {status=, headers=, body=, url=, ...} -> nil, message, code if no response
** arrived
**
** Raises an error for a wrong option, because that is a bug in the script.
** Returns nil, message and code for a network failure, because a script must
** expect it.
*/
static int l_request(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  return request(L, 1, false);
}

/*
** http.get(url, options?) -> response | nil, message, code
**
** Calls http.request with the options `url` and `method` set.  The same
** function serves delete, head, patch, post and put.
*/
static int l_method(lua_State *L) {
  luaL_checkstring(L, 1);
  if (lua_isnoneornil(L, 2)) {
    lua_settop(L, 1);
    lua_createtable(L, 0, 2);
  } else {
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    copy(L, 2, 8);
    lua_replace(L, 2);
    lua_getfield(L, 2, "url");
    lua_getfield(L, 2, "method");
    luaL_argcheck(L, lua_isnil(L, 3) && lua_isnil(L, 4), 2,
                  "options 'url' and 'method' must not be given here");
    lua_settop(L, 2);
  }
  lua_pushvalue(L, 1);
  lua_setfield(L, 2, "url");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_setfield(L, 2, "method");
  return request(L, 2, true);
}

/*
** http.install(build)
**
** Calls build(wire) and sends all later requests through the transport that
** build returns.  The host calls http.install once before a script runs.  A
** second call raises an error, so that no script can replace the transport.
*/
static int l_install(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  mk_net_push(L); /* Stack: [build, net]. */
  if (lua_getiuservalue(L, 2, MK_NET_TRANSPORT) != LUA_TNIL)
    return luaL_error(L, "http.install: a transport is installed already");
  lua_settop(L, 2);
  lua_pushvalue(L, 1);
  lua_pushcfunction(L, l_wire);
  lua_call(L, 1, 1);
  if (!lua_isfunction(L, -1))
    return luaL_error(L, "http.install: build returned no function");
  lua_setiuservalue(L, 2, MK_NET_TRANSPORT);
  return 0;
}

/*
** http.trust() -> text -> nil, message, "tls" if a file of certificates cannot
** be used
**
** Describes the trusted certificates, such as "embedded (Mozilla 20250419, 150
** roots)".
*/
static int l_trust(lua_State *L) {
  char text[512];
  if (mk_http_session_describe_trust(mk_net_open(L)->env, text, sizeof text)) {
    lua_pushstring(L, text);
    return 1;
  }
  luaL_pushfail(L);
  lua_pushstring(L, text);
  lua_pushliteral(L, "tls");
  return 3;
}

static const luaL_Reg functions[] = {
    {"request", l_request},
    {"trust", l_trust},
    {"install", l_install},
    {NULL, NULL},
};

static const char *const methods[][2] = {
    {"get", "GET"}, {"head", "HEAD"},   {"post", "POST"},
    {"put", "PUT"}, {"patch", "PATCH"}, {"delete", "DELETE"},
};

static const luaL_Reg call_methods[] = {
    {"__gc", call_free},
    {"__close", call_free},
    {NULL, NULL},
};

int luaopen_mkrun_http(lua_State *L) {
  mk_sealed_type(L, CALL_TYPE);
  lua_pushvalue(L, -1);
  luaL_setfuncs(L, call_methods, 1);
  luaL_newlib(L, functions);
  for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
    lua_pushstring(L, methods[i][1]);
    lua_pushcclosure(L, l_method, 1);
    lua_setfield(L, -2, methods[i][0]);
  }
  return 1;
}
