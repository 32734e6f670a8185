/* options.h - parses the command line of mkrun.
**
** host/main.c calls it, and host/resume.c for the options in a journal.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTIONS_H
#define MK_HOST_OPTIONS_H

#include "base/fault.h"
#include "host/option_set.h"

#include <stdbool.h>

/* SCRIPT that is no script: see help.h. */
#define MK_HELP_WORD "help"

/* Parses the command line.  On false, `fault` has the message.  Free with
** mk_options_free in both cases. */
bool mk_options_parse(struct mk_options *o, int argc, char **argv,
                      struct mk_fault *fault);
void mk_options_free(struct mk_options *o);

/* Makes `o` of two command lines that were read before: `base` counts where
** `own` says nothing, and its actions come first.  The words are those of
** `own`.  False and free as above; `base` and `own` have to outlive `o`. */
bool mk_options_join(struct mk_options *o, const struct mk_options *base,
                     const struct mk_options *own, struct mk_fault *fault);

#endif
