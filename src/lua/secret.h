/* secret.h - the Lua module mkrun.secret: values that scripts cannot read.
**
** A script can send or store the bytes of a secret, but not print them.
** src/host and lua/http_options.c call this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SECRET_H
#define MK_LUA_SECRET_H

#include <lua.h>
#include <stddef.h>

/* [-0, +1, m] Pushes a secret with a copy of the bytes.  tostring(secret)
** contains `label`. */
void mk_secret_push(lua_State *L, const char *bytes, size_t len,
                    const char *label);

/* [-0, +0, -] Returns the bytes of the secret at `index`, NUL-terminated, or
** NULL if the value at `index` is not an open secret.  The bytes are valid
** while the secret is on the stack.  Never push them to Lua. */
const char *mk_secret_bytes(lua_State *L, int index, size_t *len);

/* [-0, +0, -] Returns the origin ("https://host:port") that the secret at
** `index` is bound to.  Returns NULL if it is not bound. */
const char *mk_secret_origin(lua_State *L, int index);

/* sys.sha256(text) -> SHA-256 hash of the text, in hexadecimal */
int mk_lua_sha256(lua_State *L);

int luaopen_mkrun_secret(lua_State *L);

#endif
