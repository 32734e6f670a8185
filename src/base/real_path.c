/* real_path.c - finds the file that a path leads to.
** SPDX-License-Identifier: MIT */
#include "base/real_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Number of links to missing files that are followed, as in the kernel. */
#define MOST_LINKS 40

/* Returns true if the kernel's name for the file is `name`. */
static bool has_name(const char *path, const char *name) {
  char link[32], text[PATH_MAX];
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return false;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, text, sizeof text - 1);
  close(fd);
  if (len < 0) return false;
  text[len] = '\0';
  return !strcmp(text, name);
}

/* A disk that is broken is no reason to look for the file elsewhere. */
static int broken_or_missing(int error) {
  return error == EIO ? EIO : ENOENT;
}

/* Returns 0 if both paths lead to the same file, ENOENT if not, or EIO.  The
** kernel follows a path to a descriptor to the descriptor's file; realpath
** follows the link's text, which may name another file by now.  `b` may be in a
** folder that may not be searched, if the current folder is in it. */
static int check_same(const char *a, const char *b) {
  struct stat at_a, at_b;
  if (stat(a, &at_a) != 0) return broken_or_missing(errno);
  if (stat(b, &at_b) != 0) {
    int error = errno;
    return error == EACCES && has_name(a, b) ? 0 : broken_or_missing(error);
  }
  bool is_same = at_a.st_dev == at_b.st_dev && at_a.st_ino == at_b.st_ino;
  return is_same ? 0 : ENOENT;
}

static int of_existing(const char *path, char **real) {
  *real = realpath(path, NULL);
  if (!*real) return errno;
  int error = check_same(path, *real);
  if (!error) return 0;
  free(*real);
  *real = NULL;
  return error;
}

/* Splits the path into its folder and its last part.  Slashes at the end do not
** count.  Returns false if the last part names no file. */
static bool split(char *path, const char **folder, const char **last) {
  size_t len = strlen(path);
  while (len > 1 && path[len - 1] == '/') path[--len] = '\0';
  char *slash = strrchr(path, '/');
  *last = slash ? slash + 1 : path;
  *folder = !slash ? "." : slash == path ? "/" : path;
  if (slash) *slash = '\0';
  return **last && strcmp(*last, ".") != 0 && strcmp(*last, "..") != 0;
}

static int join(const char *folder, const char *last, char **path) {
  const char *between = strcmp(folder, "/") ? "/" : "";
  if (asprintf(path, "%s%s%s", folder, between, last) >= 0) return 0;
  *path = NULL;
  return ENOMEM;
}

/* Sets `*path` to the folder's real path with the last part. */
static int of_missing(const char *spelled, char **path) {
  const char *folder, *last;
  char *copy = strdup(spelled), *real = NULL;
  if (!copy) return ENOMEM;
  int error = split(copy, &folder, &last) ? 0 : ENOENT;
  if (!error) error = of_existing(folder, &real);
  if (!error) error = join(real, last, path);
  free(real);
  free(copy);
  return error;
}

/* If `*path` is a symbolic link, replaces it by the path that the link leads to
** and sets `*is_link`.  `spelled` leads to the same place, and may do so where
** `*path` may not be searched. */
static int follow(char **path, const char *spelled, bool *is_link) {
  char target[PATH_MAX];
  ssize_t len = readlink(*path, target, sizeof target - 1);
  if (len < 0 && errno == EACCES)
    len = readlink(spelled, target, sizeof target - 1);
  *is_link = len >= 0;
  if (len < 0) return errno == EINVAL || errno == ENOENT ? 0 : errno;
  target[len] = '\0';
  char *slash = strrchr(*path, '/'), *next;
  slash[slash == *path] = '\0';
  int error =
      join(*target == '/' ? "/" : *path, target + (*target == '/'), &next);
  if (error) return error;
  free(*path);
  *path = next;
  return 0;
}

/* Finds the file at `*at`, or where it would be.  If `*at` is a link to a
** missing file, sets `*at` to the link's target and `*goes_on` to true.  If
** stat can follow the path and realpath cannot, the path is that of a
** descriptor without a file. */
static int find(char **at, char **real, bool *goes_on) {
  struct stat st;
  char *missing = NULL;
  *goes_on = false;
  int error = of_existing(*at, real);
  if (error != ENOENT || stat(*at, &st) == 0) return error;
  error = of_missing(*at, &missing);
  if (error) return error;
  error = follow(&missing, *at, goes_on);
  char **to = *goes_on ? at : real;
  if (*goes_on) free(*at);
  *to = missing;
  return error;
}

int mk_real_path(const char *path, char **real) {
  bool goes_on = true;
  char *at = strdup(path);
  int error = at ? 0 : ENOMEM;
  *real = NULL;
  for (int i = 0; !error && goes_on; i++)
    error = i < MOST_LINKS ? find(&at, real, &goes_on) : ELOOP;
  free(at);
  if (!error) return 0;
  free(*real);
  *real = NULL;
  return error;
}
