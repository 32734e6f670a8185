/* help.h - runs `mkrun help [NAME]`, which prints the manual in the binary, and
** --sbom, which prints its bill of materials, --types, which writes
** declarations for editors, and `mkrun completion --complete`, by which a shell
** asks how a command line goes on.  They run no script.
**
** host/main.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_HELP_H
#define MK_HOST_HELP_H

#include "host/options.h"

#include <stdbool.h>

/* Returns true if the command line asks for one of these.  A user can run a
** script file with the name "help" as "./help". */
bool mk_help_is_asked(const struct mk_options *o);

/* Prints the topic or flow that the argument after "help" names.  Without such
** an argument, prints the list of topics and flows.  Or prints the answer to
** the shell.  Returns the exit code. */
int mk_help_run(const struct mk_options *o);

#endif
