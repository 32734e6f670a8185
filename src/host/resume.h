/* resume.h - --resume and --undo: takes options and SCRIPT from a journal.
**
** host/run.c and host/searcher.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_RESUME_H
#define MK_HOST_RESUME_H

#include "base/fault.h"

#include "host/options.h"

#include <lua.h>
#include <stdbool.h>

struct mk_host;

/* Returns the journal of --resume or --undo, or NULL. */
const char *mk_resume_path(const struct mk_options *o);

/* Opens and locks the journal, and puts the options of its run before those of
** the command line, which override them.  Fails if the journal would send the
** token to another origin than a run without it, unless --base-url says so.
** Other faults in the journal are reported later, by the Lua library.  On
** false, `fault` has the message.  Free with mk_resume_free. */
bool mk_resume_options(struct mk_host *host, struct mk_fault *fault);

/* [-1, +0, e] A Lua function; the argument is the host as light userdata.
** Finds the script that the journal names.  Sets host->script and
** host->options, and the script in mkrun.config. */
int mk_resume_script(lua_State *L);

/* [-0, +0, e] Gives the host options of its own, with the list of words at the
** top: the script and its arguments. */
void mk_resume_take_words(lua_State *L, struct mk_host *host);

/* Has the host run the built-in flow `undo` on a journal; false when memory
** ends. */
bool mk_resume_undo(struct mk_host *host);

/* Frees what the host's options got from a journal or a plan. */
void mk_resume_free(struct mk_host *host);

#endif
