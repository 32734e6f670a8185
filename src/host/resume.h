/* resume.h - --resume and --undo: what the journal says about the run.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_RESUME_H
#define MK_HOST_RESUME_H

#include "base/fault.h"

#include "host/options.h"

#include <lua.h>
#include <stdbool.h>

struct mk_host;

/* The journal that a run goes on with or takes back; NULL without one. */
const char *mk_resume_path(const struct mk_options *o);

/* Opens the journal, for good, and puts the options of its run before those of
** the command line, so that it may say otherwise.  The token goes nowhere else
** than without the journal, unless --base-url says so.  What else is wrong with
** the journal is told later.  False leaves a sentence.  Free with
** mk_resume_free. */
bool mk_resume_options(struct mk_host *host, struct mk_fault *fault);

/* [-1, +0, e] A function whose argument is the host (light userdata): finds
** the script of the journal, for the host and for mkrun.config.  From then on
** the host's options have its words. */
int mk_resume_script(lua_State *L);

/* Has the host run the built-in flow `undo` on a journal; false when memory
** ends. */
bool mk_resume_undo(struct mk_host *host);

/* Frees what the host's options got from a journal. */
void mk_resume_free(struct mk_host *host);

#endif
