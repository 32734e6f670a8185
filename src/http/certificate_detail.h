/* certificate_detail.h - writes dates and hosts of a certificate for a message.
** verdict.c calls this file.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CERTIFICATE_DETAIL_H
#define MK_HTTP_CERTIFICATE_DETAIL_H

#include <stddef.h>
#include <stdint.h>

struct mbedtls_x509_crt;

/* Writes the detail that follows the text of mk_certificate_wrong_by_flags in a
** message: " since 2026-01-31T23:59:59Z", ", it names a.test and 2 more", or
** "".  `size` is the size of `text` in bytes.  The text contains no control
** characters. */
void mk_certificate_detail(const struct mbedtls_x509_crt *crt, uint32_t flags,
                           char *text, size_t size);

#endif
