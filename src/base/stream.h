/* stream.h - read and write functions that wait, even if the descriptor is
** non-blocking.
**
** Called by the code that reads or writes the standard streams, and by file.c.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_STREAM_H
#define MK_BASE_STREAM_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* Like read and write of the C library, but wait until the descriptor is ready.
** A signal ends the wait: then the functions return -1 with errno EINTR. */
ssize_t mk_stream_read(int fd, void *bytes, size_t len);
ssize_t mk_stream_write(int fd, const void *bytes, size_t len);

/* mk_stdin is a stream that reads standard input with mk_stream_read.  All code
** must use mk_stdin instead of stdin.  mk_stream_open_stdin opens mk_stdin; it
** returns false if out of memory. */
extern FILE *mk_stdin;
bool mk_stream_open_stdin(void);

#endif
