/* output.h - redirects the output of Lua's libraries to base/output.h.
**
** host/vm.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_OUTPUT_H
#define MK_LUA_OUTPUT_H

#include <lua.h>

/* [-0, +0, m] Replaces print and debug.debug.  Redirects io.stdout, io.stderr
** and io.stdin.  Call this function after Lua's standard libraries are open. */
void mk_lua_output_install(lua_State *L);

/* backend.confine_output(): see mk_output_confine */
int mk_lua_confine_output(lua_State *L);

/* secret.redact(text) -> the text with secrets redacted */
int mk_lua_redact(lua_State *L);

#endif
