/* verdict.h - whether a server is believed, and why not.
**
** mbedTLS builds the chain of certificates and checks names, signatures, dates
** and keys; what certificates are meant for, and which names a CA may give, is
** checked here, over the whole chain.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_VERDICT_H
#define MK_HTTP_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

struct mbedtls_x509_crt;
struct mk_trust;

/* The server's own certificate, for people to look at. */
struct mk_certificate {
  char expires[24]; /* "2026-12-31T23:59:59Z"; "" when none was seen */
  char issuer[256]; /* "C=NO, O=Example, CN=Example Root" */
};

#define MK_MAX_CHAIN 10 /* as in mbedTLS: the server's, eight, and a root */

/* One certificate of a chain, and what mbedTLS says of it. */
struct mk_link {
  struct mbedtls_x509_crt *crt;
  uint32_t flags; /* MBEDTLS_X509_BADCERT_... */
};

/* What a handshake leaves behind, for its error message most of all. */
struct mk_verdict {
  const struct mk_trust *trust;
  struct mk_certificate certificate;
  struct mk_link chain[MK_MAX_CHAIN]; /* while it is looked at */
  int length;
  bool believed;   /* the server showed a chain that is all right */
  char wrong[384]; /* or else the reason; "" */
};

/* Makes an mbedtls_ssl_config ask the store of `v`, refuse TLS below 1.2,
** SHA-1 signatures and short keys, and note in `v` what is wrong.  `v` has to
** live until the handshake is over, its store as long as the connection. */
void mk_verdict_apply(void *ssl_config, struct mk_verdict *v);

/* After the handshake of an mbedtls_ssl_context: was HTTP/2 agreed upon? */
bool mk_verdict_speaks_http2(const void *ssl);

#endif
