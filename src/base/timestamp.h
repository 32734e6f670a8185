/* timestamp.h - formats and parses timestamps.
**
** lua/sys.c calls it for scripts.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_TIMESTAMP_H
#define MK_BASE_TIMESTAMP_H

#include <stdbool.h>

#define MK_MOMENT_SIZE 32

/* Writes "2026-11-22T00:54:09Z"; fractions of a second are dropped.  False if
** the year does not have four digits. */
bool mk_timestamp_format(double seconds, char text[MK_MOMENT_SIZE]);

/* Parses RFC 3339, "2026-11-22T00:54:09.5+01:00", or an HTTP date, "Sun, 22 Nov
** 2026 00:54:09 GMT".  False for anything else. */
bool mk_timestamp_parse(const char *text, double *seconds);

#endif
