/* roots_check.c - do the embedded roots verify what the certificates verify
** that they were made from?
**
** Without arguments, counts the roots that cannot be parsed or that have a
** signature, and those that mk_name_hash does not find.  Else judges the chain
*of the first PEM file as a connection does:
** with the embedded roots, then with the roots of the other PEM files.
** SPDX-License-Identifier: MIT */
#include "http/name.h"
#include "http/pem.h"
#include "http/trust_store.h"
#include "http/verdict.h"

#include <mbedtls/ssl.h>
#include <stdio.h>

static bool is_whole(const struct mk_root *root, const unsigned char *der) {
  mbedtls_x509_crt crt;
  mbedtls_x509_crt_init(&crt);
  int error =
      mbedtls_x509_crt_parse_der_nocopy(&crt, der + root->offset, root->length);
  bool whole = !error && crt.raw.len == root->length && !crt.next &&
               !crt.MBEDTLS_PRIVATE(sig).len &&
               mbedtls_pk_get_bitlen(&crt.pk) >= 256;
  mbedtls_x509_crt_free(&crt);
  return whole;
}

/* Is the root where a chain looks for it? */
static bool is_in_place(const struct mk_root *root, const unsigned char *der) {
  size_t len;
  const unsigned char *name =
      mk_der_subject(der + root->offset, root->length, &len);
  struct mk_der subject = {name, name + len};
  return name && mk_name_hash(subject) == root->hash;
}

static int count(void) {
  size_t bad = 0, lost = 0;
  struct mk_trust trust;
  mk_trust_init(&trust);
  if (mk_trust_use_embedded(&trust)) return 2;
  for (size_t i = 0; i < trust.count; i++) {
    bad += !is_whole(&trust.index[i], trust.der);
    lost += !is_in_place(&trust.index[i], trust.der);
  }
  printf("%s, %zu bad, %zu lost\n", trust.count > 100 ? "many" : "few", bad,
         lost);
  mk_trust_clear(&trust);
  return 0;
}

/* Calls what mk_verdict_apply gives mbedTLS. */
static uint32_t judge(mbedtls_x509_crt *chain, struct mk_verdict *v) {
  mbedtls_ssl_config config;
  uint32_t flags = 0;
  mbedtls_ssl_config_init(&config);
  mk_verdict_apply(&config, v);
  mbedtls_x509_crt_verify_with_ca_cb(
      chain, config.MBEDTLS_PRIVATE(f_ca_cb), config.MBEDTLS_PRIVATE(p_ca_cb),
      &mbedtls_x509_crt_profile_default, "localhost", &flags,
      config.MBEDTLS_PRIVATE(f_vrfy), config.MBEDTLS_PRIVATE(p_vrfy));
  mbedtls_ssl_config_free(&config);
  return flags;
}

static bool read_chain(mbedtls_x509_crt *chain, const char *path) {
  struct mk_buf text;
  mk_buf_init(&text, 1 << 20);
  mbedtls_x509_crt_init(chain);
  bool read = !mk_buf_read_file(&text, path, NULL) &&
              !mbedtls_x509_crt_parse(chain, (const unsigned char *)text.data,
                                      text.len + 1);
  mk_buf_free(&text);
  return read;
}

/* Prints the verdict.  Returns false if the file cannot be read. */
static bool say(const char *what, const struct mk_trust *trust,
                const char *path) {
  struct mk_verdict verdict = {.trust = trust};
  mbedtls_x509_crt chain;
  if (!read_chain(&chain, path)) return false;
  uint32_t flags = judge(&chain, &verdict);
  printf("%s: %s%s\n", what, flags ? "" : "trusted", verdict.wrong);
  mbedtls_x509_crt_free(&chain);
  return true;
}

int main(int argc, char **argv) {
  if (argc < 3) return count();
  struct mk_trust embedded, whole;
  mk_trust_init(&embedded);
  if (mk_trust_use_embedded(&embedded)) return 2;
  mk_trust_init(&whole);
  for (int i = 2; i < argc; i++)
    if (mk_trust_add_file(&whole, argv[i], NULL)) return 2;
  mk_trust_use_own(&whole);
  bool read =
      say("embedded", &embedded, argv[1]) && say("whole", &whole, argv[1]);
  mk_trust_clear(&whole);
  mk_trust_clear(&embedded);
  return read ? 0 : 2;
}
