/* option_help.h - the text of --help.
**
** host/main.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_HELP_H
#define MK_HOST_OPTION_HELP_H

#include <stdio.h>

/* Prints the usage line that follows a message about wrong usage. */
void mk_option_help_usage(FILE *out);

/* Prints the text of --help. */
void mk_option_help_print(FILE *out);

#endif
