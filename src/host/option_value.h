/* option_value.h - numbers on the command line.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_VALUE_H
#define MK_HOST_OPTION_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/* Each is false when the text is something else. */

/* More than zero, and finite. */
bool mk_value_seconds(const char *text, double *seconds);

/* A whole number from 1 to a million. */
bool mk_value_count(const char *text, size_t *count);

/* Bytes, as in "256M"; more than zero. */
bool mk_value_size(const char *text, size_t *size);

#endif
