/* trust_find.c - finds certificates in the trust store.
** SPDX-License-Identifier: MIT */
#include "http/trust_find.h"

#include "http/name.h"
#include "http/trust_store.h"

#include <mbedtls/platform.h>
#include <mbedtls/x509_crt.h>

static uint32_t hash_of(const mbedtls_x509_buf *name) {
  return mk_name_hash((struct mk_der){name->p, name->p + name->len});
}

/* Returns the position of the first entry with this hash.  If there is none,
** returns the position of the first entry with a greater hash. */
static size_t find(const struct mk_trust *t, uint32_t hash) {
  size_t low = 0, high = t->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (t->index[middle].hash < hash)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

int mk_trust_issuers(void *trust, const mbedtls_x509_crt *child,
                     mbedtls_x509_crt **answer) {
  const struct mk_trust *t = trust;
  uint32_t hash = hash_of(&child->issuer_raw);
  mbedtls_x509_crt *chain = NULL;
  *answer = NULL;
  for (size_t i = find(t, hash); i < t->count && t->index[i].hash == hash;
       i++) {
    if (!chain) {
      chain = mbedtls_calloc(1, sizeof *chain);
      if (!chain) return MBEDTLS_ERR_X509_ALLOC_FAILED;
      mbedtls_x509_crt_init(chain);
    }
    /* If mbedTLS cannot parse a certificate, the certificate is skipped. */
    mbedtls_x509_crt_parse_der_nocopy(chain, t->der + t->index[i].offset,
                                      t->index[i].length);
  }
  *answer = chain;
  return 0;
}

/* Returns true if the certificates differ at most in their signature, which an
** embedded root does not have. */
static bool is_same(struct mk_der certificate, const mbedtls_x509_crt *crt) {
  struct mk_der parts, fields;
  if (!mk_der_read(&certificate, MK_DER_SEQUENCE, &parts)) return false;
  struct mk_der said = {parts.at, parts.at};
  if (!mk_der_read(&parts, MK_DER_SEQUENCE, &fields)) return false;
  said.end = fields.end;
  return mk_der_is(&said, crt->tbs.p, crt->tbs.len);
}

bool mk_trust_holds(const struct mk_trust *t, const mbedtls_x509_crt *crt) {
  uint32_t hash = hash_of(&crt->subject_raw);
  for (size_t i = find(t, hash); i < t->count && t->index[i].hash == hash;
       i++) {
    const unsigned char *der = t->der + t->index[i].offset;
    if (is_same((struct mk_der){der, der + t->index[i].length}, crt))
      return true;
  }
  return false;
}
