/* verdict.h - decides whether a server's certificate is accepted, and says why
** not.  request_setup.c calls this for each TLS handshake.
**
** mbedTLS builds the chain of certificates and checks names, signatures, dates
** and keys.  This file checks the purpose of each certificate and the name
** constraints of each CA, over the whole chain.
** SPDX-License-Identifier: MIT */
#ifndef MK_HTTP_VERDICT_H
#define MK_HTTP_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

struct mbedtls_x509_crt;
struct mk_trust;

/* What a response tells the script about the server's certificate. */
struct mk_certificate {
  char expires[24]; /* "2026-12-31T23:59:59Z"; "" if none was received */
  char issuer[256]; /* "C=NO, O=Example, CN=Example Root" */
};

/* The limit of mbedTLS: the server's certificate, eight others and a root. */
#define MK_MAX_CHAIN 10

/* One certificate of a chain, and its flags from mbedTLS. */
struct mk_link {
  struct mbedtls_x509_crt *crt;
  uint32_t flags; /* MBEDTLS_X509_BADCERT_... */
};

/* The result of a handshake. */
struct mk_verdict {
  const struct mk_trust *trust; /* set by the caller */
  struct mk_certificate certificate;
  struct mk_link chain[MK_MAX_CHAIN]; /* the chain, during the check */
  int length;                         /* certificates in the chain */
  bool believed;                      /* the server's chain was accepted */
  char wrong[384];                    /* why the chain was refused, or "" */
};

/* Makes an mbedtls_ssl_config check the server's certificate with v->trust and
** write the result into `v`.  Also refuses TLS below 1.2, SHA-1 signatures and
** short keys.  `v` must be valid until the handshake ends, and v->trust as long
** as the connection. */
void mk_verdict_apply(void *ssl_config, struct mk_verdict *v);

/* Returns true if the handshake chose HTTP/2.  `ssl` is an mbedtls_ssl_context
** after the handshake. */
bool mk_verdict_speaks_http2(const void *ssl);

#endif
