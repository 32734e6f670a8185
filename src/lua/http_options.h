/* http_options.h - reads the options of a request from a Lua table.
**
** lua/http.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_OPTIONS_H
#define MK_LUA_HTTP_OPTIONS_H

#include "http/request.h"
#include "lua/net.h"

#include <lua.h>

/* Flags for options that struct mk_http_opts does not hold. */
enum { MK_HAS_HEADERS = 1, MK_HAS_JSON = 2 };

/* Returns true if requests with this method change nothing on the server. */
bool mk_http_is_read(const char *method);

/* [-0, +?, e] Reads and checks the options of the table at argument `t`, except
** `json` and `headers`.  Leaves the strings that `o` points to on the stack.
** Returns flags that say which of these two options are given. */
int mk_http_read_options(lua_State *L, int t, const struct mk_net *net,
                         struct mk_http_opts *o);

/* [-0, +?, e] Reads the option `token` again.  The bytes are valid until Lua
** allocates memory: a finalizer may run then and close the secret. */
void mk_http_read_token(lua_State *L, int t, struct mk_http_opts *o);

/* [-0, +0, e] Checks the option `headers` and adds its fields to `h`.  With `h`
** NULL it only checks the option. */
void mk_http_add_headers(lua_State *L, int t, struct mk_http *h);

/* [-0, +1|3, e] Encodes the option `json`.  Pushes the text and returns 1, or
** pushes nil, message, code and returns 3. */
int mk_http_encode_json(lua_State *L, int t);

#endif
