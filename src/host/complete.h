/* complete.h - answers a shell that completes a command line of mkrun:
** `mkrun completion --complete SHELL WORD...`.
**
** host/run.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_COMPLETE_H
#define MK_HOST_COMPLETE_H

#include <lua.h>
#include <stdbool.h>

/* [-0, +0|1, -] Calls the Lua library to print what the last word of the
** command line may become.  Returns false if it raised an error; then the
** message is at the top. */
bool mk_complete_enter(lua_State *L);

#endif
