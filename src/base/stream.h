/* stream.h - read and write that wait, also where somebody made the descriptor
** non-blocking.  SPDX-License-Identifier: MIT */
#ifndef MK_BASE_STREAM_H
#define MK_BASE_STREAM_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* A signal ends the wait with EINTR. */
ssize_t mk_stream_read(int fd, void *bytes, size_t len);
ssize_t mk_stream_write(int fd, const void *bytes, size_t len);

/* Standard input through that, in the place of stdin.  To be opened before it
** is used; false when memory ends. */
extern FILE *mk_stdin;
bool mk_stream_open_stdin(void);

#endif
