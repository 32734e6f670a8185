/* stream.h - blocking read and write, even on a non-blocking descriptor.
**
** Used for the standard streams and for files.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_STREAM_H
#define MK_BASE_STREAM_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* Return what read and write return.  A signal ends the wait with EINTR. */
ssize_t mk_stream_read(int fd, void *bytes, size_t len);
ssize_t mk_stream_write(int fd, const void *bytes, size_t len);

/* Standard input read by mk_stream_read.  Use mk_stdin instead of stdin, and
** open it first.  False when memory ends. */
extern FILE *mk_stdin;
bool mk_stream_open_stdin(void);

#endif
