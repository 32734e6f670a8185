/* trust.h - whom to believe about the name of a server.
**
** The first that is there: the file asked for (--cacert); the file named by
** SSL_CERT_FILE with the folders named by SSL_CERT_DIR; the system's bundle;
*the
** system's folder; the roots inside the binary.
** SPDX-License-Identifier: MIT */
#ifndef MK_TRUST_H
#define MK_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mk_trust; /* opaque: certificates as DER, indexed by subject */

/* Reads and indexes; no certificate is parsed before it is asked for.  NULL
** with a sentence in `error` when a file that was asked for is no good. */
struct mk_trust *mk_trust_new(const char *cacert, char *error, size_t size);

void mk_trust_free(struct mk_trust *t);

/* "file ca.pem", "system /etc/...", "embedded roots"; for messages. */
const char *mk_trust_name(const struct mk_trust *t);

/* Writes which store is in force and how many roots it has; false, and then
** the text says what is wrong, when it cannot be used. */
bool mk_trust_describe(const char *cacert, char *text, size_t size);

/* The server's own certificate, for people to look at. */
struct mk_certificate {
  char expires[24]; /* "2026-12-31T23:59:59Z"; "" when none was seen */
  char issuer[256]; /* "C=NO, O=Example, CN=Example Root" */
};

/* What a handshake leaves behind, for its error message most of all. */
struct mk_verdict {
  const struct mk_trust *trust;
  struct mk_certificate certificate;
  uint32_t flags; /* MBEDTLS_X509_BADCERT_..., of all certificates */
  bool issuer;    /* a flag was about another than the server's own */
};

/* Makes an mbedtls_ssl_config ask this store, refuse TLS below 1.2, SHA-1
** signatures and short keys, and note in `v` what is wrong.  `v` has to live
** until the handshake is over, its store as long as the connection. */
void mk_trust_apply(void *ssl_config, struct mk_verdict *v);

/* After the handshake of an mbedtls_ssl_context: was HTTP/2 agreed upon? */
bool mk_trust_speaks_http2(const void *ssl);

/* Puts the verdict into words; false when there is nothing to say. */
bool mk_trust_explain(const struct mk_verdict *v, char *text, size_t size);

#endif
