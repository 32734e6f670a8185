/* http_options.h - the options of a request, from Lua to C.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_OPTIONS_H
#define MK_LUA_HTTP_OPTIONS_H

#include "http/request.h"
#include "lua/net.h"

#include <lua.h>

/* What a request may have that mk_http_opts does not say. */
enum { MK_HAS_HEADERS = 1, MK_HAS_JSON = 2 };

/* Does a request with this method change nothing? */
bool mk_http_is_read(const char *method);

/* [-0, +?, e] Reads and checks all options of the table at argument `t`;
** leaves strings on the stack that `o` points to.  Says which of those two
** there are. */
int mk_http_read_options(lua_State *L, int t, const struct mk_net *net,
                         struct mk_http_opts *o);

/* [-0, +?, e] Reads the option `token` again.  Its bytes stay valid until Lua
** allocates: a finalizer that runs then may close the secret. */
void mk_http_read_token(lua_State *L, int t, struct mk_http_opts *o);

/* [-0, +0, e] Adds the fields of the option `headers` to `h`. */
void mk_http_add_headers(lua_State *L, int t, struct mk_http *h);

/* [-0, +1|3, e] Pushes the body that option `json` stands for and returns 1;
** or nil, message, code and returns 3. */
int mk_http_encode_json(lua_State *L, int t);

#endif
