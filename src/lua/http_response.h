/* http_response.h - the response table.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_RESPONSE_H
#define MK_LUA_HTTP_RESPONSE_H

#include <lua.h>

struct mk_http;

/* [-0, +1, m] The answer of the wire. */
void mk_response_push(lua_State *L, struct mk_http *h, const char *method);

/* [-0, +0, e] Completes the table at `index`, which a transport returned for
** the request at `options`: {status=, headers=, body=} is enough. */
void mk_response_complete(lua_State *L, int index, int options);

#endif
