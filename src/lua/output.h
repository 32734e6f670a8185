/* output.h - sends the output of Lua's libraries through base/output.h.
**
** host/vm.c installs it.  It replaces print, io.stdout, io.stderr, io.stdin and
** debug.debug.
** SPDX-License-Identifier: MIT */
#ifndef MK_LUA_OUTPUT_H
#define MK_LUA_OUTPUT_H

#include <lua.h>

/* [-0, +0, m] Call it after the standard libraries are open. */
void mk_lua_output_install(lua_State *L);

/* secret.redact(text) -> the text with secrets redacted */
int mk_lua_redact(lua_State *L);

#endif
