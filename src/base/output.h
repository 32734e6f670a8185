/* output.h - all output of mkrun and its scripts, with secrets redacted.
**
** Everything that prints goes through here.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_OUTPUT_H
#define MK_BASE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* What a fopencookie write function returns on failure.  C libraries differ. */
#ifdef __GLIBC__
#define MK_WRITE_FAILED 0
#else
#define MK_WRITE_FAILED (-1)
#endif

/* Standard output and standard error with secrets redacted.  Text that may be
** the start of a secret is held back until the next write or the end of the
** run, so a secret split over two writes is found too.  No other code may write
** to these descriptors. */
extern FILE *mk_stdout, *mk_stderr;

/* Opens both streams.  Call it before anything prints.  False when memory ends;
** it has printed the error then. */
bool mk_output_open(void);

/* Lets the run continue when the reader of its output goes away.  For runs that
** write to the API.  Any other run ends then, as after SIGPIPE, but cleans
** up. */
void mk_output_go_on(void);

/* Writes `text` to standard error without allocating memory.  The text must not
** contain a secret. */
void mk_output_emergency(const char *text);

/* Writes what is held back.  False with errno set if not all output reached
** standard output. */
bool mk_output_finish(void);

/* Returns true if `error` is EPIPE and the run ends because of that. */
bool mk_output_unread(int error);

#endif
