/* error_json.h - prints error messages as JSON, for a program that starts mkrun
** with --output json.
**
** host/main.c chooses the form, host/call.c prints the messages.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_ERROR_JSON_H
#define MK_HOST_ERROR_JSON_H

#include <stdbool.h>

/* Chooses JSON if the command line has --output json or --output jsonl, before
** or after SCRIPT.  So an error of the command line has the right form, too. */
void mk_error_json_choose(char **argv);

/* Returns true if errors are printed as JSON. */
bool mk_error_json_chosen(void);

/* Prints {"error":{"message":TEXT}} and a line break on standard error.
** Replaces control characters and invalid UTF-8. */
void mk_error_json_print(const char *text);

#endif
