/* http.h - the Lua module mkrun.http.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_H
#define MK_LUA_HTTP_H

#include <lua.h>

struct mk_http_defaults {
  const char *cacert;     /* NULL: as the environment says; copied */
  double timeout;         /* seconds for a request; 0: 30 */
  double connect_timeout; /* seconds for its connection; 0: 10 */
};

/* [-0, +0, m] For all later requests of this Lua state; before the first. */
void mk_http_set_defaults(lua_State *L, const struct mk_http_defaults *d);

int luaopen_mkrun_http(lua_State *L);

#endif
