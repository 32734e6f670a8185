/* recall.h - --resume without SCRIPT, and --undo: what is run instead.
** SPDX-License-Identifier: MIT */
#ifndef MK_RECALL_H
#define MK_RECALL_H

#include "options.h"

#include <lua.h>
#include <stdbool.h>

struct mk_host;

/* [-1, +0, e] A function whose argument is the host (light userdata): finds
** the script of the journal, for the host and for mkrun.config.  From then on
** the host's options have its words. */
int mk_recall(lua_State *L);

/* Has the host run the built-in flow `undo` on a journal; false when memory
** ends. */
bool mk_recall_undo(struct mk_host *host);

/* Frees such options; others are left alone. */
void mk_recall_free(struct mk_options *o);

#endif
