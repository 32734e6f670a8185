/* repl.h - the interactive prompt.
**
** host/run.c starts it for -i, or without a script on a terminal.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_REPL_H
#define MK_HOST_REPL_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +0|1, -] Reads and runs statements until the end of input.  On false, a
** signal arrived and the message is at the top. */
bool mk_repl(lua_State *L);

#endif
