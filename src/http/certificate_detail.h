/* certificate_detail.h - the dates and the hosts of a certificate, for people.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CERTIFICATE_DETAIL_H
#define MK_HTTP_CERTIFICATE_DETAIL_H

#include <stddef.h>
#include <stdint.h>

struct mbedtls_x509_crt;

/* Writes what makes plain why mk_certificate_wrong_by_flags says what it says:
** " since 2026-01-31T23:59:59Z", ", it names a.test and 2 more", or "". Nothing
** of it steers a terminal. */
void mk_certificate_detail(const struct mbedtls_x509_crt *crt, uint32_t flags,
                           char *text, size_t size);

#endif
