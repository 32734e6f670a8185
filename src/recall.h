/* recall.h - --resume without SCRIPT: the journal says what was run.
** SPDX-License-Identifier: MIT */
#ifndef MK_RECALL_H
#define MK_RECALL_H

#include "options.h"

#include <lua.h>

/* [-1, +0, e] A function whose argument is the host (light userdata): finds
** the script of the journal, for the host and for mkrun.config.  From then on
** the host's options have its words. */
int mk_recall(lua_State *L);

/* Frees such options; others are left alone. */
void mk_recall_free(struct mk_options *o);

#endif
