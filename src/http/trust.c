/* trust.c - whom to believe about the name of a server.
** SPDX-License-Identifier: MIT */
#include "http/trust.h"

#include "base/buf.h"
#include "base/control.h"
#include "base/file.h"
#include "base/owner.h"
#include "base/redact.h"
#include "http/name.h"
#include "http/pem.h"
#include "http/roots.h"
#include "http/trust_places.h"
#include "versions.h"

#include <errno.h>
#include <mbedtls/platform.h>
#include <mbedtls/x509_crt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_STORE (16u << 20) /* bytes of all files, as text and as DER */
#define MAX_NAME 512          /* of a name, and of what is said behind it */
#define SOME_ROOTS 256        /* entries that are allocated at a time */

struct mk_trust {
  char name[2 * MAX_NAME];     /* then what was passed over */
  size_t named;                /* length of the name alone */
  const struct mk_root *index; /* sorted by hash */
  size_t count;
  const unsigned char *der;
  struct mk_root *own_index; /* NULL: those of the binary */
  struct mk_buf own_der;
  size_t read; /* bytes of text so far */
};

static uint32_t hash_of(const unsigned char *name, size_t len) {
  return mk_name_hash((struct mk_der){name, name + len});
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

static const char no_memory[] = "not enough memory";
static const char too_large[] = "too large for a store of certificates";
static const char irregular[] = "not a regular file"; /* a read may never end */
static const char malformed[] = "a certificate in it is malformed";
static const char none_in_file[] = "no PEM certificate in it";
static const char none_in_folder[] = "no PEM certificate in this folder";

static const char *why(int error) {
  if (error == ENOMEM) return no_memory;
  return error == EFBIG ? too_large : mk_file_why(error);
}

/* After these the store is not what was asked for, however much was read. */
static bool is_fatal(const char *wrong) {
  return wrong == no_memory || wrong == too_large;
}

/* OpenSSL's own kind says, behind the certificate, what it is trusted for;
** without a look at that it might be trusted for too much. */
static const char *none_in(const char *text) {
  return strstr(text, "-----BEGIN TRUSTED CERTIFICATE-----")
             ? "only TRUSTED CERTIFICATE in it, which is not read"
             : none_in_file;
}

/* Notes all certificates of a text, those behind a malformed one, too; what is
** wrong, or NULL. */
static const char *add_pem(struct mk_trust *t, const char *text) {
  const char *wrong = NULL, *at = text;
  size_t before = t->count;
  for (;;) {
    size_t offset = t->own_der.len;
    if (!room_for_root(t)) return no_memory;
    enum mk_pem found = mk_pem_next(&at, &t->own_der);
    if (found == MK_PEM_END) break;
    if (found == MK_PEM_NO_MEMORY) return no_memory;
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

/* Reads a file: what is wrong with it, or NULL.  The good part of it counts,
** unless the caller gives up.  `check`, if any, may refuse it when it is
** open. */
static const char *add_file(struct mk_trust *t, const char *path,
                            int (*check)(int fd)) {
  struct mk_buf text;
  const char *kind = wrong_kind(path);
  if (kind) return kind;
  mk_buf_init(&text, MAX_STORE - t->read);
  int error = mk_buf_read_file(&text, path, check);
  if (error) {
    mk_buf_free(&text);
    return why(error);
  }
  t->read += text.len;
  const char *wrong = add_pem(t, text.data ? text.data : "");
  if (!wrong && strlen(text.data) < text.len)
    wrong = "it has text after a NUL byte"; /* which nobody has looked at */
  mk_buf_free(&text);
  return wrong;
}

__attribute__((format(printf, 2, 3))) static void
name_store(struct mk_trust *t, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int len = vsnprintf(t->name, MAX_NAME, format, args);
  va_end(args);
  t->named = mk_redact_cut(t->name, (size_t)len, MAX_NAME - 1);
  t->name[t->named] = '\0';
  mk_control_mask(t->name);
  t->named = strlen(t->name);
}

/* What was passed over, "; PATH: WHY", or "". */
static const char *passed_over(const struct mk_trust *t) {
  return t->name + t->named;
}

/* The first one is said, so that it is not silent. */
static void pass_over(struct mk_trust *t, const char *path, const char *wrong) {
  if (!*passed_over(t))
    mk_redact_print(t->name + t->named, sizeof t->name - t->named, "; %s: %s",
                    path, wrong);
  mk_control_mask(t->name);
}

struct walk {
  struct mk_trust *trust;
  const char *wrong;
};

/* A file of a folder.  Keys and lists of revocations lie there as well. */
static bool add_if_any(void *arg, const char *path) {
  struct walk *w = arg;
  const char *wrong = add_file(w->trust, path, NULL);
  if (is_fatal(wrong)) w->wrong = wrong;
  if (wrong && wrong != none_in_file) pass_over(w->trust, path, wrong);
  return !w->wrong;
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
    *wrong = why(error);
  else if (!w.wrong && t->count == before)
    *wrong = none_in_folder;
  return error;
}

/* Adds one of the folders of SSL_CERT_DIR; false, with a sentence, if it is no
** good. */
static bool add_named_folder(struct mk_trust *t, const char *folder,
                             char *error, size_t size) {
  const char *wrong;
  add_folder(t, folder, &wrong);
  if (wrong)
    mk_redact_print(error, size, "SSL_CERT_DIR: %s: %s%s", folder, wrong,
                    passed_over(t));
  return !wrong;
}

/* Adds a list of folders, "A:B"; empty words count for nothing. */
static void add_folders(struct mk_trust *t, const char *list, char *error,
                        size_t size) {
  char *copy = strdup(list), *rest = NULL;
  const char *folder = copy ? strtok_r(copy, ":", &rest) : NULL;
  if (!folder)
    mk_redact_print(error, size, "SSL_CERT_DIR: %s",
                    copy ? "no folder in the list" : no_memory);
  while (folder && add_named_folder(t, folder, error, size))
    folder = strtok_r(NULL, ":", &rest);
  free(copy);
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
  name_store(t, "embedded roots");
  t->index = mk_roots;
  t->count = mk_roots_count;
  t->der = mk_roots_der;
}

static void forget(struct mk_trust *t) {
  free(t->own_index);
  t->own_index = NULL;
  t->count = t->read = 0;
  mk_buf_free(&t->own_der);
}

static bool is_absent(int error) {
  return error == ENOENT || error == ENOTDIR;
}

/* Uses the first bundle that is there: true.  If it cannot be read, that is an
** error: other certificates would be trusted than the system's.  So is an empty
** one, in which the system says that it trusts nobody. */
static bool use_bundle(struct mk_trust *t, char *error, size_t size) {
  for (size_t i = 0; mk_trust_bundles[i]; i++) {
    const char *path = mk_trust_bundles[i];
    if (access(path, F_OK) && is_absent(errno)) continue;
    name_store(t, "system %s", path);
    const char *wrong = add_file(t, path, NULL);
    if (wrong && (t->count == 0 || is_fatal(wrong)))
      mk_redact_print(error, size, "%s: %s", path, wrong);
    else if (wrong)
      pass_over(t, path, wrong);
    return true;
  }
  return false;
}

/* May it sign others?  A folder may hold nothing but the certificate of a
** server on this machine. */
static bool is_ca(const unsigned char *der, size_t len) {
  mbedtls_x509_crt crt;
  mbedtls_x509_crt_init(&crt);
  bool ca = mbedtls_x509_crt_parse_der_nocopy(&crt, der, len) == 0 &&
            (crt.version < 3 || mbedtls_x509_crt_get_ca_istrue(&crt) == 1);
  mbedtls_x509_crt_free(&crt);
  return ca;
}

static bool has_ca(const struct mk_trust *t) {
  const unsigned char *der = (const unsigned char *)t->own_der.data;
  for (size_t i = 0; i < t->count; i++)
    if (is_ca(der + t->own_index[i].offset, t->own_index[i].length))
      return true;
  return false;
}

/* The same for a folder; one without a CA is as good as none, unless there is
** something in it that cannot be read. */
static bool use_folder(struct mk_trust *t, char *error, size_t size) {
  for (size_t i = 0; mk_trust_folders[i]; i++) {
    const char *path = mk_trust_folders[i], *wrong;
    name_store(t, "system %s", path);
    int code = add_folder(t, path, &wrong);
    if (!wrong && !has_ca(t)) wrong = none_in_folder;
    if (!is_absent(code) && (wrong != none_in_folder || *passed_over(t))) {
      if (wrong)
        mk_redact_print(error, size, "%s: %s%s", path, wrong, passed_over(t));
      return true;
    }
    forget(t);
  }
  return false;
}

/* What the environment names: all of it is good, or there is an error. */
static void use_environment(struct mk_trust *t, const char *file,
                            const char *folders, char *error, size_t size) {
  if (file && folders)
    name_store(t, "file %s, folder %s", file, folders);
  else
    name_store(t, "%s %s", file ? "file" : "folder", file ? file : folders);
  const char *wrong = file ? add_file(t, file, NULL) : NULL;
  if (wrong)
    mk_redact_print(error, size, "SSL_CERT_FILE: %s: %s", file, wrong);
  else if (folders)
    add_folders(t, folders, error, size);
}

static void use_cacert(struct mk_trust *t, const char *file, char *error,
                       size_t size) {
  name_store(t, "file %s", file);
  const char *wrong = add_file(t, file, mk_owner_check_mounted);
  if (wrong)
    mk_redact_print(error, size, "--cacert: %s%s%s", file, *file ? ": " : "",
                    wrong);
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
    mk_redact_print(error, size, "not enough memory");
    return NULL;
  }
  mk_buf_init(&t->own_der, MAX_STORE);
  *error = '\0';
  choose(t, cacert, error, size);
  mk_control_mask(error);
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
    mk_redact_print(text, size, "%.*s (%zu root%s%s)", (int)t->named, t->name,
                    t->count, t->count == 1 ? "" : "s", passed_over(t));
  else
    mk_redact_print(text, size, "embedded (Mozilla %s, %zu roots)",
                    MK_VERSION_ROOTS, t->count);
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
  uint32_t hash = hash_of(child->issuer_raw.p, child->issuer_raw.len);
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
  uint32_t hash = hash_of(crt->subject_raw.p, crt->subject_raw.len);
  for (size_t i = find(t, hash); i < t->count && t->index[i].hash == hash; i++)
    if (t->index[i].length == crt->raw.len &&
        !memcmp(t->der + t->index[i].offset, crt->raw.p, crt->raw.len))
      return true;
  return false;
}
