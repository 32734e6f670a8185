/* option_value.h - parses numbers on the command line.
**
** host/options.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_VALUE_H
#define MK_HOST_OPTION_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/* Each function returns false if the text is not such a number. */

/* A finite number above zero. */
bool mk_value_seconds(const char *text, double *seconds);

/* A whole number from 1 to 1000000. */
bool mk_value_count(const char *text, size_t *count);

/* A number of bytes above zero, such as "256M". */
bool mk_value_size(const char *text, size_t *size);

#endif
