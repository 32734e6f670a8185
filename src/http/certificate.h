/* certificate.h - what a certificate says of itself, and what is wrong with it.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CERTIFICATE_H
#define MK_HTTP_CERTIFICATE_H

#include "http/name_constraints.h"

#include <mbedtls/x509_crt.h>

/* Who it is, for a message: its subject, or else the first name of a host that
** it has.  Nothing but printable ASCII, and cut when it is long. */
void mk_certificate_name(const mbedtls_x509_crt *crt, char *text, size_t size);
void mk_certificate_issuer(const mbedtls_x509_crt *crt, char *text,
                           size_t size);

bool mk_certificate_self_issued(const mbedtls_x509_crt *crt);

/* Its own names; and its nameConstraints, false when it has none. */
struct mk_names mk_certificate_names(const mbedtls_x509_crt *crt);
bool mk_certificate_constraints(const mbedtls_x509_crt *crt,
                                struct mk_der *constraints);

/* What makes it unfit for the server itself, or for one that signed another:
** "has ...", "is not ...", or NULL. */
const char *mk_certificate_wrong_for_server(const mbedtls_x509_crt *crt);
const char *mk_certificate_wrong_for_ca(const mbedtls_x509_crt *crt);

/* The same for flags of mbedTLS (MBEDTLS_X509_BADCERT_...). */
const char *mk_certificate_wrong_by_flags(const mbedtls_x509_crt *crt,
                                          uint32_t flags);

bool mk_certificate_key_is_short(const mbedtls_x509_crt *crt);

/* Does the child say of `ca` by whom that one is, and say it right?  True, too,
** when it says nothing. */
bool mk_certificate_names_issuer(const mbedtls_x509_crt *child,
                                 const mbedtls_x509_crt *ca);

/* Why mbedTLS does not take `ca`, whose name is that of the issuer, for the
** issuer of `child`; `above` counts the certificates between it and the
** server's own. */
const char *mk_certificate_not_issuer(const mbedtls_x509_crt *ca,
                                      const mbedtls_x509_crt *child, int above);

#endif
