/* option_value.h - parses values of options: numbers, and NAME=VALUE.
**
** host/options.c calls it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HOST_OPTION_VALUE_H
#define MK_HOST_OPTION_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/* Returns the VALUE of NAME=VALUE, and sets `*name_len` to the length of NAME.
** Returns NULL for any other text.  NAME is a provider's: a small letter, then
** small letters, digits and "_". */
const char *mk_value_named(const char *text, size_t *name_len);

/* Parses a number of seconds: a finite number above zero.  Returns false for
** any other text. */
bool mk_value_seconds(const char *text, double *seconds);

/* Parses a whole number from 1 to 1000000.  Returns false for any other
** text. */
bool mk_value_count(const char *text, size_t *count);

/* Parses a number of bytes above zero, such as "256M"; the units are k, M and
** G.  Returns false for any other text. */
bool mk_value_size(const char *text, size_t *size);

#endif
