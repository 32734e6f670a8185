/* base64url.h - the text form of bytes in a JWT (RFC 4648, section 5).
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BASE64URL_H
#define MK_BASE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

/* Decodes `len` characters, without padding, into `out`, which has room for
** `len` bytes.  False when a character does not belong there. */
bool mk_base64url_decode(const char *text, size_t len, char *out,
                         size_t *out_len);

#endif
