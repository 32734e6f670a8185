/* owner.c - checks who owns a file, who can write to the file, and who made the
** symbolic links to the file.
** SPDX-License-Identifier: MIT */
#include "base/owner.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40

static bool is_trusted(uid_t uid) {
  return uid == geteuid() || uid == 0;
}

static bool is_open_to_all(const struct stat *st) {
  bool holds_text = S_ISREG(st->st_mode) || S_ISFIFO(st->st_mode);
  return holds_text && (st->st_mode & (S_IWGRP | S_IWOTH));
}

int mk_owner_check_input(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return errno;
  bool good = is_trusted(st.st_uid) && !is_open_to_all(&st);
  return good ? 0 : MK_FILE_UNTRUSTED;
}

int mk_owner_check_mounted(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return errno;
  return is_open_to_all(&st) ? MK_FILE_UNTRUSTED : 0;
}

bool mk_owner_is_shown(int fd, unsigned *mode) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return false;
  bool mine = st.st_uid == geteuid();
  *mode = st.st_mode & 0777;
  return st.st_mode & (S_IROTH | (mine ? S_IRGRP : 0));
}

int mk_owner_check_output(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return errno;
  return is_trusted(st.st_uid) ? 0 : MK_FILE_FOREIGN;
}

/* Follows one symbolic link: changes `path`, the path of the link, to the path
** of the link's target.  `path` has room for PATH_MAX bytes.  Returns false if
** the new path is too long. */
static bool step(char *path, const char *target) {
  char *slash = strrchr(path, '/');
  size_t folder = slash && *target != '/' ? (size_t)(slash - path) + 1 : 0;
  size_t len = strlen(target);
  if (folder + len >= PATH_MAX) return false;
  memcpy(path + folder, target, len + 1);
  return true;
}

static int check_link(const char *path, uid_t owner) {
  char folder[PATH_MAX];
  struct stat st;
  const mode_t shared = S_ISVTX | S_IWOTH;
  strcpy(folder, path);
  if (!step(folder, ".")) return ENAMETOOLONG;
  if (stat(folder, &st) != 0) return errno;
  bool refused = (st.st_mode & shared) == shared && owner != geteuid() &&
                 owner != st.st_uid;
  return refused ? MK_FILE_FOREIGN_LINK : 0;
}

int mk_owner_check_links(const char *path, bool *is_link) {
  char at[PATH_MAX], target[PATH_MAX];
  struct stat st;
  *is_link = false;
  if (strlen(path) >= sizeof at) return ENAMETOOLONG;
  strcpy(at, path);
  for (int i = 0; i < LINKS_MAX; i++) {
    if (lstat(at, &st) != 0 || !S_ISLNK(st.st_mode)) return 0;
    *is_link = true;
    int error = check_link(at, st.st_uid);
    ssize_t len = error ? 0 : readlink(at, target, sizeof target - 1);
    if (error || len < 0) return error ? error : errno;
    target[len] = '\0';
    if (!step(at, target)) return ENAMETOOLONG;
  }
  return ELOOP;
}
