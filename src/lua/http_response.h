/* http_response.h - builds the response tables that scripts get.
**
** lua/http.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_RESPONSE_H
#define MK_LUA_HTTP_RESPONSE_H

#include <lua.h>

struct mk_http;

/* [-0, +1, m] Pushes the response table of the finished request `h`.  `method`
** is its HTTP method. */
void mk_response_push(lua_State *L, struct mk_http *h, const char *method);

/* [-0, +0, e] Adds the missing fields to the response at `index`.  A transport
** returned this response for the options at `options`.  A transport may return
** only {status=, headers=, body=}. */
void mk_response_complete(lua_State *L, int index, int options);

#endif
