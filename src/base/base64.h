/* base64.h - bytes that have to be text (RFC 4648).
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BASE64_H
#define MK_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The last two letters: of section 4, and of section 5, as in a JWT. */
#define MK_BASE64 "+/"
#define MK_BASE64_URL "-_"

/* Room for the letters of `len` bytes, without padding. */
#define MK_BASE64_LEN(len) ((len) / 3 * 4 + (len) % 3 * 4 / 3 + 1)

/* Writes the letters of `len` bytes, without padding, to `out`; how many. */
size_t mk_base64_encode(const char *bytes, size_t len, const char *last,
                        char *out);

/* Decodes `len` letters, without padding, into `out`, which has room for `len`
** bytes.  False when a letter does not belong there. */
bool mk_base64_decode(const char *text, size_t len, const char *last, char *out,
                      size_t *out_len);

#endif
