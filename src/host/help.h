/* help.h - runs `mkrun help [NAME]`, which prints the manual in the binary, and
** --sbom, which prints its bill of materials, and --types, which writes
** declarations for editors.
**
** host/main.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_HELP_H
#define MK_HOST_HELP_H

#include "host/options.h"

/* Prints the topic or flow that the argument after "help" names.  Without such
** an argument, prints the list of topics and flows.  Returns the exit code. */
int mk_help_run(const struct mk_options *o);

#endif
