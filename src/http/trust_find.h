/* trust_find.h - finds certificates in the trust store.  mbedTLS and verdict.c
** call this file while they check the certificate chain of a server.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_FIND_H
#define MK_HTTP_TRUST_FIND_H

#include <stdbool.h>

struct mbedtls_x509_crt;
struct mk_trust;

/* mbedTLS calls this function.  Sets `answer` to a list of the certificates of
** the store that may have signed `child`, or to NULL.  mbedTLS frees the list.
** A certificate with another name but the same hash does no harm, because
** mbedTLS compares the names.  `trust` is a struct mk_trust.  Returns 0 or an
** mbedTLS error. */
int mk_trust_issuers(void *trust, const struct mbedtls_x509_crt *child,
                     struct mbedtls_x509_crt **answer);

/* Returns true if the store contains this certificate.  Its signature is not
** compared. */
bool mk_trust_holds(const struct mk_trust *t,
                    const struct mbedtls_x509_crt *crt);

#endif
