/* client_cert.c - reads and checks a client certificate and its key.
**
** libcurl reuses a connection for another request if both requests have the
** same certificate.  libcurl does not compare the keys.  So this file appends a
** hash of the key to the certificate.  Then libcurl opens another connection
** for another key.
** SPDX-License-Identifier: MIT */
#include "http/client_cert.h"

#include "base/redact_fit.h"

#include <errno.h>
#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/x509_crt.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>

#define MAX_PEM (1u << 20)

static const char no_memory[] = "not enough memory";

/* Reads a PEM file into `b`.  Returns what is wrong with the file, or NULL. */
static const char *read_pem(struct mk_buf *b, const char *path) {
  mk_buf_init(b, MAX_PEM);
  int error = mk_buf_read_file(b, path, NULL);
  if (error) return error == ENOMEM ? no_memory : strerror(error);
  bool pem = b->data && strstr(b->data, "-----BEGIN ");
  return pem ? NULL : "not a PEM file";
}

/* Returns true if mbedTLS was out of memory.  An mbedTLS error may be the sum
** of a high-level and a low-level error. */
static bool is_memory(int error) {
  int high = -(-error & 0x7f80), low = -(-error & 0x7f);
  return error < 0 && (high == MBEDTLS_ERR_X509_ALLOC_FAILED ||
                       high == MBEDTLS_ERR_PK_ALLOC_FAILED ||
                       high == MBEDTLS_ERR_ECP_ALLOC_FAILED ||
                       high == MBEDTLS_ERR_PEM_ALLOC_FAILED ||
                       low == MBEDTLS_ERR_MPI_ALLOC_FAILED ||
                       low == MBEDTLS_ERR_ASN1_ALLOC_FAILED ||
                       error == PSA_ERROR_INSUFFICIENT_MEMORY);
}

/* Returns the message for an mbedTLS error, or NULL for 0.  The message is
** `words` unless mbedTLS was out of memory. */
static const char *fault(int error, const char *words) {
  if (!error) return NULL;
  return is_memory(error) ? no_memory : words;
}

static const char *check_key(struct mk_client_cert *id, mbedtls_x509_crt *crt,
                             mbedtls_pk_context *key) {
  const unsigned char *text = (const unsigned char *)id->key.data;
  const char *wrong = fault(psa_crypto_init(), "no randomness");
  if (!wrong)
    wrong = fault(mbedtls_pk_parse_key(key, text, id->key.len + 1, NULL, 0,
                                       mbedtls_psa_get_random,
                                       MBEDTLS_PSA_RANDOM_STATE),
                  "no private key in it, or one with a password");
  if (!wrong)
    wrong = fault(mbedtls_pk_check_pair(&crt->pk, key, mbedtls_psa_get_random,
                                        MBEDTLS_PSA_RANDOM_STATE),
                  "the key does not belong to the certificate");
  return wrong;
}

/* Checks that the key belongs to the certificate.  Returns what is wrong, or
** NULL.  libcurl would report only an error number, and leaks memory if the key
** does not belong to the certificate. */
static const char *check_pair(struct mk_client_cert *id) {
  const unsigned char *text = (const unsigned char *)id->cert.data;
  mbedtls_x509_crt crt;
  mbedtls_pk_context key;
  mbedtls_x509_crt_init(&crt);
  mbedtls_pk_init(&key);
  const char *wrong =
      fault(mbedtls_x509_crt_parse(&crt, text, id->cert.len + 1),
            "no certificate in it, or a malformed one");
  if (!wrong) wrong = check_key(id, &crt, &key);
  mbedtls_pk_free(&key);
  mbedtls_x509_crt_free(&crt);
  return wrong;
}

/* Appends the hash of the key to the certificate.  Returns what is wrong, or
** NULL. */
static const char *add_mark(struct mk_client_cert *id) {
  unsigned char hash[32];
  char mark[2 * sizeof hash + 2] = "\n";
  const unsigned char *key = (const unsigned char *)id->key.data;
  if (mbedtls_sha256(key, id->key.len, hash, 0)) return no_memory;
  for (size_t i = 0; i < sizeof hash; i++)
    snprintf(mark + 1 + 2 * i, 3, "%02x", hash[i]);
  if (mk_buf_puts(&id->cert, mark)) return NULL;
  return mk_buf_why(&id->cert, strlen(mark)) == EFBIG ? "too large" : no_memory;
}

static const char *fail(char *error, size_t size, const char *place,
                        const char *path, const char *wrong) {
  mk_redact_print(error, size, "%s%s: %s", place, path, wrong);
  return wrong == no_memory ? "memory" : "tls";
}

const char *mk_client_cert_load(struct mk_client_cert *id, const char *cert,
                                const char *key, char *error, size_t size) {
  const char *wrong = read_pem(&id->cert, cert);
  if (wrong) return fail(error, size, "", cert, wrong);
  wrong = read_pem(&id->key, key);
  if (wrong) return fail(error, size, "", key, wrong);
  wrong = check_pair(id);
  if (!wrong) wrong = add_mark(id);
  return wrong ? fail(error, size, "client certificate ", cert, wrong) : NULL;
}

void mk_client_cert_free(struct mk_client_cert *id) {
  /* the file of the certificate may also contain the key */
  mk_buf_wipe(&id->cert);
  mk_buf_wipe(&id->key);
  mk_buf_free(&id->cert);
  mk_buf_free(&id->key);
}
