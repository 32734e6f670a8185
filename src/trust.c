/* trust.c - whom to believe about the name of a server.
** SPDX-License-Identifier: MIT */
#include "trust.h"

#include "buf.h"
#include "pem.h"
#include "roots.h"
#include "trust_places.h"
#include "versions.h"

#include <errno.h>
#include <limits.h>
#include <mbedtls/platform.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BUNDLE (16u << 20) /* bytes of a bundle, as text and as DER */
#define SOME_ROOTS 256         /* entries that are allocated at a time */

struct mk_trust {
  char name[512];
  const struct mk_root *index; /* sorted by hash */
  size_t count;
  const unsigned char *der;
  struct mk_root *own_index; /* NULL: those of the binary */
  struct mk_buf own_der;
};

static uint32_t fnv1a(const unsigned char *bytes, size_t len) {
  uint32_t hash = 2166136261u;
  for (size_t i = 0; i < len; i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

static int by_hash(const void *a, const void *b) {
  const struct mk_root *x = a, *y = b;
  return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Notes the certificate that begins at `offset` and ends the buffer. */
static bool add_root(struct mk_trust *t, size_t offset) {
  const unsigned char *der = (const unsigned char *)t->own_der.data + offset;
  size_t len = t->own_der.len - offset, subject_len;
  const unsigned char *subject = mk_der_subject(der, len, &subject_len);
  if (!subject) return false;
  t->own_index[t->count++] = (struct mk_root){fnv1a(subject, subject_len),
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

static const char no_memory[] = "not enough memory";
static const char too_large[] = "too large for a certificate bundle";

/* Notes all certificates of a text; what is wrong, or NULL.  A strict reader
** refuses the file for one bad entry, another passes over it. */
static const char *add_pem(struct mk_trust *t, const char *text, bool strict) {
  size_t before = t->count;
  for (;;) {
    size_t offset = t->own_der.len;
    if (!room_for_root(t)) return no_memory;
    int rc = mk_pem_next(&text, &t->own_der);
    if (rc == -2) return too_large;
    if (rc == 0) break;
    if (rc == 1 && add_root(t, offset)) continue;
    if (strict) return "a certificate in it is malformed";
    t->own_der.len = offset;
  }
  return t->count == before ? "no PEM certificate in it" : NULL;
}

static const char *add_file(struct mk_trust *t, const char *path, bool strict) {
  struct mk_buf text;
  mk_buf_init(&text, MAX_BUNDLE);
  const char *wrong = NULL;
  if (!mk_buf_read_file(&text, path)) wrong = strerror(errno);
  if (!wrong) wrong = add_pem(t, text.data ? text.data : "", strict);
  if (!wrong && strict && strlen(text.data) < text.len)
    wrong = "it goes on behind a NUL byte"; /* which nobody has looked at */
  mk_buf_free(&text);
  return wrong;
}

struct walk {
  struct mk_trust *trust;
  const char *wrong;
};

/* A file of a folder.  What is no certificate, or cannot be read, is passed
** over: keys and lists of revocations lie there as well. */
static bool add_if_any(void *arg, const char *path) {
  struct walk *w = arg;
  size_t len = w->trust->own_der.len, count = w->trust->count;
  const char *wrong = add_file(w->trust, path, false);
  if (!wrong) return true;
  w->trust->own_der.len = len;
  w->trust->count = count;
  if (wrong != no_memory && wrong != too_large) return true;
  w->wrong = wrong;
  return false;
}

/* Adds the certificates of a folder: 0, or an errno value.  `wrong` is what is
** wrong in words, NULL when there is nothing. */
static int add_folder(struct mk_trust *t, const char *folder,
                      const char **wrong) {
  struct walk w = {t, NULL};
  size_t before = t->count;
  int error = mk_trust_walk(folder, add_if_any, &w);
  *wrong = w.wrong;
  if (error)
    *wrong = strerror(error);
  else if (!w.wrong && t->count == before)
    *wrong = "no PEM certificate in this folder";
  return error;
}

/* Adds a list of folders, "A:B"; false, with a sentence, if one is no good. */
static bool add_folders(struct mk_trust *t, const char *list, char *error,
                        size_t size) {
  const char *wrong;
  if (!list[strspn(list, ":")]) {
    snprintf(error, size, "SSL_CERT_DIR: it names no folder");
    return false;
  }
  for (const char *at = list + strspn(list, ":"); *at; at += strspn(at, ":")) {
    char folder[PATH_MAX];
    size_t len = strcspn(at, ":");
    snprintf(folder, sizeof folder, "%.*s", (int)len, at);
    add_folder(t, folder, &wrong);
    if (wrong) {
      snprintf(error, size, "SSL_CERT_DIR: %s: %s", folder, wrong);
      return false;
    }
    at += len;
  }
  return true;
}

static bool same(const struct mk_trust *t, const struct mk_root *a,
                 const struct mk_root *b) {
  const char *der = t->own_der.data;
  return a->hash == b->hash && a->length == b->length &&
         !memcmp(der + a->offset, der + b->offset, a->length);
}

/* Is the entry one of those just before it that have the same subject? */
static bool seen_before(const struct mk_trust *t, size_t count,
                        const struct mk_root *entry) {
  while (count-- > 0 && t->own_index[count].hash == entry->hash)
    if (same(t, &t->own_index[count], entry)) return true;
  return false;
}

/* Makes what was added the store: sorted, each certificate once. */
static void use_own(struct mk_trust *t) {
  size_t count = 0;
  qsort(t->own_index, t->count, sizeof *t->own_index, by_hash);
  for (size_t i = 0; i < t->count; i++)
    if (!seen_before(t, count, &t->own_index[i]))
      t->own_index[count++] = t->own_index[i];
  t->count = count;
  t->index = t->own_index;
  t->der = (const unsigned char *)t->own_der.data;
}

static void use_embedded(struct mk_trust *t) {
  snprintf(t->name, sizeof t->name, "embedded roots");
  t->index = mk_roots;
  t->count = mk_roots_count;
  t->der = mk_roots_der;
}

static void forget(struct mk_trust *t) {
  free(t->own_index);
  t->own_index = NULL;
  t->count = 0;
  mk_buf_free(&t->own_der);
}

/* Uses the first bundle that is there: true.  If it cannot be read, that is an
** error: other certificates would be trusted than the system's. */
static bool use_bundle(struct mk_trust *t, char *error, size_t size) {
  for (size_t i = 0; mk_trust_bundles[i]; i++) {
    const char *path = mk_trust_bundles[i];
    if (access(path, F_OK) && (errno == ENOENT || errno == ENOTDIR)) continue;
    const char *wrong = add_file(t, path, false);
    snprintf(t->name, sizeof t->name, "system %s", path);
    if (wrong) snprintf(error, size, "%s: %s", path, wrong);
    return true;
  }
  return false;
}

/* The same for a folder; one without certificates is as good as none. */
static bool use_folder(struct mk_trust *t, char *error, size_t size) {
  for (size_t i = 0; mk_trust_folders[i]; i++) {
    const char *path = mk_trust_folders[i], *wrong;
    int code = add_folder(t, path, &wrong);
    if (code == ENOENT || code == ENOTDIR || (wrong && !code && !t->count))
      continue;
    snprintf(t->name, sizeof t->name, "system %s", path);
    if (wrong) snprintf(error, size, "%s: %s", path, wrong);
    return true;
  }
  return false;
}

static void name_them(struct mk_trust *t, const char *file,
                      const char *folders) {
  if (file && folders)
    snprintf(t->name, sizeof t->name, "file %s, folder %s", file, folders);
  else
    snprintf(t->name, sizeof t->name, "%s %s", file ? "file" : "folder",
             file ? file : folders);
}

/* What the environment names: all of it is good, or there is an error. */
static void use_environment(struct mk_trust *t, const char *file,
                            const char *folders, char *error, size_t size) {
  const char *wrong = file ? add_file(t, file, true) : NULL;
  name_them(t, file, folders);
  if (wrong)
    snprintf(error, size, "SSL_CERT_FILE: %s: %s", file, wrong);
  else if (folders)
    add_folders(t, folders, error, size);
}

static void use_cacert(struct mk_trust *t, const char *file, char *error,
                       size_t size) {
  const char *wrong = add_file(t, file, true);
  name_them(t, file, NULL);
  if (wrong) snprintf(error, size, "%s: %s", *file ? file : "--cacert", wrong);
}

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value && *value ? value : NULL;
}

static void choose(struct mk_trust *t, const char *cacert, char *error,
                   size_t size) {
  const char *file = variable("SSL_CERT_FILE");
  const char *folders = variable("SSL_CERT_DIR");
  if (cacert)
    use_cacert(t, cacert, error, size);
  else if (file || folders)
    use_environment(t, file, folders, error, size);
  else if (!use_bundle(t, error, size) && !use_folder(t, error, size))
    use_embedded(t);
  if (!*error && t->own_index && !t->index) use_own(t);
}

struct mk_trust *mk_trust_new(const char *cacert, char *error, size_t size) {
  struct mk_trust *t = calloc(1, sizeof *t);
  if (!t) {
    snprintf(error, size, "not enough memory");
    return NULL;
  }
  mk_buf_init(&t->own_der, MAX_BUNDLE);
  *error = '\0';
  choose(t, cacert, error, size);
  if (!*error) return t;
  mk_trust_free(t);
  return NULL;
}

void mk_trust_free(struct mk_trust *t) {
  if (!t) return;
  forget(t);
  free(t);
}

const char *mk_trust_name(const struct mk_trust *t) {
  return t->name;
}

bool mk_trust_describe(const char *cacert, char *text, size_t size) {
  struct mk_trust *t = mk_trust_new(cacert, text, size);
  if (!t) return false;
  if (t->index == t->own_index)
    snprintf(text, size, "%s (%zu roots)", t->name, t->count);
  else
    snprintf(text, size, "embedded (Mozilla %s, %zu roots)", MK_VERSION_ROOTS,
             t->count);
  mk_trust_free(t);
  return true;
}

/* The first entry with this hash, or the end of the index. */
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
  uint32_t hash = fnv1a(child->issuer_raw.p, child->issuer_raw.len);
  mbedtls_x509_crt *chain = NULL;
  *answer = NULL;
  for (size_t i = find(t, hash); i < t->count && t->index[i].hash == hash;
       i++) {
    if (!chain) {
      chain = mbedtls_calloc(1, sizeof *chain);
      if (!chain) return MBEDTLS_ERR_X509_ALLOC_FAILED;
      mbedtls_x509_crt_init(chain);
    }
    /* One that mbedTLS cannot parse is as good as not there. */
    mbedtls_x509_crt_parse_der_nocopy(chain, t->der + t->index[i].offset,
                                      t->index[i].length);
  }
  *answer = chain;
  return 0;
}

bool mk_trust_holds(const struct mk_trust *t, const mbedtls_x509_crt *crt) {
  uint32_t hash = fnv1a(crt->subject_raw.p, crt->subject_raw.len);
  for (size_t i = find(t, hash); i < t->count && t->index[i].hash == hash; i++)
    if (t->index[i].length == crt->raw.len &&
        !memcmp(t->der + t->index[i].offset, crt->raw.p, crt->raw.len))
      return true;
  return false;
}
