/* apply.h - --apply: what the plan says about the run.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_APPLY_H
#define MK_HOST_APPLY_H

#include <lua.h>

/* [-1, +0, e] A function whose argument is the host (light userdata): has it
** run the script, with its words and what is to be done before, of the plan
** that is performed.  From then on the host's options have them. */
int mk_apply_script(lua_State *L);

#endif
