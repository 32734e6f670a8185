/* http_options.h - reads the options of a request from a Lua table.
**
** lua/http.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_HTTP_OPTIONS_H
#define MK_LUA_HTTP_OPTIONS_H

#include "http/request.h"
#include "lua/net.h"

#include <lua.h>

/* Flags that are set if the request has the option `headers`, `json` or
** `secrets`.  The values of these options are not in struct mk_http_opts. */
enum { MK_HAS_HEADERS = 1, MK_HAS_JSON = 2, MK_HAS_SECRETS = 4 };

/* Returns true if requests with this method change nothing on the server. */
bool mk_http_is_read(const char *method);

/* [-0, +?, e] Reads and checks the options of the table at argument `t`, except
** `json`, `headers` and `secrets`.  Leaves the strings that `o` points to on
** the stack.  Returns the flags of those options, if they are given. */
int mk_http_read_options(lua_State *L, int t, const struct mk_net *net,
                         struct mk_http_opts *o);

/* [-0, +?, e] Reads the option `token` into `o` again.  The bytes are valid
** only until Lua allocates memory, because a finalizer may run then and free
** the secret. */
void mk_http_read_token(lua_State *L, int t, struct mk_http_opts *o);

/* [-0, +0, e] Checks the option `headers` and adds its fields to `h`.  If `h`
** is NULL, only checks the option. */
void mk_http_add_headers(lua_State *L, int t, struct mk_http *h);

/* [-0, +?, e] Replaces each string of the body that is a name in the option
** `secrets` by the bytes of that secret.  Leaves the new body on the stack.
** Returns NULL, or the reason why the body cannot be sent. */
const char *mk_http_fill_secrets(lua_State *L, int t, struct mk_http_opts *o);

/* [-0, +1|3, e] Encodes the option `json`.  On success pushes the text and
** returns 1.  Otherwise pushes nil, a message and a code, and returns 3. */
int mk_http_encode_json(lua_State *L, int t);

#endif
