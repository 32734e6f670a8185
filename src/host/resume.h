/* resume.h - takes the options and the script of the run from the journal of
** --resume or --undo.
**
** host/run.c, host/searcher.c and host/apply.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_RESUME_H
#define MK_HOST_RESUME_H

#include "base/fault.h"

#include "host/options.h"

#include <lua.h>
#include <stdbool.h>

struct mk_host;

/* Returns the path of the journal for --resume or --undo, or NULL if neither
** option was given. */
const char *mk_resume_path(const struct mk_options *o);

/* Opens and locks the journal, reads the options in the journal, and sets
** host->options to these options combined with the command line.  Options on
** the command line override options in the journal.
**
** The journal could make mkrun send the token to another server than a run
** without the journal.  Then this function fails, unless --base-url was given.
** The Lua library reports other errors in the journal later.  Returns false and
** sets a message in `fault` on an error.  Call mk_resume_free afterwards. */
bool mk_resume_options(struct mk_host *host, struct mk_fault *fault);

/* [-1, +0, e] A Lua function.  Its argument is the host, a struct mk_host as
** light userdata.  Finds the script that the journal names.  Sets host->script,
** host->options and the field `script` of mkrun.config. */
int mk_resume_script(lua_State *L);

/* [-0, +0, e] Replaces SCRIPT and its arguments in host->options with the list
** of strings at the top. */
void mk_resume_take_words(lua_State *L, struct mk_host *host);

/* Changes host->options so that the run executes the built-in flow `undo` with
** the journal of --undo.  Returns false if out of memory. */
bool mk_resume_undo(struct mk_host *host);

/* Closes the journal and frees the options that came from a journal or a
** plan. */
void mk_resume_free(struct mk_host *host);

#endif
