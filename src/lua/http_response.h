/* http_response.h - builds the response tables that scripts get.
**
** lua/http.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_RESPONSE_H
#define MK_LUA_HTTP_RESPONSE_H

#include <lua.h>

struct mk_http;

/* [-0, +1, m] Pushes the response of a finished request. */
void mk_response_push(lua_State *L, struct mk_http *h, const char *method);

/* [-0, +0, e] Completes the response at `index`, which a transport returned for
** the options at `options`.  A transport may return only {status=, headers=,
** body=}. */
void mk_response_complete(lua_State *L, int index, int options);

#endif
