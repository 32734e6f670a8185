/* utf8.h - checks that bytes are UTF-8.
**
** The JSON code and control.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_UTF8_H
#define MK_BASE_UTF8_H

#include <stddef.h>

/* Returns the length of the longest valid UTF-8 prefix of `text`; it is `len`
** if all of `text` is valid. */
size_t mk_utf8_span(const char *text, size_t len);

/* Skips valid multi-byte sequences.  Returns `end`, or a pointer to an ASCII
** byte or to invalid UTF-8. */
const char *mk_utf8_skip_wide(const char *p, const char *end);

#endif
