/* net.c - the network state of a Lua state: event loop, trust store, tasks.
** SPDX-License-Identifier: MIT */
#include "lua/net.h"

#include "base/lack.h"
#include "http/loop.h"
#include "http/request.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* the address of this variable is a key in the Lua registry */
static const char key = 0;

static int net_gc(lua_State *L) {
  struct mk_net *net = lua_touserdata(L, 1);
#ifdef MK_DEBUG
  if (net->loop && mk_loop_busy(net->loop))
    fputs("mkrun: leak: a request or a timer without a task\n", stderr);
#endif
  mk_loop_free(net->loop);
  mk_http_free(net->spare);
  mk_http_session_free(net->env);
  net->loop = NULL;
  net->spare = NULL;
  net->env = NULL;
  net->closed = true;
  return 0;
}

/* [-0, +1, m] Pushes a new userdata for the network state and stores it in the
** registry. */
static struct mk_net *new_net(lua_State *L) {
  struct mk_net *net = lua_newuserdatauv(L, sizeof *net, MK_NET_VALUES);
  *net = (struct mk_net){.defaults = {NULL, 30, 10}};
  lua_newtable(L);
  lua_setiuservalue(L, -2, MK_NET_TASKS);
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, net_gc);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
  return net;
}

struct mk_net *mk_net_push(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &key);
  if (!lua_isnil(L, -1)) return lua_touserdata(L, -1);
  lua_pop(L, 1);
  return new_net(L);
}

struct mk_net *mk_net_open(lua_State *L) {
  struct mk_net *net = mk_net_push(L);
  lua_pop(L, 1); /* the registry keeps the userdata alive */
  if (net->closed)
    luaL_error(L, "too late for the network: the script is over");
  errno = 0;
  if (!net->env) net->env = mk_http_session_new(net->defaults.cacert);
  if (net->env && !net->loop) net->loop = mk_loop_new();
  if (!net->loop)
    luaL_error(L, "%s", strerror(mk_lack(errno) ? errno : ENOMEM));
  return net;
}

void mk_net_tell(struct mk_net *net) {
  double left = 0;
  const char *origin =
      mk_http_session_slow_lookup(net->env, mk_loop_now(), &left);
  if (!origin || left <= 0) return;
  fprintf(stderr,
          "mkrun: waiting at most %.0f s: the address of %s is looked "
          "up\n",
          left, origin);
}

void mk_http_set_defaults(lua_State *L, const struct mk_http_defaults *d) {
  struct mk_net *net = mk_net_push(L);
  if (d->timeout > 0) net->defaults.timeout = d->timeout;
  if (d->connect_timeout > 0)
    net->defaults.connect_timeout = d->connect_timeout;
  if (d->cacert) {
    net->defaults.cacert = lua_pushstring(L, d->cacert);
    lua_setiuservalue(L, -2, MK_NET_CACERT);
  }
  lua_pop(L, 1);
}
