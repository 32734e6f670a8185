/* cover.h - counts how often each line of the user's Lua files runs, and finds
** the lines that could run.
**
** trial.c and trial_lua.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_COVER_H
#define MK_HOST_COVER_H

#include <lua.h>
#include <stddef.h>

/* Begins to count, if `tell` is not NULL: mk_cover_attach then has an effect.
** When the process exits, `tell` gets the counts of each file, as a text "lines
** LINE:COUNT,LINE:COUNT,... PATH". */
void mk_cover_begin(void (*tell)(const char *text, size_t len));

/* Counts the lines that this Lua state runs. */
void mk_cover_attach(lua_State *L);

/* [-0, +1, m] Pushes the set of the lines that have code in the Lua function at
** the top, and in the functions inside it: {[12] = true}. */
void mk_cover_push_lines(lua_State *L);

#endif
