/* verdict.h - decides whether a server's certificate is accepted, and writes
** the reason if it is not.  request_setup.c calls this file for each TLS
** handshake.
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

/* The facts about the server's certificate that a script can read in a
** response. */
struct mk_certificate {
  /* such as "2026-12-31T23:59:59Z"; "" if no certificate was received */
  char expires[24];
  char issuer[256]; /* such as "C=NO, O=Example, CN=Example Root" */
};

/* The maximum length of a chain in mbedTLS: the server's certificate, eight
** other certificates and a root. */
#define MK_MAX_CHAIN 10

/* One certificate of a chain, and its flags from mbedTLS. */
struct mk_link {
  struct mbedtls_x509_crt *crt;
  uint32_t flags; /* flags MBEDTLS_X509_BADCERT_... */
};

/* The result of a handshake. */
struct mk_verdict {
  const struct mk_trust *trust; /* trust store; the caller sets this field */
  struct mk_certificate certificate;
  /* certificates of the chain; empty after the check */
  struct mk_link chain[MK_MAX_CHAIN];
  int length;      /* number of certificates in the chain */
  bool believed;   /* mkrun accepted the server's certificate chain */
  char wrong[384]; /* reason why the chain was refused, or "" */
};

/* Sets up an mbedtls_ssl_config so that the handshake checks the server's
** certificate with v->trust and writes the result into `v`.  Also refuses TLS
** below 1.2, SHA-1 signatures and short keys.  `v` must be valid until the
** handshake ends, and v->trust must be valid as long as the connection. */
void mk_verdict_apply(void *ssl_config, struct mk_verdict *v);

/* Returns true if the handshake chose HTTP/2.  `ssl` is an mbedtls_ssl_context
** after the handshake. */
bool mk_verdict_speaks_http2(const void *ssl);

#endif
