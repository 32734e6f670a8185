/* feed.h - runs a shell command and writes bytes to its standard input.
**
** lua/secret.c calls mk_feed to pass a token to a command that the user chose.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_FEED_H
#define MK_BASE_FEED_H

#include <stddef.h>

/* Runs `command` in a shell, writes the `len` bytes to its standard input, and
** waits until the command ends.  The output of the command is printed on
** standard error, with secrets redacted.
**
** Sets `*status` to the status from waitpid, and `*left` to the number of bytes
** that the command did not read.  Returns 0 or an errno value.  If mkrun gets a
** signal, the command has 10 seconds to end; after that, mk_feed returns
** EINTR. */
int mk_feed(const char *command, const char *bytes, size_t len, int *status,
            size_t *left);

#endif
