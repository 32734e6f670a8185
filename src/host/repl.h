/* repl.h - the prompt of -i.  SPDX-License-Identifier: MIT */
#ifndef MK_HOST_REPL_H
#define MK_HOST_REPL_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +0|1, -] Reads statements and runs them until the end of input; false
** leaves a message when a signal came. */
bool mk_repl(lua_State *L);

#endif
