/* feed.h - a command that gets bytes on its standard input.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FEED_H
#define MK_BASE_FEED_H

#include <stdbool.h>
#include <stddef.h>

/* Runs `command` in a shell and waits for it.  What it prints, on either
** channel, goes to standard error without the secrets of this run.  0 or an
** errno value; `*status` is as waitpid has it, and `*left` says how many of the
** bytes it did not read.  After a signal the command may go on for 10 seconds;
** then it is EINTR. */
int mk_feed(const char *command, const char *bytes, size_t len, int *status,
            size_t *left);

#endif
