/* help.h - `mkrun help [NAME]`: the manual inside the binary.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_HELP_H
#define MK_HOST_HELP_H

#include "host/options.h"

#include <stdbool.h>

/* Is SCRIPT the word "help"?  A file of that name is "./help". */
bool mk_help_is_asked(const struct mk_options *o);

/* Prints the list, or what the next word names; returns the exit code. */
int mk_help_run(const struct mk_options *o);

#endif
