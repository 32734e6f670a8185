/* utf8.h - which bytes are UTF-8.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_UTF8_H
#define MK_BASE_UTF8_H

#include <stddef.h>

/* The bytes at the start of `text` that are UTF-8: `len` when all are. */
size_t mk_utf8_span(const char *text, size_t len);

/* Moves over well-formed sequences above ASCII.  What it returns is `end`, an
** ASCII byte, or the first byte of what is no UTF-8. */
const char *mk_utf8_skip_wide(const char *p, const char *end);

#endif
