/* feed.h - runs a shell command and writes bytes to its standard input.
**
** lua/secret.c passes tokens to a command of the user with it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FEED_H
#define MK_BASE_FEED_H

#include <stddef.h>

/* Runs `command` in a shell and waits for it.  Its output goes to standard
** error, with the secrets redacted.  Returns 0 or an errno value.  `*status` is
** as waitpid sets it.  `*left` is the number of bytes that the command did not
** read.  After a signal the command has 10 seconds to end; then this returns
** EINTR. */
int mk_feed(const char *command, const char *bytes, size_t len, int *status,
            size_t *left);

#endif
