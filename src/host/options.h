/* options.h - parses the command line of mkrun.
**
** host/main.c calls mk_options_parse.  host/resume.c calls mk_options_parse and
** mk_options_join for the options in a journal.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTIONS_H
#define MK_HOST_OPTIONS_H

#include "base/fault.h"
#include "host/option_set.h"

#include <stdbool.h>

/* Parses the command line and checks the options.  Returns false and sets a
** message in `fault` if the command line is invalid.  Call mk_options_free
** afterwards, whatever the result. */
bool mk_options_parse(struct mk_options *o, int argc, char **argv,
                      struct mk_fault *fault);
void mk_options_free(struct mk_options *o);

/* Combines the options of two command lines that were parsed before.  An option
** in `own` overrides the same option in `base`.  The actions of `base` come
** before the actions of `own`.  SCRIPT and its arguments are those of `own`.
**
** Returns false and sets a message in `fault` if the options cannot be used
** together.  Call mk_options_free afterwards, whatever the result.  `base` and
** `own` must stay valid as long as `o` is used. */
bool mk_options_join(struct mk_options *o, const struct mk_options *base,
                     const struct mk_options *own, struct mk_fault *fault);

#endif
