/* trust.c - chooses the trust store: the certificates that may sign a server's
** certificate.
** SPDX-License-Identifier: MIT */
#include "http/trust.h"

#include "base/control.h"
#include "base/owner.h"
#include "base/redact_fit.h"
#include "http/trust_places.h"
#include "http/trust_store.h"
#include "versions.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char none_in_folder[] = "no PEM certificate in this folder";

__attribute__((format(printf, 2, 3))) static void
name_store(struct mk_trust *t, const char *format, ...) {
  va_list args;
  va_start(args, format);
  mk_redact_vprint(t->name, MK_TRUST_NAME, format, args);
  va_end(args);
  mk_control_mask(t->name);
  t->named = strlen(t->name);
}

/* Returns "; PATH: REASON" for the first file that was skipped, or "" if no
** file was skipped. */
static const char *skipped_file(const struct mk_trust *t) {
  return t->name + t->named;
}

/* Records the path of a skipped file and the reason, for messages.  Does
** nothing if an earlier file was skipped. */
static void note_skipped(struct mk_trust *t, const char *path,
                         const char *wrong) {
  if (!*skipped_file(t))
    mk_redact_print(t->name + t->named, sizeof t->name - t->named, "; %s: %s",
                    path, wrong);
  mk_control_mask(t->name);
}

struct walk {
  struct mk_trust *trust;
  const char *wrong;
};

/* Adds the certificates of one file of a folder.  A file without a certificate
** is not a fault, because such folders also contain keys and revocation
** lists. */
static bool add_if_any(void *arg, const char *path) {
  struct walk *w = arg;
  const char *wrong = mk_trust_add_file(w->trust, path, NULL);
  if (mk_trust_is_fatal(wrong)) w->wrong = wrong;
  if (wrong && wrong != mk_trust_none_in_file)
    note_skipped(w->trust, path, wrong);
  return !w->wrong;
}

/* Adds the certificates of a folder.  Returns 0 or an errno value.  Sets
** `wrong` to an error message, or to NULL. */
static int add_folder(struct mk_trust *t, const char *folder,
                      const char **wrong) {
  struct walk w = {t, NULL};
  size_t before = t->count;
  int error = mk_trust_walk(folder, add_if_any, &w);
  *wrong = w.wrong;
  if (error)
    *wrong = mk_trust_why(t, error);
  else if (!w.wrong && t->count == before)
    *wrong = none_in_folder;
  return error;
}

/* Adds one of the folders of SSL_CERT_DIR.  If the folder cannot be used,
** writes a message into `error` and returns false. */
static bool add_named_folder(struct mk_trust *t, const char *folder,
                             char *error, size_t size) {
  const char *wrong;
  add_folder(t, folder, &wrong);
  if (wrong)
    mk_redact_print(error, size, "SSL_CERT_DIR: %s: %s%s", folder, wrong,
                    skipped_file(t));
  return !wrong;
}

/* Adds the certificates of a list of folders, "A:B".  Ignores empty entries of
** the list.  On an error, writes a message into `error`. */
static void add_folders(struct mk_trust *t, const char *list, char *error,
                        size_t size) {
  char *copy = strdup(list), *rest = NULL;
  const char *folder = copy ? strtok_r(copy, ":", &rest) : NULL;
  if (!folder)
    mk_redact_print(error, size, "SSL_CERT_DIR: %s",
                    copy ? "no folder in the list" : mk_trust_why(t, ENOMEM));
  while (folder && add_named_folder(t, folder, error, size))
    folder = strtok_r(NULL, ":", &rest);
  free(copy);
}

static bool is_absent(int error) {
  return error == ENOENT || error == ENOTDIR;
}

/* Uses the first bundle that exists.  Returns false if no bundle exists.  If a
** bundle cannot be read, that is an error, because otherwise mkrun would trust
** other certificates than the system does.  An empty bundle is an error, too,
** because it means that the system trusts no certificate. */
static bool use_bundle(struct mk_trust *t, char *error, size_t size) {
  for (size_t i = 0; mk_trust_bundles[i]; i++) {
    const char *path = mk_trust_bundles[i];
    if (access(path, F_OK) && is_absent(errno)) continue;
    name_store(t, "system %s", path);
    const char *wrong = mk_trust_add_file(t, path, NULL);
    if (wrong && (t->count == 0 || mk_trust_is_fatal(wrong)))
      mk_redact_print(error, size, "%s: %s", path, wrong);
    else if (wrong)
      note_skipped(t, path, wrong);
    return true;
  }
  return false;
}

/* Uses the first folder that exists.  Returns false if no folder exists.  Skips
** a folder without a CA, unless it contains a file that cannot be read. */
static bool use_folder(struct mk_trust *t, char *error, size_t size) {
  for (size_t i = 0; mk_trust_folders[i]; i++) {
    const char *path = mk_trust_folders[i], *wrong;
    name_store(t, "system %s", path);
    int code = add_folder(t, path, &wrong);
    if (!wrong && !mk_trust_has_ca(t)) wrong = none_in_folder;
    if (!is_absent(code) && (wrong != none_in_folder || *skipped_file(t))) {
      if (wrong)
        mk_redact_print(error, size, "%s: %s%s", path, wrong, skipped_file(t));
      return true;
    }
    mk_trust_clear(t);
  }
  return false;
}

/* Uses the file of SSL_CERT_FILE and the folders of SSL_CERT_DIR.  If one of
** them cannot be used, writes a message into `error`. */
static void use_environment(struct mk_trust *t, const char *file,
                            const char *folders, char *error, size_t size) {
  if (file && folders)
    name_store(t, "file %s, folder %s", file, folders);
  else
    name_store(t, "%s %s", file ? "file" : "folder", file ? file : folders);
  const char *wrong = file ? mk_trust_add_file(t, file, NULL) : NULL;
  if (wrong)
    mk_redact_print(error, size, "SSL_CERT_FILE: %s: %s", file, wrong);
  else if (folders)
    add_folders(t, folders, error, size);
}

static void use_cacert(struct mk_trust *t, const char *file, char *error,
                       size_t size) {
  name_store(t, "file %s", file);
  const char *wrong = mk_trust_add_file(t, file, mk_owner_check_mounted);
  if (wrong)
    mk_redact_print(error, size, "--cacert: %s%s%s", file, *file ? ": " : "",
                    wrong);
}

static void use_embedded(struct mk_trust *t, char *error, size_t size) {
  name_store(t, "embedded roots");
  const char *wrong = mk_trust_use_embedded(t);
  if (wrong) mk_redact_print(error, size, "embedded roots: %s", wrong);
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
    use_embedded(t, error, size);
  if (!*error && t->own_index && !t->index) mk_trust_use_own(t);
}

struct mk_trust *mk_trust_new(const char *cacert, char *error, size_t size) {
  struct mk_trust *t = malloc(sizeof *t);
  if (!t) {
    mk_redact_print(error, size, "not enough memory");
    errno = ENOMEM;
    return NULL;
  }
  mk_trust_init(t);
  *error = '\0';
  choose(t, cacert, error, size);
  mk_control_mask(error);
  if (!*error) return t;
  int lack = t->lack;
  mk_trust_free(t);
  errno = lack;
  return NULL;
}

void mk_trust_free(struct mk_trust *t) {
  if (!t) return;
  mk_trust_clear(t);
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
                    t->count, t->count == 1 ? "" : "s", skipped_file(t));
  else
    mk_redact_print(text, size, "embedded (Mozilla %s, %zu roots)",
                    MK_VERSION_ROOTS, t->count);
  mk_trust_free(t);
  return true;
}
