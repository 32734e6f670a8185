/* base64url.h - decodes base64url (RFC 4648, section 5).
**
** lua/secret.c reads the payload of a JWT with it.
** SPDX-License-Identifier: MIT */
#ifndef MK_BASE_BASE64URL_H
#define MK_BASE_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>

/* Decodes `len` characters without padding into `out`, which must have room for
** `len` bytes.  False when a character is not base64url. */
bool mk_base64url_decode(const char *text, size_t len, char *out,
                         size_t *out_len);

#endif
