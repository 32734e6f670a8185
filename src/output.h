/* output.h - the one way out for what mkrun and its scripts print.
** SPDX-License-Identifier: MIT */
#ifndef MK_OUTPUT_H
#define MK_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* Standard output and standard error without the secrets of this run, split
** writes included: what may be the beginning of a secret waits for the next
** write or for the end of the run.  Nothing else writes to them. */
extern FILE *mk_stdout, *mk_stderr;

/* To be called before anything is printed; false when memory ends. */
bool mk_output_open(void);

/* Writes what still waits.  False, with errno set, when not everything came
** to standard output. */
bool mk_output_finish(void);

#endif
