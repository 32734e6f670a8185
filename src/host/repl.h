/* repl.h - runs the interactive prompt.
**
** host/run.c calls mk_repl if -i was given, and if there is no script and
** standard input is a terminal.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_REPL_H
#define MK_HOST_REPL_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +0|1, -] Reads and runs statements until the end of the input.  On a
** terminal, SIGINT stops a statement and not the prompt.  Returns false if
** another signal arrived; then the error message is at the top.
**
** `is_confined` says that a confined script was run.  Then the prompt has the
** globals of the script, and keeps no statement in a file. */
bool mk_repl(lua_State *L, bool is_confined);

#endif
