/* certificate_check.h - reads one certificate and finds out what is wrong with
** it.  verdict.c calls this file for each certificate of a chain.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_CERTIFICATE_CHECK_H
#define MK_HTTP_CERTIFICATE_CHECK_H

#include "http/name_constraints.h"

#include <mbedtls/x509_crt.h>

/* Writes the subject of a certificate for a message, or its first host name if
** the subject is empty.  `size` is the size of `text` in bytes.  The text is
** printable ASCII, and is cut if it is too long. */
void mk_certificate_name(const mbedtls_x509_crt *crt, char *text, size_t size);

/* Writes the name of the issuer of a certificate, in the same way as
** mk_certificate_name. */
void mk_certificate_issuer(const mbedtls_x509_crt *crt, char *text,
                           size_t size);

/* Returns true if the issuer and the subject of the certificate have the same
** DER bytes. */
bool mk_certificate_self_issued(const mbedtls_x509_crt *crt);

/* Returns the subject and the subjectAltName of a certificate. */
struct mk_names mk_certificate_names(const mbedtls_x509_crt *crt);

/* Reads the extension nameConstraints of a certificate into `constraints`.
** Returns false if the certificate has no such extension. */
bool mk_certificate_constraints(const mbedtls_x509_crt *crt,
                                struct mk_der *constraints);

/* Returns the reason why a server may not use this certificate, or NULL if it
** may.  The text is a sentence without its subject: "has ...", "is not ...". */
const char *mk_certificate_wrong_for_server(const mbedtls_x509_crt *crt);

/* Returns the reason why a CA may not use this certificate, or NULL if it
** may. */
const char *mk_certificate_wrong_for_ca(const mbedtls_x509_crt *crt);

/* Returns a text for the flags that mbedTLS set for a certificate
** (MBEDTLS_X509_BADCERT_...), or NULL if no flag is set. */
const char *mk_certificate_wrong_by_flags(const mbedtls_x509_crt *crt,
                                          uint32_t flags);

/* Returns true if the certificate has an RSA key that is shorter than mbedTLS's
** default minimum. */
bool mk_certificate_key_is_short(const mbedtls_x509_crt *crt);

/* Returns false if the authorityKeyIdentifier of `child` names the issuer of
** `ca`, but the real issuer of `ca` has another name.  Otherwise returns
** true. */
bool mk_certificate_names_issuer(const mbedtls_x509_crt *child,
                                 const mbedtls_x509_crt *ca);

/* Returns the reason why mbedTLS does not accept `ca` as the issuer of `child`,
** although `ca` has the name of the issuer.  `above` is the number of
** certificates between `ca` and the server's certificate. */
const char *mk_certificate_not_issuer(const mbedtls_x509_crt *ca,
                                      const mbedtls_x509_crt *child, int above);

#endif
