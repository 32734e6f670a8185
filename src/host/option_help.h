/* option_help.h - prints the text of --help.
**
** host/main.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_HELP_H
#define MK_HOST_OPTION_HELP_H

#include <stdio.h>

/* Prints the line that begins with "usage:", after an error message about the
** command line. */
void mk_option_help_usage(FILE *out);

/* Prints the text of --help. */
void mk_option_help_print(FILE *out);

#endif
