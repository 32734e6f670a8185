/* output.h - print, io.stdout, io.stderr and debug.debug go the way of
** output.h.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_OUTPUT_H
#define MK_LUA_OUTPUT_H

#include <lua.h>

/* [-0, +0, m] To be called once the standard libraries are open. */
void mk_lua_output_install(lua_State *L);

/* secret.redact(text) -> the text without the secrets of this run */
int mk_lua_redact(lua_State *L);

#endif
