/* secret.h - a value whose bytes a script can use but never see.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_SECRET_H
#define MK_LUA_SECRET_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* [-0, +1, m] Pushes a secret with a copy of the bytes; `label` is what
** tostring shows. */
void mk_secret_push(lua_State *L, const char *bytes, size_t len,
                    const char *label);

/* [-0, +0, -] The bytes, NUL-terminated, or NULL when the value at `index` is
** no secret.  Valid while the value is on the stack; never pushed to Lua. */
const char *mk_secret_bytes(lua_State *L, int index, size_t *len);

/* [-0, +0, -] The origin ("https://host:port") that the secret is bound to, or
** NULL when it is not bound. */
const char *mk_secret_origin(lua_State *L, int index);

/* sys.sha256(text) -> hex */
int mk_lua_sha256(lua_State *L);

int luaopen_mkrun_secret(lua_State *L);

#endif
