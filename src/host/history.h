/* history.h - keeps the statements of the prompt in a file of the user.
**
** The file is $XDG_STATE_HOME/mkrun/history, or ~/.local/state/mkrun/history.
** MKRUN_HISTORY names another one, or none if it is empty.  Whatever prevents
** that the file is read or written is no error: the prompt works without.
**
** The file has one statement per line; "\n" stands for a line break and "\\"
** for a backslash.  No statement with a secret of this run stays in it, and
** none with what looks like a token is written.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_HISTORY_H
#define MK_HOST_HISTORY_H

#include <stdbool.h>

/* Finds the file and calls `each` for the statements in it, oldest first.
** Without this call, mk_history_add does nothing. */
void mk_history_open(void (*each)(const char *statement));

/* Returns true if the statement may be remembered: it has no secret. */
bool mk_history_may_keep(const char *statement);

/* Appends a statement to the file (mode 0600; missing folders: 0700).  Removes
** the statements that have a secret which this run did not know before, and the
** oldest ones if there are too many.  Several prompts may do so at the same
** time. */
void mk_history_add(const char *statement);

#endif
