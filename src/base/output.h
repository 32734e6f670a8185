/* output.h - standard output and standard error with secrets redacted.
**
** All C code of mkrun and all Lua scripts print through the two streams of this
** file.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_OUTPUT_H
#define MK_BASE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/* The value that a write function for fopencookie must return on failure.  C
** libraries differ. */
#ifdef __GLIBC__
#define MK_WRITE_FAILED 0
#else
#define MK_WRITE_FAILED (-1)
#endif

/* Standard output and standard error with secrets redacted.  If the last bytes
** of a write may be the start of a secret, they are held back until the next
** write or the end of the run.  So a secret that is split over two writes is
** found too.  mk_output_confine changes this.  No other code may write to
** the descriptors 1 and 2. */
extern FILE *mk_stdout, *mk_stderr;

/* Opens mk_stdout and mk_stderr.  Call this function before any code prints.
** If out of memory, prints an error message and returns false. */
bool mk_output_open(void);

/* Makes the streams ready for a run of their own, after fork: forgets what is
** held back, and what earlier calls have set. */
void mk_output_anew(void);

/* After this call, the run continues even if the process that reads mkrun's
** standard output exits.  The host calls this function for scripts that write
** to the API.  Without the call, the run cleans up and ends, as after
** SIGPIPE. */
void mk_output_go_on(void);

/* After this call, a script cannot learn from the output which of its texts are
** the start of a secret: what is held back does not depend on the secrets.
**
** To a file or a pipe, whole lines are written, and the last bytes wait for
** their line break or for the end of the run.  A secret that is split over two
** writes is found if both are in the same line.  Of a secret with a line break
** in it, the longest possible form is always held back.  Base64 text with line
** breaks is found in what is written at once.  A line that is several times
** longer than each secret is written before it ends.
**
** To a terminal, everything is written at once, because a terminal answers
** where its cursor is.  There a secret is found in what is written at once.
**
** The position of the streams cannot be read or changed any more (ESPIPE). */
void mk_output_confine(void);

/* Writes the bytes that were held back, and ends the line that was begun on the
** terminal, if any.  Call this function before code writes to the terminal by
** itself. */
void mk_output_new_line(void);

/* Writes `text` to standard error without allocating memory.  The text must not
** contain a secret. */
void mk_output_emergency(const char *text);

/* Writes the bytes that were held back.  Call this function once, at the end of
** the run.  Returns false with errno set if any output to standard output was
** lost. */
bool mk_output_finish(void);

/* Returns true if the errno value `error` is EPIPE and the run ends because of
** EPIPE: see mk_output_go_on. */
bool mk_output_unread(int error);

#endif
