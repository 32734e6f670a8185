/* utf8.h - checks that bytes are UTF-8.
**
** json/scan.c, lua/json.c, lua/json_fault.c and control.c call it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_UTF8_H
#define MK_BASE_UTF8_H

#include <stddef.h>

/* Returns the length in bytes of the longest prefix of `text` that is valid
** UTF-8.  The result is `len` if all of `text` is valid. */
size_t mk_utf8_span(const char *text, size_t len);

/* Skips characters of two or more bytes in valid UTF-8, from `p` on.  Returns a
** pointer to the first ASCII byte or the first byte of invalid UTF-8, or `end`
** if there is none. */
const char *mk_utf8_skip_wide(const char *p, const char *end);

#endif
