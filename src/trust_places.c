/* trust_places.c - where a system keeps the certificates that it trusts.
** SPDX-License-Identifier: MIT */
#include "trust_places.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

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
    NULL,
};

const char *const mk_trust_folders[] = {
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    NULL,
};

/* The hash of a subject in eight digits, a dot, a number: OpenSSL's name. */
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

int mk_trust_walk(const char *folder, mk_trust_file *work, void *arg) {
  DIR *dir = opendir(folder);
  if (!dir) return errno;
  bool more = true;
  for (struct dirent *entry; more && (errno = 0, entry = readdir(dir));) {
    char path[PATH_MAX];
    if (!is_certificate(entry->d_name)) continue;
    int len = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (len > 0 && (size_t)len < sizeof path) more = work(arg, path);
    errno = 0;
  }
  int wrong = more ? errno : 0;
  closedir(dir);
  return wrong;
}
