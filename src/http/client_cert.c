/* client_cert.c - a client certificate and its key.
**
** libcurl reuses a connection for another request when the certificate is the
** same, and does not look at the key.  So the certificate that it sees ends
** with a line made from the key: one identity, one set of connections.
** SPDX-License-Identifier: MIT */
#include "http/client_cert.h"

#include "base/redact.h"

#include <errno.h>
#include <mbedtls/pk.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>

#define MAX_PEM (1u << 20)

static bool read_pem(struct mk_buf *b, const char *path, char *error,
                     size_t size) {
  mk_buf_init(b, MAX_PEM);
  bool ok = mk_buf_read_file(b, path, NULL);
  if (!ok)
    mk_redact_print(error, size, "%s: %s", path, strerror(errno));
  else if (!(ok = b->data && strstr(b->data, "-----BEGIN ")))
    mk_redact_print(error, size, "%s: not a PEM file", path);
  return ok;
}

static const char *check_key(struct mk_client_cert *id, mbedtls_x509_crt *crt,
                             mbedtls_pk_context *key) {
  const unsigned char *text = (const unsigned char *)id->key.data;
  if (psa_crypto_init()) return "no randomness";
  if (mbedtls_pk_parse_key(key, text, id->key.len + 1, NULL, 0,
                           mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE))
    return "no private key without a password in it";
  if (mbedtls_pk_check_pair(&crt->pk, key, mbedtls_psa_get_random,
                            MBEDTLS_PSA_RANDOM_STATE))
    return "the key does not belong to the certificate";
  return NULL;
}

/* What is wrong, or NULL.  libcurl's own words would be a number, and it
** loses memory when it finds a fault. */
static const char *check_pair(struct mk_client_cert *id) {
  const unsigned char *text = (const unsigned char *)id->cert.data;
  const char *wrong = NULL;
  mbedtls_x509_crt crt;
  mbedtls_pk_context key;
  mbedtls_x509_crt_init(&crt);
  mbedtls_pk_init(&key);
  if (mbedtls_x509_crt_parse(&crt, text, id->cert.len + 1))
    wrong = "no certificate in it, or a malformed one";
  else
    wrong = check_key(id, &crt, &key);
  mbedtls_pk_free(&key);
  mbedtls_x509_crt_free(&crt);
  return wrong;
}

static bool add_mark(struct mk_client_cert *id) {
  unsigned char hash[32];
  char mark[2 * sizeof hash + 1];
  const unsigned char *key = (const unsigned char *)id->key.data;
  if (mbedtls_sha256(key, id->key.len, hash, 0)) return false;
  for (size_t i = 0; i < sizeof hash; i++)
    snprintf(mark + 2 * i, 3, "%02x", hash[i]);
  return mk_buf_puts(&id->cert, "\n") && mk_buf_puts(&id->cert, mark);
}

bool mk_client_cert_load(struct mk_client_cert *id, const char *cert,
                         const char *key, char *error, size_t size) {
  if (!read_pem(&id->cert, cert, error, size) ||
      !read_pem(&id->key, key, error, size))
    return false;
  const char *wrong = check_pair(id);
  if (!wrong && !add_mark(id)) wrong = "too large";
  if (wrong)
    mk_redact_print(error, size, "client certificate %s: %s", cert, wrong);
  return !wrong;
}

void mk_client_cert_free(struct mk_client_cert *id) {
  mk_buf_wipe(&id->cert); /* it may hold the key, too */
  mk_buf_wipe(&id->key);
  mk_buf_free(&id->cert);
  mk_buf_free(&id->key);
}
