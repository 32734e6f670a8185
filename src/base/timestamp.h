/* timestamp.h - formats and parses timestamps.
**
** lua/sys.c makes the functions available to Lua scripts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_TIMESTAMP_H
#define MK_BASE_TIMESTAMP_H

#include <stdbool.h>

/* Size of the buffer for mk_timestamp_format, in bytes. */
#define MK_MOMENT_SIZE 32

/* Writes a timestamp such as "2026-11-22T00:54:09Z" to `text`.  `seconds` is
** the time since 1970 (Unix time); fractions of a second are dropped.  Returns
** false if the year does not have four digits. */
bool mk_timestamp_format(double seconds, char text[MK_MOMENT_SIZE]);

/* Parses a timestamp and sets `*seconds` to the Unix time.  Accepts RFC 3339,
** such as "2026-11-22T00:54:09.5+01:00", and HTTP dates, such as "Sun, 22 Nov
** 2026 00:54:09 GMT".  Returns false for any other text. */
bool mk_timestamp_parse(const char *text, double *seconds);

#endif
