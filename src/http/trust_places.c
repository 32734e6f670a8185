/* trust_places.c - lists the places where systems store their trusted
** certificates.
** SPDX-License-Identifier: MIT */
#include "http/trust_places.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* limit for the files of one folder; a usual system has 500 */
#define MAX_FILES 10000
#define SOME_FILES 256 /* number of entries that are allocated at a time */

const char *const mk_trust_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Gentoo */
    "/etc/pki/tls/certs/ca-bundle.crt",                  /* Fedora to 42 */
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
    "/etc/ssl/ca-bundle.pem",                            /* SUSE */
    "/var/lib/ca-certificates/ca-bundle.pem",            /* SUSE */
    "/etc/ssl/certs/ca-bundle.crt",                      /* NixOS */
    "/etc/ca-certificates/extracted/tls-ca-bundle.pem",  /* Arch */
    "/etc/pki/tls/cacert.pem",                           /* OpenELEC */
    "/etc/ssl/cert.pem",                                 /* Alpine */
    "/usr/local/share/certs/ca-root-nss.crt",            /* FreeBSD */
    NULL,
};

const char *const mk_trust_folders[] = {
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    NULL,
};

/* Returns true for a name that OpenSSL gives to a certificate: the subject's
** hash in eight digits, a dot, and a number. */
static bool is_hashed(const char *name) {
  size_t digits = strspn(name, "0123456789abcdef");
  if (digits != 8 || name[8] != '.') return false;
  const char *number = name + 9;
  return *number && !number[strspn(number, "0123456789")];
}

static bool is_certificate(const char *name) {
  static const char *const ends[] = {".pem", ".crt", ".cer"};
  size_t len = strlen(name);
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (len > 4 && !strcasecmp(name + len - 4, ends[i])) return true;
  return is_hashed(name);
}

struct file {
  char *path;
  dev_t device;
  ino_t inode; /* inode of the file; 0: unknown, because stat failed */
};

struct files {
  struct file *list;
  size_t count;
};

static bool room_for_file(struct files *f) {
  if (f->count % SOME_FILES != 0) return true;
  size_t size = (f->count + SOME_FILES) * sizeof *f->list;
  struct file *list = realloc(f->list, size);
  if (list) f->list = list;
  return list;
}

/* Adds a file.  Skips folders, pipes (opening a pipe may never return) and
** broken links.  Returns 0 or an errno value. */
static int add_file(struct files *f, const char *folder, const char *name) {
  struct file file = {0};
  struct stat st;
  if (f->count == MAX_FILES) return EFBIG;
  if (!room_for_file(f)) return ENOMEM;
  if (asprintf(&file.path, "%s/%s", folder, name) < 0) return ENOMEM;
  bool known = stat(file.path, &st) == 0;
  if (known ? !S_ISREG(st.st_mode) : errno == ENOENT) {
    free(file.path);
    return 0;
  }
  if (known) file = (struct file){file.path, st.st_dev, st.st_ino};
  f->list[f->count++] = file;
  return 0;
}

static int add_files(struct files *f, const char *folder, DIR *dir) {
  for (;;) {
    errno = 0;
    struct dirent *entry = readdir(dir);
    if (!entry) return errno;
    if (!is_certificate(entry->d_name)) continue;
    int error = add_file(f, folder, entry->d_name);
    if (error) return error;
  }
}

static int by_file(const void *a, const void *b) {
  const struct file *x = a, *y = b;
  if (x->device != y->device) return x->device < y->device ? -1 : 1;
  if (x->inode != y->inode) return x->inode < y->inode ? -1 : 1;
  return strcmp(x->path, y->path);
}

static bool same_file(const struct file *a, const struct file *b) {
  return a->inode && a->inode == b->inode && a->device == b->device;
}

static void visit(struct files *f, mk_trust_file *work, void *arg) {
  qsort(f->list, f->count, sizeof *f->list, by_file);
  for (size_t i = 0; i < f->count; i++) {
    if (i > 0 && same_file(&f->list[i - 1], &f->list[i])) continue;
    if (!work(arg, f->list[i].path)) return;
  }
}

int mk_trust_walk(const char *folder, mk_trust_file *work, void *arg) {
  struct files files = {NULL, 0};
  DIR *dir = opendir(folder);
  if (!dir) return errno;
  int error = add_files(&files, folder, dir);
  closedir(dir);
  if (!error && files.count > 0) visit(&files, work, arg);
  while (files.count > 0) free(files.list[--files.count].path);
  free(files.list);
  return error;
}

/* Passes on the file that a link of the folder leads to, unless the file is in
** the same folder.  Returns false to end the walk: if out of memory, or if
** `work` returned false. */
static bool visit_link(int dir, const char *folder, const char *name,
                       mk_trust_file *work, void *arg) {
  char target[PATH_MAX];
  ssize_t len = readlinkat(dir, name, target, sizeof target - 1);
  if (len <= 0 || !memchr(target, '/', (size_t)len)) return true;
  target[len] = '\0';
  char *path = NULL;
  int size = *target == '/' ? asprintf(&path, "%s", target)
                            : asprintf(&path, "%s/%s", folder, target);
  if (size < 0) return false;
  bool more = work(arg, path);
  free(path);
  return more;
}

/* Returns true at the end of the folder, and if the folder cannot be read for
** another reason than memory: then it has no certificates. */
static bool walk_links(const char *folder, mk_trust_file *work, void *arg) {
  DIR *dir = opendir(folder);
  if (!dir) return errno != ENOMEM;
  bool good = true;
  while (good) {
    errno = 0;
    struct dirent *entry = readdir(dir);
    if (!entry) break;
    good = visit_link(dirfd(dir), folder, entry->d_name, work, arg);
  }
  good = good && errno != ENOMEM;
  closedir(dir);
  return good;
}

static bool walk_list(const char *folders, mk_trust_file *work, void *arg) {
  char *copy = strdup(folders), *rest = NULL;
  bool good = copy;
  const char *folder = copy ? strtok_r(copy, ":", &rest) : NULL;
  for (; folder && good; folder = strtok_r(NULL, ":", &rest))
    good = walk_links(folder, work, arg);
  free(copy);
  return good;
}

bool mk_trust_outside(const char *folders, mk_trust_file *work, void *arg) {
  bool has_bundle = false;
  if (folders) return walk_list(folders, work, arg);
  for (const char *const *at = mk_trust_bundles; *at; at++) {
    if (access(*at, F_OK) != 0) continue;
    has_bundle = true;
    if (!work(arg, *at)) return false;
  }
  for (const char *const *at = mk_trust_folders; *at && !has_bundle; at++)
    if (!walk_links(*at, work, arg)) return false;
  return true;
}
