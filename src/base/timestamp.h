/* timestamp.h - points in time as text.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_TIMESTAMP_H
#define MK_BASE_TIMESTAMP_H

#include <stdbool.h>

#define MK_MOMENT_SIZE 32

/* Writes "2026-11-22T00:54:09Z"; parts of a second are dropped.  False when
** the year has not four digits. */
bool mk_timestamp_format(double seconds, char text[MK_MOMENT_SIZE]);

/* Reads RFC 3339, "2026-11-22T00:54:09.5+01:00", or the date of an HTTP
** header, "Sun, 22 Nov 2026 00:54:09 GMT".  False for anything else. */
bool mk_timestamp_parse(const char *text, double *seconds);

#endif
