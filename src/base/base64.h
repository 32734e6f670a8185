/* base64.h - encodes and decodes base64 and base64url (RFC 4648), without
** padding.
**
** lua/base64.c calls this code for scripts, and lua/secret.c for secrets.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BASE64_H
#define MK_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Values for the parameter `last`: the last two characters of the alphabet.
** MK_BASE64 is the standard alphabet (section 4 of RFC 4648).  MK_BASE64_URL is
** the alphabet for URLs and JWTs (section 5). */
#define MK_BASE64 "+/"
#define MK_BASE64_URL "-_"

/* The size of a buffer that can hold the base64 text of `len` bytes. */
#define MK_BASE64_LEN(len) ((len) / 3 * 4 + (len) % 3 * 4 / 3 + 1)

/* Encodes `len` bytes.  `out` must have room for MK_BASE64_LEN(len) characters.
** Returns the number of characters written to `out`. */
size_t mk_base64_encode(const char *bytes, size_t len, const char *last,
                        char *out);

/* Decodes `len` characters of base64 text into `out`, which must have room for
** `len` bytes.  Sets `*out_len` to the number of bytes decoded.  Returns false
** if the text is not valid base64. */
bool mk_base64_decode(const char *text, size_t len, const char *last, char *out,
                      size_t *out_len);

#endif
