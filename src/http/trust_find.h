/* trust_find.h - which certificates of a store a server's chain may end in.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_TRUST_FIND_H
#define MK_HTTP_TRUST_FIND_H

#include <stdbool.h>

struct mbedtls_x509_crt;
struct mk_trust;

/* For mbedTLS, which asks who may have signed `child`, and frees the answer.  A
** wrong guess (two names with one hash) is harmless, it compares names itself.
*/
int mk_trust_issuers(void *trust, const struct mbedtls_x509_crt *child,
                     struct mbedtls_x509_crt **answer);

/* Is this very certificate in the store? */
bool mk_trust_holds(const struct mk_trust *t,
                    const struct mbedtls_x509_crt *crt);

#endif
