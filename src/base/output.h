/* output.h - the one way out for what mkrun and its scripts print.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_OUTPUT_H
#define MK_BASE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* What the C library expects of a write of ours that failed (fopencookie). */
#ifdef __GLIBC__
#define MK_WRITE_FAILED 0
#else
#define MK_WRITE_FAILED (-1)
#endif

/* Standard output and standard error without the secrets of this run, split
** writes included: what may be the beginning of a secret waits for the next
** write or for the end of the run.  Nothing else writes to them. */
extern FILE *mk_stdout, *mk_stderr;

/* To be called before anything is printed; false when memory ends, and then
** that was said. */
bool mk_output_open(void);

/* This run changes something, so it goes on to its end when nobody reads what
** it prints.  Any other ends then, as one that SIGPIPE ends, but clean. */
void mk_output_go_on(void);

/* Writes a sentence of ours to standard error where there is no memory for
** anything else.  `text` holds no secret. */
void mk_output_emergency(const char *text);

/* Writes what still waits.  False, with errno set, when not everything came
** to standard output. */
bool mk_output_finish(void);

/* Is that how a run ends that changes nothing: nobody read on? */
bool mk_output_unread(int error);

#endif
