/* sweep.c - removes temporary files of runs that were killed.
**
** A run locks its temporary file.  So if this process can lock a temporary
** file, the run that created the file has ended.
** SPDX-License-Identifier: MIT */
#include "base/sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Number of random characters at the end of a temporary file's name. */
#define RANDOM_LEN 6

static bool is_temp_of(const char *entry, const char *name) {
  size_t len = strlen(name);
  return entry[0] == '.' && !strncmp(entry + 1, name, len) &&
         entry[1 + len] == '.' && strlen(entry + 2 + len) == RANDOM_LEN;
}

static bool is_left_over(int fd, off_t size) {
  struct stat st;
  char first;
  return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == size &&
         st.st_uid == geteuid() && pread(fd, &first, 1, 0) == 1 && !first &&
         flock(fd, LOCK_EX | LOCK_NB) == 0;
}

static void remove_left_over(int folder, const char *entry, off_t size) {
  int fd =
      openat(folder, entry, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return;
  if (is_left_over(fd, size)) unlinkat(folder, entry, 0);
  close(fd);
}

void mk_sweep(const char *path, off_t size) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  char *parent = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
  DIR *folder = parent ? opendir(parent) : NULL;
  const struct dirent *entry;
  while (folder && (entry = readdir(folder)))
    if (is_temp_of(entry->d_name, name))
      remove_left_over(dirfd(folder), entry->d_name, size);
  if (folder) closedir(folder);
  free(parent);
}
