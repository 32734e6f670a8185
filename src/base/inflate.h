/* inflate.h - decompresses what vendor/bytes.lua compressed when the program
 *was
 ** built.
 ** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_INFLATE_H
#define MK_BASE_INFLATE_H

#include <stdbool.h>
#include <stddef.h>

/* Decompresses a raw deflate stream (RFC 1951), `len` bytes, to exactly
** `out_len` bytes at `out`.  Returns false if out of memory. */
bool mk_inflate(const void *packed, size_t len, void *out, size_t out_len);

#endif
