/* lua_http_options.h - the options of a request, from Lua to C.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_OPTIONS_H
#define MK_LUA_HTTP_OPTIONS_H

#include "http.h"
#include "lua_net.h"

#include <lua.h>

/* [-0, +?, e] Reads and checks all options of the table at argument `t` but
** `headers`; leaves strings on the stack that `o` points to. */
void mk_http_read_options(lua_State *L, int t, const struct mk_net *net,
                          struct mk_http_opts *o);

/* [-0, +0, e] Checks the option `headers` and adds the fields to `h`; with
** NULL it only checks. */
void mk_http_read_headers(lua_State *L, int t, struct mk_http *h);

/* [-0, +1|3, e] Pushes the body that option `json` stands for and returns 1;
** or nil, message, code and returns 3. */
int mk_http_encode_json(lua_State *L, int t);

#endif
