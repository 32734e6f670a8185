/* apply.h - takes the script of the run from the plan of --apply.
**
** A plan is a file that an earlier run wrote for --plan-out.  The plan names
** the script, the script's arguments, and the options -e, -l and -W of the
** earlier run.  host/run.c calls mk_apply_script.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_APPLY_H
#define MK_HOST_APPLY_H

#include <lua.h>

/* [-1, +0, e] A Lua function.  Its argument is the host, a struct mk_host as
** light userdata.  Sets host->script to the script of the plan.  Sets
** host->options to a copy of the options with the script's arguments and the
** options -e, -l and -W of the plan.  Raises an error if the plan is invalid or
** cannot be carried out. */
int mk_apply_script(lua_State *L);

#endif
