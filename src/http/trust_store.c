/* trust_store.c - a store of trusted certificates that is filled from files.
** SPDX-License-Identifier: MIT */
#include "http/trust_store.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/lack.h"
#include "http/name.h"
#include "http/pem.h"

#include <errno.h>
#include <mbedtls/x509_crt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* limit in bytes for all PEM text, and for all DER */
#define MAX_STORE (16u << 20)
#define SOME_ROOTS 256 /* number of entries that are allocated at a time */

void mk_trust_init(struct mk_trust *t) {
  *t = (struct mk_trust){0};
  mk_buf_init(&t->own_der, MAX_STORE);
}

void mk_trust_clear(struct mk_trust *t) {
  free(t->own_index);
  t->own_index = NULL;
  t->count = t->read = 0;
  mk_buf_free(&t->own_der);
}

static uint32_t hash_of(const unsigned char *name, size_t len) {
  return mk_name_hash((struct mk_der){name, name + len});
}

static int by_hash(const void *a, const void *b) {
  const struct mk_root *x = a, *y = b;
  return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Adds the last certificate of the buffer, which begins at `offset`, to the
** index.  Returns false if the certificate is malformed. */
static bool add_root(struct mk_trust *t, size_t offset) {
  const unsigned char *der = (const unsigned char *)t->own_der.data + offset;
  size_t len = t->own_der.len - offset, subject_len;
  const unsigned char *subject = mk_der_subject(der, len, &subject_len);
  if (!subject) return false;
  t->own_index[t->count++] = (struct mk_root){hash_of(subject, subject_len),
                                              (uint32_t)offset, (uint32_t)len};
  return true;
}

static bool room_for_root(struct mk_trust *t) {
  if (t->count % SOME_ROOTS != 0) return true;
  size_t size = (t->count + SOME_ROOTS) * sizeof *t->own_index;
  struct mk_root *index = realloc(t->own_index, size);
  if (index) t->own_index = index;
  return index;
}

const char mk_trust_no_memory[] = "not enough memory";
static const char too_large[] = "too large for a store of certificates";
/* reading a pipe or a device may never end */
static const char irregular[] = "not a regular file";
static const char malformed[] = "a certificate in it is malformed";
const char mk_trust_none_in_file[] = "no PEM certificate in it";

const char *mk_trust_why(struct mk_trust *t, int error) {
  if (mk_lack(error)) t->lack = error;
  if (error == ENOMEM) return mk_trust_no_memory;
  return error == EFBIG ? too_large : mk_file_why(error);
}

bool mk_trust_is_fatal(const char *wrong) {
  return wrong == mk_trust_no_memory || wrong == too_large;
}

/* Returns the reason why no certificate was found in a PEM text.  mkrun does
** not read OpenSSL's TRUSTED CERTIFICATE, because such a certificate is trusted
** only for some purposes, which mkrun does not evaluate. */
static const char *none_in(const char *text) {
  return strstr(text, "-----BEGIN TRUSTED CERTIFICATE-----")
             ? "only TRUSTED CERTIFICATE in it, which is not read"
             : mk_trust_none_in_file;
}

/* Adds all certificates of a PEM text, including the certificates after a
** malformed one.  Returns what is wrong, or NULL. */
static const char *add_pem(struct mk_trust *t, const char *text) {
  const char *wrong = NULL, *at = text;
  size_t before = t->count;
  for (;;) {
    size_t offset = t->own_der.len;
    if (!room_for_root(t)) return mk_trust_why(t, ENOMEM);
    enum mk_pem found = mk_pem_next(&at, &t->own_der);
    if (found == MK_PEM_END) break;
    if (found == MK_PEM_NO_MEMORY) return mk_trust_why(t, ENOMEM);
    if (found == MK_PEM_TOO_LARGE) return too_large;
    if (found == MK_PEM_FOUND && add_root(t, offset)) continue;
    t->own_der.len = offset;
    wrong = malformed;
  }
  return wrong || t->count > before ? wrong : none_in(text);
}

static const char *wrong_kind(const char *path) {
  struct stat st;
  if (stat(path, &st) != 0) return strerror(errno);
  if (S_ISDIR(st.st_mode)) return strerror(EISDIR);
  return S_ISREG(st.st_mode) ? NULL : irregular;
}

const char *mk_trust_add_file(struct mk_trust *t, const char *path,
                              int (*check)(int fd)) {
  struct mk_buf text;
  const char *kind = wrong_kind(path);
  if (kind) return kind;
  mk_buf_init(&text, MAX_STORE - t->read);
  int error = mk_buf_read_file(&text, path, check);
  if (error) {
    mk_buf_free(&text);
    return mk_trust_why(t, error);
  }
  t->read += text.len;
  const char *wrong = add_pem(t, text.data ? text.data : "");
  if (!wrong && strlen(text.data) < text.len)
    wrong = "it has text after a NUL byte"; /* add_pem stopped at the NUL */
  mk_buf_free(&text);
  return wrong;
}

static bool same(const struct mk_trust *t, const struct mk_root *a,
                 const struct mk_root *b) {
  const char *der = t->own_der.data;
  return a->hash == b->hash && a->length == b->length &&
         !memcmp(der + a->offset, der + b->offset, a->length);
}

/* Returns true if one of the entries just before `count` is the same
** certificate as `entry`.  Only entries with the same hash are compared. */
static bool seen_before(const struct mk_trust *t, size_t count,
                        const struct mk_root *entry) {
  while (count-- > 0 && t->own_index[count].hash == entry->hash)
    if (same(t, &t->own_index[count], entry)) return true;
  return false;
}

void mk_trust_use_own(struct mk_trust *t) {
  size_t count = 0;
  qsort(t->own_index, t->count, sizeof *t->own_index, by_hash);
  for (size_t i = 0; i < t->count; i++)
    if (!seen_before(t, count, &t->own_index[i]))
      t->own_index[count++] = t->own_index[i];
  t->count = count;
  t->index = t->own_index;
  t->der = (const unsigned char *)t->own_der.data;
}

const char *mk_trust_use_embedded(struct mk_trust *t) {
  struct mk_buf *der = &t->own_der;
  if (!mk_buf_reserve(der, mk_roots_len) ||
      !mk_inflate(mk_roots_packed, mk_roots_packed_len, der->data,
                  mk_roots_len))
    return mk_trust_why(t, ENOMEM);
  t->index = mk_roots;
  t->count = mk_roots_count;
  t->der = (const unsigned char *)der->data;
  return NULL;
}

static bool is_ca(const unsigned char *der, size_t len) {
  mbedtls_x509_crt crt;
  mbedtls_x509_crt_init(&crt);
  bool ca = mbedtls_x509_crt_parse_der_nocopy(&crt, der, len) == 0 &&
            (crt.version < 3 || mbedtls_x509_crt_get_ca_istrue(&crt) == 1);
  mbedtls_x509_crt_free(&crt);
  return ca;
}

bool mk_trust_has_ca(const struct mk_trust *t) {
  const unsigned char *der = (const unsigned char *)t->own_der.data;
  for (size_t i = 0; i < t->count; i++)
    if (is_ca(der + t->own_index[i].offset, t->own_index[i].length))
      return true;
  return false;
}
